"""Times on the frame grid: exact rates, rounding, and lanes for cues that overlap.

A time of a file is real time. Drop-frame timecode counts frames in another way but changes no duration, so at 29.97 fps
a frame is 1001/30000 s and nothing else.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .cue import Cue


def rate(fps: float, base: float = 1.0) -> Fraction:
    """Frames a second, exactly: (24, 1.001) and 23.976 are both 24000/1001."""
    exact = Fraction(fps).limit_denominator(100_000) / Fraction(base).limit_denominator(100_000)
    whole = round(exact)
    for candidate in (Fraction(whole), Fraction(whole * 1000, 1001)):
        if abs(exact - candidate) < Fraction(6, 10_000):  # single precision, or 23.976 as people write it
            return candidate
    return exact


def to_frame(ms: int, fps: Fraction) -> int:
    """Return the frame boundary nearest to a time; halves go up. Frame 0 begins at 0 ms."""
    return math.floor(ms * fps / 1000 + Fraction(1, 2))


def to_ms(frame: int, fps: Fraction) -> int:
    """Return the millisecond nearest to a frame boundary: the only one for which `to_frame` gives `frame` at up to 500
    fps.
    """
    return math.floor(frame * 1000 / fps + Fraction(1, 2))


@dataclass(frozen=True)
class Placed:
    """A cue on the grid: frames `start` to `end` (exclusive).

    `lane` from 0 is a channel that nothing else has at those frames. `level` from 0 is how many cues of the same place
    on the screen are below it (above it, for a place at the top). A cue that is too short for a frame, and has no free
    one beside it, has none: `end` is `start`.
    """

    cue: Cue
    start: int
    end: int
    lane: int
    level: int


def place(cues: Sequence[Cue], fps: Fraction) -> list[Placed]:
    """Cues in order of time, each in the lowest lane and on the lowest level that are free by then.

    A cue that rounds to no frame never moves another one: it takes the frame after its time or the one before where
    nothing of its place is seen, or none.
    """
    ordered = sorted(cues, key=lambda cue: (cue.start, cue.end, cue.line))
    rounded = [(to_frame(cue.start, fps), to_frame(cue.end, fps)) for cue in ordered]
    spans = _spans(ordered, rounded)
    # Those that were made longer come last, and get the lanes that the others leave.
    order = sorted(range(len(ordered)), key=lambda n: (spans[n][0], spans[n] != rounded[n], n))
    lanes, stacks = _Lanes(), dict[Hashable, _Lanes]()
    taken, levels = [0] * len(ordered), [0] * len(ordered)
    for n in order:
        start, end = spans[n]
        if end > start:
            taken[n] = lanes.take(start, end)
        if (start, end) == rounded[n] and end > start:
            levels[n] = stacks.setdefault(_place_of(ordered[n]), _Lanes()).take(start, end)
    return [Placed(cue, *span, *where) for cue, span, *where in zip(ordered, spans, taken, levels, strict=True)]


class _Lanes:
    """Lanes that are taken one after another, by what begins later and later."""

    def __init__(self) -> None:
        self._busy: list[tuple[int, int]] = []  # (end, lane), a heap
        self._free: list[int] = []  # a heap
        self._count = 0

    def take(self, start: int, end: int) -> int:
        """Return the lowest lane that is free from `start` on; it is taken until `end`."""
        while self._busy and self._busy[0][0] <= start:
            heapq.heappush(self._free, heapq.heappop(self._busy)[1])
        if self._free:
            lane = heapq.heappop(self._free)
        else:
            lane, self._count = self._count, self._count + 1
        heapq.heappush(self._busy, (end, lane))
        return lane


def _place_of(cue: Cue) -> Hashable:
    """Return what cues have in common that would cover one another: the row, or the place of their own."""
    return cue.look.position or ((cue.look.anchor or 2) - 1) // 3


def _spans(ordered: Sequence[Cue], rounded: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the frames (start, end) of cues in order of time, with those for cues that round to none."""
    spans = list(rounded)
    seen: dict[Hashable, _Seen] = {}
    for cue, span in zip(ordered, spans, strict=True):
        seen.setdefault(_place_of(cue), _Seen()).add(*span)
    for n, (start, end) in enumerate(spans):
        if start == end:
            spans[n] = seen[_place_of(ordered[n])].beside(start)
    return spans


class _Seen:
    """The frames at which something is seen at a place."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._sorted = False
        self._single: set[int] = set()

    def add(self, start: int, end: int) -> None:
        """Note a cue, in order of starts."""
        if end > start:
            self._starts.append(start)
            self._ends.append(end)

    def beside(self, frame: int) -> tuple[int, int]:
        """Return a frame for a cue that has none: this one, or the one before; `(frame, frame)` when both are taken."""
        if not self._sorted:
            self._ends.sort()
            self._sorted = True
        for free in (frame, frame - 1):
            if free >= 0 and free not in self._single and not self._covers(free):
                self._single.add(free)
                return free, free + 1
        return frame, frame

    def _covers(self, frame: int) -> bool:
        return bisect_right(self._starts, frame) > bisect_right(self._ends, frame)
