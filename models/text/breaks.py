"""Where a line may be broken that has no blanks: between ideographs, kana and syllables of Hangul, and before vowels of
Thai and Lao that begin a syllable.

A small part of the Unicode line breaking algorithm (UAX 14: classes ID, H2, H3, CL, CP, EX, IS, NS, CJ, OP, QU, CM, ZW
and WJ) and of the rules for what must not begin or end a line (JIS X 4051, kinsoku).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from .invisible import is_invisible

_IDEOGRAPH = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fdf\u3000-\u303f\u3040-\u31ff\u3220-\u9fff\ua000-\ua4cf\uac00-\ud7ff\uf900-\ufaff"
    "\ufe30-\ufe4f\uff00-\uff9f\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003ffff]"
)
#: Vowels that are written before their consonant, and so begin a syllable.
_LEADING = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")
#: What must not begin a line, beside closing brackets: marks, small kana, and signs of repetition and length.
_NOT_FIRST = set(
    "!%,.:;?\u00b0\u00b7\u2010\u2013\u2014\u2025\u2026\u2030\u203c\u2047\u2048\u2049、。・，．：；？！％゛゜ヽヾゝゞ々〻〜～ー｡､･ｰﾞﾟ"
    "\u3000\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯ¢℃"
)
#: What must not end a line, beside opening brackets.
_NOT_LAST = set("$£¥€#＄￡￥￦＃〝")
#: How wide a character of a fixed-width font is, in parts of its size (DejaVu Sans Mono, Blender's own: 1233 of 2048).
COLUMN = 1233 / 2048


def may_break(text: str, place: int) -> bool:
    """Whether a line may end before the character at `place`, which is neither the first one nor a blank."""
    before, after = text[place - 1], text[place]
    if before == "\u200b":  # zero-width space
        return True
    if is_invisible(after) or is_invisible(before) or unicodedata.category(after)[0] == "M":
        return False
    if _LEADING.match(after):
        return before.isalpha() or unicodedata.category(before)[0] == "M"
    if not (_IDEOGRAPH.match(before) or _IDEOGRAPH.match(after)):
        return False
    closing, opening = ("Pe", "Pf"), ("Ps", "Pi")
    return not (
        after in _NOT_FIRST
        or before in _NOT_LAST
        or unicodedata.category(after) in closing
        or unicodedata.category(before) in opening
    )


def pieces(line: str, widths: Sequence[int], room: int) -> list[str]:
    """Return a line in pieces that are no wider than `room` where it may be broken.

    `widths` are those of its characters.
    """
    found, begin, last, width, at_last = [], 0, 0, 0, 0
    for n, wide in enumerate(widths):
        if n > begin and may_break(line, n):
            last, at_last = n, width
        width += wide
        if width > room and last > begin:
            found.append(line[begin:last])
            begin, width = last, width - at_last
    return [*found, line[begin:]]


def broken(text: str, columns: int) -> str:
    """Return a text whose words of more than so many columns of a fixed-width font are broken into lines, where they
    may be.

    Blender breaks the others by itself.
    """
    return re.sub(r"[^ \n]+", lambda word: _word(word.group(), columns), text)


def _word(word: str, columns: int) -> str:
    widths = [_columns(character) for character in word]
    return word if sum(widths) <= columns else "\n".join(pieces(word, widths, columns))


def _columns(character: str) -> int:
    # Blender gives accents of the font itself a column, and marks of other scripts none.
    if is_invisible(character) or (character > "\u036f" and unicodedata.category(character) == "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
