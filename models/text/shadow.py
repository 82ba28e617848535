"""A text strip's shadow as Blender draws it: the letters and their outline once more, moved, blurred, in one color."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from .spec import Spec

Array = npt.NDArray[np.float32]


def reach(spec: Spec, line_height: int) -> tuple[int, int, float]:
    """(px to the right, px down, radius of the blur in px) of a shadow."""
    angle, away, blur = spec.shadow
    length = line_height * away
    return int(math.cos(angle) * length), int(math.sin(angle) * length), line_height * 0.5 * blur


def cast(alpha: Array, spec: Spec, line_height: int) -> Array:
    """Return the shadow of what has the opacity `alpha [H,W]`, without the opacity of its own color."""
    right, down, radius = reach(spec, line_height)
    shade = _moved(alpha, right, down)
    if radius < 1:
        return shade
    half = int(radius + 0.5)
    weights = np.exp(-4.5 * (np.arange(-half, half + 1) / radius) ** 2)
    for axis in (1, 0):
        shade = np.floor(_spread(shade, weights / weights.sum(), axis) * 255 + 1e-3) / np.float32(255)
    return shade.astype(np.float32)


def _moved(image: Array, right: int, down: int) -> Array:
    rows, columns = image.shape
    out = np.zeros_like(image)
    if abs(right) < columns and abs(down) < rows:
        to = slice(max(down, 0), rows + min(down, 0)), slice(max(right, 0), columns + min(right, 0))
        of = slice(max(-down, 0), rows - max(down, 0)), slice(max(-right, 0), columns - max(right, 0))
        out[to] = image[of]
    return out


def _spread(image: Array, weights: npt.NDArray[np.float64], axis: int) -> Array:
    half = len(weights) // 2
    wide = np.pad(image, [(half, half) if n == axis else (0, 0) for n in (0, 1)])
    out = np.zeros_like(image)
    for n, weight in enumerate(weights):
        part = wide[n : n + image.shape[0]] if axis == 0 else wide[:, n : n + image.shape[1]]
        out += part * np.float32(weight)
    return out
