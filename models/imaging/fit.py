"""Bring a picture of one size into a frame of another: fill, stretch, tile, or show whole."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from .resample import window

Array = npt.NDArray[np.float32]
Fit = Literal["fill", "stretch", "tile", "whole"]


def fitted(image: Array, size: tuple[int, int], fit: Fit, scale: float = 1.0) -> Array:
    """`image [C,H,W]` in a frame of `size` (rows, columns), px: `float32 [C,rows,columns]`.

    "fill" cuts off what does not fit, "stretch" ignores the proportions, "tile" repeats the picture at `scale`, and
    "whole" shows all of it; there a fourth channel is added, which is 0 around it. Scaling is Catmull-Rom.
    """
    sides = image.shape[1:]
    if fit == "tile":
        return window(image, (0.0, 0.0), (1 / scale, 1 / scale), size)
    if fit == "stretch":
        return _within(image, (0.0, 0.0), (sides[0] / size[0], sides[1] / size[1]), size)
    ratios = [out / side for out, side in zip(size, sides, strict=True)]
    if fit == "fill":
        step = 1 / max(ratios)
        start = tuple((side - out * step) / 2 for side, out in zip(sides, size, strict=True))
        return _within(image, (start[0], start[1]), (step, step), size)
    inner = tuple(max(1, min(out, round(side * min(ratios)))) for side, out in zip(sides, size, strict=True))
    small = fitted(image, (inner[0], inner[1]), "stretch")
    frame = np.zeros((4, *size), np.float32)
    top, left = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    part = frame[:, top : top + inner[0], left : left + inner[1]]
    part[:3], part[3] = small[:3], small[3] if len(small) == 4 else 1.0
    return frame


def cut(image: Array, size: tuple[int, int]) -> Array:
    """Return the middle of a picture that is at least as large as the frame, pixel for pixel."""
    top, left = ((side - out) // 2 for side, out in zip(image.shape[1:], size, strict=True))
    return image[:, top : top + size[0], left : left + size[1]]


def _within(image: Array, start: tuple[float, float], step: tuple[float, float], size: tuple[int, int]) -> Array:
    """As `window`, but beyond its edges the picture goes on as its last pixels, not as its other side."""
    margin = [math.ceil(2 * max(1.0, each)) + 2 for each in step]
    padded = np.pad(image, ((0, 0), (margin[0],) * 2, (margin[1],) * 2), mode="edge")
    return window(padded, (start[0] + margin[0], start[1] + margin[1]), step, size)
