"""SubRip, line by line, as people, programs and translators leave it. Whatever is not taken over is reported.

(pysubs2 reads it too, but passes over what it can't read in silence and drops empty lines.) The format has no standard:
https://en.wikipedia.org/wiki/SubRip
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from . import limits
from .cue import Cue
from .summary import UNREADABLE_TIMES, Summary
from .tags import unmark
from .times import Times, possible, times, unreadable

_COUNTER = re.compile(r"\s*(\d{1,9})\s*")


@dataclass(frozen=True)
class _Mark:
    """A line (from 0) that holds times; None where they can't be read. `counter` is the line that numbers the cue."""

    line: int
    times: Times | None
    counter: int


def is_srt(text: str) -> bool:
    """Whether a text has a line of SubRip times."""
    lines = text.split("\n")
    return any(mark.times for mark in islice(_marks(lines, numbered=True, spaced=True), 1000))


def parse(text: str, summary: Summary) -> list[Cue]:
    """Return the cues of a text whose lines end in `\\n`.

    What can't be read is noted in `summary`. Raises TooManyCues.
    """
    lines = text.split("\n")
    first = next(_marks(lines, numbered=True, spaced=True))
    # A file that begins with a counter has them; one with an empty line after it has one after every line.
    numbered = first.counter < first.line
    spaced = numbered and first.line > first.counter + 1
    marks = []
    for mark in _marks(lines, numbered, spaced):
        marks.append(mark)
        limits.check(len(marks))
    for stray in [n for n, line in enumerate(lines[: first.counter], 1) if line.strip()][:1]:
        summary.drop("it stands before the first times", stray)
    cues = []
    for mark, until in zip(marks, [mark.counter for mark in marks[1:]] + [len(lines)], strict=True):
        if mark.times is None:
            summary.drop(UNREADABLE_TIMES, mark.line + 1)
            continue
        body = [line for line in lines[mark.line + 1 : until] if line.strip() or not spaced]
        cues.append(_cue(mark.times, body, mark.line + 1, summary))
    return cues


def _cue(found: Times, body: Sequence[str], line: int, summary: Summary) -> Cue:
    marked = trimmed(body)
    plain, look, lost = unmark(marked[: limits.MAX_RAW])
    for what in lost:
        summary.change(f"{what} is not shown", line)
    return Cue(found.start, found.end, plain, look, marked if len(marked) <= limits.MAX_RAW else "", line)


def _marks(lines: Sequence[str], numbered: bool, spaced: bool) -> Iterator[_Mark]:
    """Yield the lines of times.

    `numbered`: the file has counters; `spaced`: with empty lines between them and the times.
    """
    last = full = before = -1  # the last line of times, the last that is not empty, and the one before that
    for n, line in enumerate(lines):
        if not line.strip():
            continue
        if possible(line):
            counter = _counter(lines, n, full, before, last, numbered, spaced)
            found = times(line)
            # An arrow in a text is text: what is not just as it should be must stand where times are expected.
            expected = counter < n or full < n - 1 or full == last
            if (found and (found.exact or expected)) or (found is None and unreadable(line, counter < n)):
                yield _Mark(n, found, counter)
                last = n
        full, before = n, full


def _counter(lines: Sequence[str], n: int, full: int, before: int, last: int, numbered: bool, spaced: bool) -> int:
    """Return the line that numbers the cue whose times are at `n`, or `n` when there is none."""
    if full <= last or not _COUNTER.fullmatch(lines[full]):
        return n
    adjacent = full == n - 1
    parted = before < full - 1 or before == last
    if numbered:
        return full if adjacent or (spaced and parted) else n
    # A number at the end of a cue is its text, as in a countdown, unless it stands by itself over the times.
    return full if adjacent and parted and before != last else n


def trimmed(lines: Sequence[str]) -> str:
    """Lines without the empty ones around them."""
    kept = [n for n, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[kept[0] : kept[-1] + 1]) if kept else ""
