"""Cut a frame out of a picture that wraps around: shift by parts of a pixel, scale, crop.

Catmull-Rom interpolation (Keys, 1981), its kernel widened when the picture is made smaller, so that nothing shimmers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


def window(image: Array, start: tuple[float, float], step: tuple[float, float], size: tuple[int, int]) -> Array:
    """Sample `image [C,H,W]`, which wraps, on a grid. All pairs are (rows, columns).

    `start` is the place, in px of the image, of the frame's upper left corner; `step` the image's px per px of the
    frame; `size` the frame's height and width. Returns `float32 [C,height,width]`.
    """
    for axis in (0, 1):
        image = _along(image, axis + 1, start[axis], step[axis], size[axis])
    return image


def _along(image: Array, axis: int, start: float, step: float, size: int) -> Array:
    length = image.shape[axis]
    whole = round(start)
    if step == 1 and abs(start - whole) < 1e-6:  # the usual case: nothing to interpolate
        if whole % length == 0 and size == length:
            return image
        return np.take(image, np.arange(whole, whole + size), axis=axis, mode="wrap")
    indices, weights = taps(start, step, size)
    shape = (1, -1, 1) if axis == 1 else (1, 1, -1)
    total: Array | None = None
    for index, weight in zip(indices, weights, strict=True):
        piece = np.take(image, index, axis=axis, mode="wrap")
        piece *= weight.reshape(shape)
        total = piece if total is None else np.add(total, piece, out=total)
    assert total is not None  # there are always four taps or more
    return total


def taps(start: float, step: float, size: int) -> tuple[npt.NDArray[np.int64], Array]:
    """Source indices `[T,size]` and weights `[T,size]` (columns sum to 1) for `size` samples of a line."""
    width = max(1.0, step)
    centres = start + (np.arange(size) + 0.5) * step - 0.5
    count = int(np.ceil(4 * width))
    first = np.floor(centres - 2 * width).astype(np.int64) + 1
    indices = first[None] + np.arange(count)[:, None]
    weights = _catmull_rom((indices - centres[None]) / width)
    weights /= weights.sum(axis=0, keepdims=True)
    return indices, weights.astype(np.float32)


def _catmull_rom(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))
