"""Times on the frame grid: exact rates, rounding, and lanes for cues that overlap.

A time of a file is real time. Drop-frame timecode counts frames in another way but changes no duration, so at 29.97 fps
a frame is 1001/30000 s and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    """The frame boundary nearest to a time; halves go up. Frame 0 begins at 0 ms."""
    return math.floor(ms * fps / 1000 + Fraction(1, 2))


def to_ms(frame: int, fps: Fraction) -> int:
    """The millisecond nearest to a frame boundary: the only one for which `to_frame` gives `frame` at up to 500 fps."""
    return math.floor(frame * 1000 / fps + Fraction(1, 2))


@dataclass(frozen=True)
class Placed:
    """A cue on the grid: frames `start` to `end` (exclusive, at least one frame), in a lane from 0."""

    cue: Cue
    start: int
    end: int
    lane: int


def place(cues: Sequence[Cue], fps: Fraction) -> list[Placed]:
    """Cues in order of time, each in the lowest lane that is free by then."""
    placed: list[Placed] = []
    ends: list[int] = []
    for cue in sorted(cues, key=lambda cue: (cue.start, cue.end, cue.line)):
        start = to_frame(cue.start, fps)
        end = max(to_frame(cue.end, fps), start + 1)
        lane = next((n for n, busy in enumerate(ends) if busy <= start), len(ends))
        ends[lane : lane + 1] = [end]
        placed.append(Placed(cue, start, end, lane))
    return placed
