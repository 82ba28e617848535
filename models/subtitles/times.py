"""Times as subtitle files write them, and lines that hold two of them with an arrow between.

All of it looks at a bounded number of characters for each place in a line, so that time grows as the line does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Full-width forms, which East Asian keyboards and machine translation put in.
_NARROW = str.maketrans("０１２３４５６７８９：，．；－＞＝　−", "0123456789:,.;->= -")
_GAP = r"[ \t]{0,3}"
_CLOCK = re.compile(
    rf"(-?){_GAP}(?:(\d{{1,6}}){_GAP}[:;]{_GAP})?(\d{{1,3}}){_GAP}[:;]{_GAP}(\d{{1,3}})"
    rf"(?:{_GAP}[.,:;]{_GAP}(\d{{1,9}})(?:[.,]\d{{1,20}})?)?"
)
_ARROW = re.compile(r"-{1,3}[ \t]?>|=>|[–—]>?|→")
#: What may follow the second time: nothing, a blank, settings glued to it, or a stray mark.
_REST = re.compile(r"$|[ \t]|[a-zA-Z]{1,20}:|[^\w\s]{1,3}$")
#: How a line begins that was meant to hold times.
_BEGUN = re.compile(rf"-?{_GAP}\d{{1,6}}{_GAP}:{_GAP}\d")
_STAMP = re.compile(rf"\d{{1,6}}{_GAP}[:.;]{_GAP}\d{{1,3}}{_GAP}[:.;,]{_GAP}\d")
#: What every line of times has, read or not; most lines don't.
_HINT = re.compile(r"\d\s{0,3}[:：;；.．]")


def possible(line: str) -> bool:
    """Return whether a line may hold times: a quick look that saves looking closer at most lines."""
    return _HINT.search(line) is not None


@dataclass(frozen=True)
class Times:
    """What a line of times says, ms; `rest` is what follows, stripped. `exact`: it is written as formats ask for."""

    start: int
    end: int
    rest: str
    exact: bool


def clock(text: str, at: int = 0) -> tuple[int, int] | None:
    """(ms, where it ends) of a time such as `1:02:03,450` or `02:03.45` that begins at `at`, or None."""
    found = _CLOCK.match(text, at)
    if not found:
        return None
    sign, hours, minutes, seconds, part = found.groups()
    ms = round(int(part or 0) * 10.0 ** (3 - len(part or "")))
    total = ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + ms
    return -total if sign else total, found.end()


def whole(text: str) -> int | None:
    """Return the ms of a text that is a time and nothing else, or None."""
    text = text.translate(_NARROW).strip()
    found = clock(text)
    return found[0] if found and found[1] == len(text) else None


def times(line: str) -> Times | None:
    """Return what a line of times says, or None for any other line."""
    parted = _parted(line)
    if parted is None:
        return None
    left, right, exact = parted
    start, end = whole(left), clock(right)
    if start is None or end is None or not _REST.match(right, end[1]):
        return None
    return Times(start, end[0], right[end[1] :].strip(), exact)


def unreadable(line: str, expected: bool) -> bool:
    """Whether a line that `times` can't read was meant to hold times.

    `expected` says that times should stand here, as after a counter: then it needs no arrow.
    """
    parted = _parted(line)
    if parted and (parted[2] or expected):
        return bool(_BEGUN.match(parted[0]) or _STAMP.match(parted[0]))
    return expected and bool(_STAMP.match(line.translate(_NARROW).lstrip()))


def _parted(line: str) -> tuple[str, str, bool] | None:
    """(left, right, whether by `-->`) of a line with an arrow."""
    line = line.translate(_NARROW)
    found = _ARROW.search(line)
    if not found:
        return None
    return line[: found.start()].strip(), line[found.end() :].strip(), found.group() == "-->"
