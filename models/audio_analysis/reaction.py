"""From what is heard to keyframes of a setting: attack, release, range, and as few keys as the curve needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import MediaError, RecipeError
from ..recipe import MAX_FRAMES
from . import FLOORS, MEASURES, SLOWEST
from .measure import measured
from .mix import Floats, PlacedSound

#: Below this, dB of full scale, nothing is heard at all.
FAINT = -80.0
#: Rises of so many dB (over three bands) are not onsets: noise does that by itself.
CALM = 18.0
#: How far keys with straight lines between them may be from the curve, as a share of the range.
TOLERANCE = 0.01


@dataclass(frozen=True)
class Reaction:
    """What a setting is to do while sounds are heard.

    `measure` is one of MEASURES. The loudest frame gives `high`, and one that is `floor` dB softer, or silence, `low`.
    `attack` and `release` are the seconds from one to the other and back; the curve rises before what it reacts to, so
    that it peaks in the very frame.
    """

    pieces: tuple[PlacedSound, ...]
    frames: int
    fps: float
    measure: str = "level"
    floor: float = 30.0
    attack: float = 0.0
    release: float = 0.3
    low: float = 0.0
    high: float = 1.0

    @classmethod
    def from_mapping(cls, raw: object) -> Reaction:
        """From parsed JSON. Raises RecipeError for what is missing, mistyped or out of range."""
        if not isinstance(raw, dict):
            raise RecipeError("What a setting reacts to is not a JSON object.")
        try:
            fields = {**raw, "pieces": tuple(_piece(each) for each in raw["pieces"])}
            made = cls(**fields)
            made._check()
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise RecipeError(f"What a setting reacts to is malformed ({str(error)[:120]}).") from error
        return made

    def _check(self) -> None:
        if self.measure not in MEASURES:
            raise RecipeError(f"{str(self.measure)[:40]!r} is not one of {', '.join(MEASURES)}.")
        if not isinstance(self.frames, int) or not 1 <= self.frames <= MAX_FRAMES:
            raise RecipeError(f"{str(self.frames)[:40]} frames can't be heard: give 1 to {MAX_FRAMES}.")
        for label, value, least, most in (
            ("Frame rate", self.fps, 0.01, 1000.0),
            ("Floor", self.floor, *FLOORS),
            ("Attack", self.attack, 0.0, SLOWEST),
            ("Release", self.release, 0.0, SLOWEST),
            ("From", self.low, -1e9, 1e9),
            ("To", self.high, -1e9, 1e9),
        ):
            if not least <= float(value) <= most:
                raise RecipeError(f"{label}: {str(value)[:40]} is not from {least:g} to {most:g}.")

    def keys(self, tick: Callable[[], None] = lambda: None) -> list[tuple[int, float]]:
        """(frame, value) of keyframes with straight lines between them, frame 0 being the first.

        Raises MediaError where nothing is heard. `tick` is called again and again, and may raise to stop.
        """
        heard = measured(self.pieces, self.frames, self.fps, self.measure, tick)
        curve = followed(self._unit(heard), self.attack * self.fps, self.release * self.fps)
        return [(n, self.low + (self.high - self.low) * float(curve[n])) for n in kept(curve, TOLERANCE)]

    def _unit(self, heard: Floats) -> Floats:
        """Return what was measured, from 0 to 1."""
        top = float(heard.max())
        if self.measure == "onset":
            if top <= 2 * CALM:
                raise MediaError(
                    "Nothing begins suddenly enough here to be an onset. Follow the level, or another sound."
                )
            return np.clip((heard - CALM) / (top - CALM), 0, 1)
        if top <= FAINT:
            what = "sound" if self.measure == "level" else f"{self.measure} sound"
            raise MediaError(f"No {what} is heard in these frames. Is it muted, or elsewhere on the timeline?")
        return np.clip((heard - top) / self.floor + 1, 0, 1)


def _piece(raw: Mapping[str, Any]) -> PlacedSound:
    volume = tuple(float(value) for value in raw["volume"])
    at, start, end = times = [float(raw[name]) for name in ("at", "start", "end")]
    if not volume or not all(map(math.isfinite, (*volume, *times))):
        raise ValueError("a piece's times or volume are not numbers")
    return PlacedSound(Path(str(raw["path"])), at, start, end, volume)


def followed(values: Floats, attack: float, release: float) -> Floats:
    """Return the lowest curve above `values` that rises by at most 1 in `attack` frames and falls by at most 1 in
    `release`.

    Peaks keep their height and their frame.
    """
    places = np.arange(len(values))
    out = values.astype(np.float64)
    if release > 1:  # running maxima of what has been lowered by the distance
        out = np.maximum.accumulate(out + places / release) - places / release
    if attack > 1:
        out = np.maximum(out, np.maximum.accumulate((values - places / attack)[::-1])[::-1] + places / attack)
    return np.clip(out, 0, 1)


def kept(values: Floats, tolerance: float) -> list[int]:
    """Return the frames that need a key, so that straight lines between them are within `tolerance` of all `values`.

    After Ramer (1972), Douglas and Peucker (1973), with distances in value alone.
    """
    last = len(values) - 1
    found, todo = {0, last}, [(0, last)]
    while todo:
        a, b = todo.pop()
        if b - a < 2:
            continue
        line = values[a] + (values[b] - values[a]) * np.arange(1, b - a) / (b - a)
        apart = np.abs(values[a + 1 : b] - line)
        worst = int(apart.argmax())
        if apart[worst] > tolerance:
            found.add(a + 1 + worst)
            todo += [(a, a + 1 + worst), (a + 1 + worst, b)]
    return sorted(found)
