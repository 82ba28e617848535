"""What the text-effect network sees of a text: coverage, clipped distances inside and outside, and loop noise.

All lengths are in ems (the font's size in px), so that an effect keeps its proportion to the letters at every size.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ..imaging.resample import window
from ..latents import Walk, noise

Array = npt.NDArray[np.float32]

#: Distances at which the inside and the outside field reach 1, in ems.
INSIDE, OUTSIDE = 0.12, 0.5
#: Size of the coarsest cell of the moving noise, in ems, and how far it and the still noise are divided.
CELL = 0.5
MOVING, STILL = (1, 2, 4), (2, 4, 12)
#: Keys of the closed walk of the moving noise.
KEYS = 6


def distances(mask: Array, em: float) -> Array:
    """Coverage `[H,W]` (0…1) → `[2,H,W]`: distance to the letters' edge inside and outside them, 0…1 (clipped)."""
    inside = _distance(mask < 0.5, math.ceil(INSIDE * em) + 1) + (mask - 0.5)
    outside = _distance(mask >= 0.5, math.ceil(OUTSIDE * em) + 1) - (mask - 0.5)
    result = np.stack((inside / (INSIDE * em), outside / (OUTSIDE * em))).astype(np.float32)
    result[0, mask < 0.5] = 0.0
    result[1, mask >= 0.5] = 0.0
    return np.clip(result, 0.0, 1.0, out=result)


def _distance(target: npt.NDArray[np.bool_], limit: int) -> Array:
    """Distance in px of every pixel to the nearest one in `target`, at most `limit`.

    Separable: along the columns first, then the lower envelope of parabolas along the rows, tried one by one because
    the limit is short.
    """
    rows, columns = target.shape
    far = np.float32(limit)
    line = np.full((rows, columns), far, np.float32)
    last = np.full(columns, far, np.float32)
    for y in range(rows):
        last = np.where(target[y], np.float32(0), np.minimum(last + 1, far))
        line[y] = last
    last = np.full(columns, far, np.float32)
    for y in range(rows - 1, -1, -1):
        last = np.where(target[y], np.float32(0), np.minimum(last + 1, far))
        np.minimum(line[y], last, out=line[y])
    squared = line * line
    best = squared.copy()
    for dx in range(1, min(limit, columns - 1) + 1):
        step = np.float32(dx * dx)
        np.minimum(best[:, dx:], squared[:, :-dx] + step, out=best[:, dx:])
        np.minimum(best[:, :-dx], squared[:, dx:] + step, out=best[:, :-dx])
    result: Array = np.minimum(np.sqrt(best), far)
    return result


def blurred(image: Array, radius: int) -> Array:
    """`image [H,W]`, blurred twice by a box that reaches `radius` px; nothing is beyond its edges."""
    width = 2 * radius + 1
    for axis in (0, 1, 0, 1):
        sums = np.cumsum(np.pad(image, [(width, radius) if n == axis else (0, 0) for n in (0, 1)]), axis, np.float64)
        high, low = np.moveaxis(sums, axis, 0)[width:], np.moveaxis(sums, axis, 0)[:-width]
        image = np.moveaxis((high - low)[radius:] / width, 0, axis).astype(np.float32)
    return np.clip(image, 0, 1)


class LoopNoise:
    """Six smooth fields over a box: three that rise and change, closed after `KEYS` keys, and three that stand still.

    `size` is (height, width) in px, `rise` the whole cells that the moving ones climb in a round.
    """

    def __init__(self, seed: int, size: tuple[int, int], em: float, rise: int) -> None:
        self.size, self.cell, self.rise = size, CELL * em, rise
        rows, columns = (math.ceil(side / self.cell) + 4 for side in size)
        layers = [(1, rows * n, columns * n, n) for n in MOVING]
        self._walk = Walk(seed, layers, KEYS, (rise, 0))
        still = [noise(seed, 0, 100 + n, (1, rows * n, columns * n)) for n in STILL]
        self._still = np.concatenate(
            [window(field, (0, 0), (n / self.cell,) * 2, size) for n, field in zip(STILL, still, strict=True)]
        )

    def at(self, phase: float) -> Array:
        """`float32 [6,H,W]` at a phase from 0 to 1 of the round."""
        top = self.rise * phase
        fields = [
            window(field, (top * n, 0.0), (n / self.cell,) * 2, self.size)
            for n, field in zip(MOVING, self._walk.at(phase * KEYS), strict=True)
        ]
        return np.concatenate((*fields, self._still))
