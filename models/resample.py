"""Cut a frame out of a picture that wraps around: shift by parts of a pixel, scale, crop.

Catmull-Rom interpolation (Keys, 1981), its kernel widened when the picture is made smaller, so that nothing shimmers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

#: Rows of a band: few enough that all that is done to them happens in the processor's cache.
BAND = 16
#: Samples across that are made by one product of matrices, and px across whose rows are mixed by one. Larger products
#: OpenBLAS would share out among threads, for one caller at a time: others, as the encoder is, wait for it busily.
_BLOCK, _WIDE = 64, 256


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


def resized(image: Array, size: tuple[int, int]) -> Array:
    """`image [C,H,W]`, which ends at its edges, in another `size` (height, width)."""
    if image.shape[1:] == size:
        return image
    return np.concatenate(list(resized_bands(lambda rows: image[:, rows], image.shape, size)), axis=1)


def resized_bands(source: Callable[[slice], Array], shape: tuple[int, ...], size: tuple[int, int]) -> Iterator[Array]:
    """Yield what `resized` returns in bands of a few rows, from the top, `[C,rows,width]`.

    `source` gives some rows of the picture of that `shape` (C, H, W), so that it never has to exist as a whole.
    """
    channels, height, width = shape
    if (height, width) == size:
        yield from (source(slice(first, first + BAND)) for first in range(0, height, BAND))
        return
    (rows, row_weights), columns = _taps_within(height, size[0]), _blocks(width, size[1])
    count = max(1, 3 * BAND // channels)
    for first in range(0, size[0], count):
        part = slice(first, first + count)
        near, mix = _matrix(rows[:, part], row_weights[:, part])
        taken = source(near)
        lines = np.empty((channels, mix.shape[1], width), np.float32)
        for left in range(0, width, _WIDE):
            strip = slice(left, left + _WIDE)
            np.matmul(mix.T, taken[:, :, strip], out=lines[:, :, strip])
        lines = lines.reshape(-1, width)
        band = np.empty((len(lines), size[1]), np.float32)
        for place, around, weights in columns:
            np.matmul(lines[:, around], weights, out=band[:, place])
        yield band.reshape(channels, -1, size[1])


def _blocks(length: int, wanted: int) -> list[tuple[slice, slice, Array]]:
    """A line that is resized, as products of matrices: place in the result, px taken for it, weights `[taken,place]`.

    Small ones, as nearly all weights of one large one would be 0.
    """
    indices, weights = _taps_within(length, wanted)
    places = [slice(first, min(first + _BLOCK, wanted)) for first in range(0, wanted, _BLOCK)]
    return [(place, *_matrix(indices[:, place], weights[:, place])) for place in places]


def _matrix(indices: npt.NDArray[np.int64], weights: Array) -> tuple[slice, Array]:
    """Taps as the px that they lie on and a matrix of their weights `[px,samples]`."""
    first, last = int(indices.min()), int(indices.max())
    mix = np.zeros((last - first + 1, indices.shape[1]), np.float32)
    for index, weight in zip(indices, weights, strict=True):  # taps beyond the edge add up on the last px
        mix[index - first, np.arange(len(index))] += weight
    return slice(first, last + 1), mix


def _taps_within(length: int, wanted: int) -> tuple[npt.NDArray[np.int64], Array]:
    """As `taps`, for a whole line that goes on as its first and last px."""
    whole = length // wanted
    if whole > 1 and length == whole * wanted:  # whole blocks: their mean, without a kernel
        return np.arange(length).reshape(wanted, whole).T, np.full((whole, wanted), 1 / whole, np.float32)
    indices, weights = taps(0.0, length / wanted, wanted)
    return np.clip(indices, 0, length - 1), weights


def blurred(image: Array, sigma: float) -> Array:
    """`image [H,W]`, Gaussian blurred by `sigma` px; its edges go on as they are. Three box blurs, so any sigma costs
    the same.
    """
    # Odd widths, so that nothing moves; of two that are next to each other, as many as come closest (Kovesi, 2010).
    narrow = max(1, (math.floor(math.sqrt(4 * sigma**2 + 1)) - 1) // 2 * 2 + 1)
    count = round((12 * sigma**2 - 3 * narrow**2 - 12 * narrow - 9) / (-4 * narrow - 4))
    for n in range(3):
        width = narrow if n < count else narrow + 2
        for axis in (0, 1) if width > 1 else ():
            image = _boxed(image, width, axis)
    return image


def _boxed(image: Array, width: int, axis: int) -> Array:
    before, after = width // 2, width - width // 2
    padding = [(0, 0), (0, 0)]
    padding[axis] = (before + 1, after)
    sums = np.cumsum(np.pad(image, padding, mode="edge"), axis=axis, dtype=np.float64)
    count = image.shape[axis]
    there = [np.take(sums, np.arange(count) + shift, axis=axis) for shift in (width, 0)]
    return ((there[0] - there[1]) / width).astype(np.float32)
