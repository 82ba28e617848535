"""From bytes to text: byte order marks, UTF-8, what the file itself declares, and else the likeliest encoding."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from ..errors import SubtitleError
from .guess import guess
from .languages import CHOICES, OF

_BYTE_ORDER = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What may be chosen, with what each is for.
ENCODINGS = CHOICES
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_DECLARED = re.compile(rb"<\?xml[^>]{0,99}encoding=[\"']([\w-]{1,20})|charset=[\"']?([\w-]{1,20})")


class DecodedText(NamedTuple):
    """A text, the encoding that it was in, and what there is to say of how that was found ("" for nothing)."""

    text: str
    encoding: str
    remark: str = ""


def decode(data: bytes, encoding: str = "") -> DecodedText:
    """Return the text of a file. `encoding` overrides what is found. Raises SubtitleError."""
    if encoding:
        return _chosen(data, encoding)
    for mark, name in _BYTE_ORDER:
        if data.startswith(mark):
            return DecodedText(data.decode(name, "replace"), name)
    if (wide := _wide(data)) is not None:
        return DecodedText(data.decode(wide, "replace"), wide)
    found = _utf8(data) or _declared(data) or _mixed(data) or _guessed(data)
    controls = len(_CONTROL.findall(found.text))
    if controls > 8 and controls > len(found.text) / 200:
        raise SubtitleError("This is a binary file, not subtitles: it is full of control characters.")
    return found


def _chosen(data: bytes, encoding: str) -> DecodedText:
    try:
        return DecodedText(data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SubtitleError(f"Line {line} is not {encoding}. Leave the encoding on automatic.") from error
    except (LookupError, ValueError) as error:  # some of Python's codecs are for no text
        raise SubtitleError(f"There is no encoding {encoding[:40]!r}. Try {', '.join(ENCODINGS)}.") from error


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its line ends, digits and blanks is 0."""
    even, odd = data[0:2000:2].count(0), data[1:2000:2].count(0)
    half = min(len(data), 2000) / 2
    if max(even, odd) < 0.25 * half or min(even, odd) > 0.05 * half:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _utf8(data: bytes) -> DecodedText | None:
    try:
        return DecodedText(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return None


def _declared(data: bytes) -> DecodedText | None:
    """Return what XML or HTML declares itself to be, if it can be that."""
    found = _DECLARED.search(data[:2000])
    name = (found.group(1) or found.group(2)).decode("ascii").lower() if found else ""
    try:
        known = codecs.lookup(name).name in {codecs.lookup(each).name for each in OF} if name else False
        return DecodedText(data.decode(name), name) if known else None
    except (LookupError, UnicodeDecodeError):
        return None


def _mixed(data: bytes) -> DecodedText | None:
    """Return a file that is UTF-8 but for a few lines, which are in another encoding; None when most lines are not."""
    lines = data.split(b"\n")
    written = [n for n, line in enumerate(lines) if not line.isascii()]
    few = written[:: len(written) // 1000 + 1]
    if sum(_utf8(lines[n]) is None for n in few) * 2 > len(few):
        return None
    odd = {n for n in written if _utf8(lines[n]) is None}
    if len(written) < 3 * len(odd):
        return None
    text, name, _ = _guessed(b"\n".join(lines[n] for n in sorted(odd)))
    others = iter(text.split("\n"))
    whole = [next(others, "") if n in odd else line.decode() for n, line in enumerate(lines)]
    places = ", ".join(str(n + 1) for n in sorted(odd)[:5]) + (" and more" if len(odd) > 5 else "")
    remark = f"Lines that are not UTF-8 ({places}) were taken for {name.upper()}."
    return DecodedText("\n".join(whole), f"utf-8 and {name}", remark)


def _guessed(data: bytes) -> DecodedText:
    found = guess(data)
    remark = f"The encoding was guessed: {found.encoding.upper()} ({found.language})."
    if found.other:
        remark += f" It may be {found.other.upper()}."
    remark += " If the text is wrong, choose another encoding."
    return DecodedText(data.decode(found.encoding, "replace"), found.encoding, remark)
