"""What rendered materials are made with: noise, light on height fields, and a canvas that knows its units.

Everything wraps around. Coordinates run over a canvas of twice the size of the picture, which is halved at the end, so
that edges are smooth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .courses import Units

Field = npt.NDArray[np.float64]
Rng = np.random.Generator

#: The canvas is this much larger.
FINER = 2


def noise(rng: Rng, side: int, slope: float, low: float = 4.0, stretch: tuple[float, float] = (1, 1)) -> Field:
    """Gaussian noise `[side,side]` of deviation 1 that wraps; amplitude falls as frequency^−`slope` above `low` cycles.

    `stretch` (down, across) > 1 draws it out.
    """
    y, x = np.meshgrid(np.fft.fftfreq(side) * side, np.fft.rfftfreq(side) * side, indexing="ij")
    scale = np.maximum(np.hypot(y * stretch[0], x * stretch[1]), low) ** slope
    field: Field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((side, side))) / scale, (side, side))
    return (field - field.mean()) / field.std()


def blur(field: Field, sigma: float) -> Field:
    """Gaussian blur of `sigma` px, wrapping."""
    y, x = np.meshgrid(np.fft.fftfreq(field.shape[0]), np.fft.rfftfreq(field.shape[1]), indexing="ij")
    return np.fft.irfft2(np.fft.rfft2(field) * np.exp(-2 * (np.pi * sigma) ** 2 * (x**2 + y**2)), field.shape)


def step(x: Field, low: float, high: float) -> Field:
    """0 below `low`, 1 above `high`, smooth between them."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def lit(height: Field, strength: float, hollow: float, reach: float = 8.0) -> Field:
    """How bright a height field (canvas px) is, 1 where it is level: light from above left, darker in hollows."""
    slope_y, slope_x = (height - np.roll(height, 1, axis) for axis in (0, 1))
    light = 1 + strength * (-slope_y * 0.8 - slope_x * 0.45) / np.sqrt(1 + slope_y**2 + slope_x**2)
    return np.clip(light, 0.15, 2.2) * np.clip(1 + hollow * (height - blur(height, reach)), 0.25, 1.25)


def mixed(a: Field, b: Field, share: Field) -> Field:
    """From `a` at share 0 to `b` at 1."""
    return a + (b - a) * share


def color(hexadecimal: str) -> Field:
    """Return a color in 0…1, `[3,1,1]`."""
    return np.array([int(hexadecimal[i : i + 2], 16) for i in (0, 2, 4)], float)[:, None, None] / 255


def to_edge(units: Units, down: Field, across: Field) -> Field:
    """How far, px, a pixel lies from its unit's edge."""
    return np.minimum(np.minimum(down, units.height - down), np.minimum(across, units.length - across))


@dataclass
class Canvas:
    """A blank picture and what it is made with: all lengths of `Units` are px of the finished picture."""

    side: int
    rng: Rng
    photographs: Callable[[str], Field]

    def places(self, units: Units) -> tuple[Field, Field, Field, Field]:
        """For each pixel: course, unit in it (wrapping), and where in the unit it lies, px down and across."""
        y, x = np.mgrid[: self.side, : self.side]
        height, length, shift = (FINER * v for v in (units.height, units.length, units.shift))
        course = y // height
        along = x - course * shift % length
        unit = along // length % (self.side // length)
        return course, unit, (y % height) / FINER, (along % length) / FINER

    def each(self, course: Field, unit: Field, count: int = 1) -> Field:
        """Return standard normal numbers of each unit, as pictures `[count,side,side]`."""
        table = self.rng.standard_normal((count, int(course.max()) + 1, int(unit.max()) + 1))
        return table[:, course, unit]

    def cut(self, name: str, course: Field, unit: Field, units: Units) -> Field:
        """Each unit covered with its own piece of a photograph `[3,side,side]` (0…1)."""
        photograph = self.photographs(name)
        y, x = np.mgrid[: self.side, : self.side]
        moves = self.rng.integers(0, 4096, (2, int(course.max()) + 1, int(unit.max()) + 1))
        down, across = moves[:, course, unit]
        return photograph[:, (y + down) % photograph.shape[1], (x + across) % photograph.shape[2]]

    def grain(self, name: str) -> Field:
        """Return a photograph's light, `[side,side]`, as a factor about 1."""
        gray = self.photographs(name).mean(axis=0)
        gray = gray / blur(gray, 40)
        y, x = np.mgrid[: self.side, : self.side]
        return gray[y % gray.shape[0], x % gray.shape[1]]
