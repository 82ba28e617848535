"""Sounds that are made of several: a small score of parts over time, in fractions of the strip's length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .bands import Floats

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Part:
    """One sound of a score: its style, where it begins, and curves of (fraction of the length, value).

    `gain` in dB, `pitch` in semitones, `distance` 0…1; `tail` is that of an event.
    """

    style: str
    start: float = 0.0
    gain: Curve = ((0.0, 0.0),)
    pitch: Curve = ((0.0, 0.0),)
    distance: Curve = ((0.0, 0.0),)
    tail: float = 1.0


def along(curve: Curve, fractions: Floats) -> Floats:
    """Return a curve's values at `fractions`, straight between its points."""
    points = np.array(curve)
    return np.interp(fractions, points[:, 0], points[:, 1])


#: Ignition, a rumble that builds, the rise, and the way into the distance, which lowers and dulls what is heard.
LAUNCH = (
    Part("spaceship_launch", gain=((0.0, -4.0), (0.5, -4.0), (1.0, -34.0)), pitch=((0.0, -5.0),), tail=1.8),
    Part("explosion", 0.01, gain=((0.0, -8.0), (0.5, -8.0), (1.0, -38.0)), pitch=((0.0, -10.0),), tail=2.5),
    Part(
        "engine",
        gain=((0.0, -50.0), (0.03, -22.0), (0.2, -6.0), (0.45, 0.0), (0.6, -2.0), (0.8, -16.0), (1.0, -44.0)),
        pitch=((0.0, -16.0), (0.2, -9.0), (0.45, -4.0), (0.6, -3.0), (1.0, -11.0)),
        distance=((0.0, 0.0), (0.45, 0.05), (1.0, 0.9)),
    ),
    Part(
        "fire",
        gain=((0.0, -44.0), (0.02, -12.0), (0.15, -3.0), (0.45, 2.0), (0.6, 1.0), (0.8, -12.0), (1.0, -40.0)),
        pitch=((0.0, -14.0), (0.45, -8.0), (1.0, -16.0)),
        distance=((0.0, 0.0), (0.5, 0.1), (1.0, 1.0)),
    ),
    Part(
        "wind",
        gain=((0.0, -60.0), (0.3, -30.0), (0.6, -8.0), (0.75, -12.0), (1.0, -30.0)),
        distance=((0.0, 0.2), (1.0, 0.7)),
    ),
)
SCORES = {"spaceship_launch": LAUNCH}
