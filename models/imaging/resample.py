"""Cut a frame out of a picture that wraps around: shift by parts of a pixel, scale, crop.

Catmull-Rom interpolation (Keys, 1981), its kernel widened when the picture is made smaller, so that nothing shimmers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from . import separable
from .separable import Line

Array = npt.NDArray[np.float32]

#: Rows of a band: few enough that all that is done to them happens in the processor's cache.
BAND = 16


def window(image: Array, start: tuple[float, float], step: tuple[float, float], size: tuple[int, int]) -> Array:
    """Sample `image [C,H,W]`, which wraps, on a grid. All pairs are (rows, columns).

    `start` is the place, in px of the image, of the frame's upper left corner; `step` the image's px per px of the
    frame; `size` the frame's height and width. Returns `float32 [C,height,width]`.
    """
    return np.concatenate(list(bands(image, start, step, size)), axis=1)


def bands(
    image: Array, start: tuple[float, float], step: tuple[float, float], size: tuple[int, int]
) -> Iterator[Array]:
    """Yield what `window` returns in bands of a few rows, from the top, `[C,rows,width]`."""
    (rows, row_weights), columns = (taps(*line) for line in zip(start, step, size, strict=True))
    for first in range(0, size[0], BAND):
        part = slice(first, first + BAND)
        yield _sample(_mixed_rows(image, rows[:, part], row_weights[:, part]), 2, *columns)


def _mixed_rows(image: Array, indices: npt.NDArray[np.int64], weights: Array) -> Array:
    """As `_sample` of rows that lie close together, but as one product of matrices: a third of the time."""
    if len(indices) == 1:
        return _span(image, 1, indices[0])
    first = int(indices.min())
    source = _span(image, 1, np.arange(first, int(indices.max()) + 1))
    mix = np.zeros((indices.shape[1], source.shape[1]), np.float32)
    for index, weight in zip(indices, weights, strict=True):
        mix[np.arange(len(index)), index - first] = weight
    mixed: Array = np.matmul(mix, source)
    return mixed


def _sample(image: Array, axis: int, indices: npt.NDArray[np.int64], weights: Array) -> Array:
    if len(indices) == 1:
        return _span(image, axis, indices[0])
    total: Array = np.take(image, indices[0], axis=axis, mode="wrap")
    total *= weights[0]
    for index, weight in zip(indices[1:], weights[1:], strict=True):
        piece = np.take(image, index, axis=axis, mode="wrap")
        piece *= weight
        total += piece
    return total


def _span(image: Array, axis: int, index: npt.NDArray[np.int64]) -> Array:
    """Consecutive rows or columns of an image that wraps: a view where it doesn't have to."""
    length = image.shape[axis]
    first = int(index[0]) % length
    if first + len(index) <= length:
        view: Array = image[:, first : first + len(index)] if axis == 1 else image[:, :, first : first + len(index)]
        return view
    return np.take(image, index, axis=axis, mode="wrap")


def taps(start: float, step: float, size: int) -> tuple[npt.NDArray[np.int64], Array]:
    """Source indices `[T,size]` and weights `[T,size]` (columns sum to 1) for `size` samples of a line."""
    whole = round(start)
    if step == 1 and abs(start - whole) < 1e-6:  # the usual case: nothing to interpolate
        return np.arange(whole, whole + size)[None], np.ones((1, size), np.float32)
    width = max(1.0, step)
    centers = start + (np.arange(size) + 0.5) * step - 0.5
    count = int(np.ceil(4 * width))
    first = np.floor(centers - 2 * width).astype(np.int64) + 1
    indices = first[None] + np.arange(count)[:, None]
    weights = _catmull_rom((indices - centers[None]) / width)
    weights /= weights.sum(axis=0, keepdims=True)
    return indices, weights.astype(np.float32)


def _catmull_rom(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


def resized(image: Array, size: tuple[int, int]) -> Array:
    """`image [C,H,W]`, which ends at its edges, in another `size` (height, width)."""
    return image if image.shape[1:] == size else np.concatenate(list(resized_bands(image, size)), axis=1)


def resized_bands(image: Array, size: tuple[int, int]) -> Iterator[Array]:
    """Yield what `resized` returns in bands of a few rows, from the top, `[C,rows,width]`."""
    rows, columns = (resizing(side, wanted) for side, wanted in zip(image.shape[1:], size, strict=True))
    return separable.bands(lambda part: image[:, part], len(image), rows, columns)


@lru_cache(16)
def resizing(length: int, wanted: int) -> Line:
    """Return a line of so many px in another length; beyond its ends it goes on as its first and last px."""
    whole = length // wanted
    if whole > 1 and length == whole * wanted:  # whole blocks: their mean, without a kernel
        return Line(np.arange(length).reshape(wanted, whole).T, np.full((whole, wanted), 1 / whole, np.float32))
    indices, weights = taps(0.0, length / wanted, wanted)
    return Line(np.clip(indices, 0, length - 1), weights)


def blurred(image: Array, sigma: float) -> Array:
    """`image [H,W]`, Gaussian blurred by `sigma` px; its edges go on as they are."""
    rows, columns = (_blurring(side, sigma) for side in image.shape)
    whole: Array = np.concatenate(list(separable.bands(lambda part: image[None, part], 1, rows, columns)), axis=1)[0]
    return whole


@lru_cache(8)
def _blurring(length: int, sigma: float) -> Line:
    """Return a line blurred by three boxes one after another, which come close to a Gaussian bell, and end."""
    # Odd widths, so that nothing moves; of two that are next to each other, as many as come closest (Kovesi, 2010).
    narrow = max(1, (math.floor(math.sqrt(4 * sigma**2 + 1)) - 1) // 2 * 2 + 1)
    count = round((12 * sigma**2 - 3 * narrow**2 - 12 * narrow - 9) / (-4 * narrow - 4))
    bell = np.ones(1)
    for n in range(3):
        width = narrow if n < count else narrow + 2
        bell = np.convolve(bell, np.full(width, 1 / width))
    indices = np.arange(length) + np.arange(len(bell))[:, None] - len(bell) // 2
    weights = np.broadcast_to(bell[:, None].astype(np.float32), indices.shape)
    return Line(np.clip(indices, 0, length - 1), weights)
