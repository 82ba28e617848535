"""Pictures made from others row by row and column by column: in another size, at another place, blurred.

Whatever is done to rows and columns apart is a sum of a few px for each sample of a line, so that several such steps
are one. It is done in bands of a few rows, as products of small matrices: a picture never has to be numbers as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

#: Rows of a band of a picture in color, and samples across that are made by one product of matrices.
_ROWS, _BLOCK = 16, 64
#: The most multiplications of one product. Larger ones OpenBLAS shares out among threads, for one caller at a time:
#: others, as the encoder is, wait for it busily.
_LARGEST = 1 << 18


@dataclass(frozen=True, eq=False)
class Line:
    """Samples of a line: the px that each is a sum of, `indices [T,n]`, and their `weights [T,n]`."""

    indices: npt.NDArray[np.int64]
    weights: Array

    @property
    def sums(self) -> Array:
        """The sum of each sample's weights: 0 where there is nothing of the picture."""
        sums: Array = self.weights.sum(axis=0)
        return sums

    @property
    def is_plain(self) -> bool:
        """Whether each sample is just the px of its own number."""
        return len(self.indices) == 1 and bool(
            (self.weights == 1).all() and (self.indices[0] == np.arange(self.indices.shape[1])).all()
        )

    def useful(self) -> Line:
        """Return the same without taps that never have a weight."""
        kept = np.flatnonzero(self.weights.any(axis=1)) if self.weights.any() else np.zeros(1, np.int64)
        return self if len(kept) == len(self.weights) else Line(self.indices[kept], self.weights[kept])


@lru_cache(16)
def after(earlier: Line, later: Line) -> Line:
    """Both in one: `later` takes its samples from those of `earlier`."""
    if later.is_plain or earlier.is_plain:
        return later if earlier.is_plain else earlier
    count = later.indices.shape[1]
    indices, weights = earlier.indices[:, later.indices], earlier.weights[:, later.indices] * later.weights
    return Line(indices.reshape(-1, count), weights.reshape(-1, count)).useful()


def bands(source: Callable[[slice], Array], channels: int, rows: Line, columns: Line) -> Iterator[Array]:
    """Yield the picture that has these rows and columns, in bands `[C,rows,W]` from the top.

    `source` gives some rows of the picture that it is made from, `float32 [C,rows,W]`.
    """
    if rows.is_plain and columns.is_plain:
        count = rows.indices.shape[1]
        yield from (source(slice(top, min(top + _ROWS, count))) for top in range(0, count, _ROWS))
        return
    across = _pieces(columns, _BLOCK)
    for _, near, mix in _pieces(rows, max(1, 3 * _ROWS // channels)):
        taken = source(near)
        width = taken.shape[2]
        mixed = np.empty((channels, mix.shape[1], width), np.float32)
        for strip in _strips(width, mix.size):
            np.matmul(mix.T, taken[:, :, strip], out=mixed[:, :, strip])
        lines = mixed.reshape(-1, width)
        band = np.empty((len(lines), columns.indices.shape[1]), np.float32)
        for place, around, weights in across:
            for strip in _strips(len(lines), weights.size):
                np.matmul(lines[strip, around], weights, out=band[strip, place])
        yield band.reshape(channels, -1, band.shape[1])


def _strips(length: int, cost: int) -> Iterator[slice]:
    """Yield a length in parts whose products are small, if each px of it costs so many multiplications."""
    step = max(1, _LARGEST // cost)
    return (slice(first, first + step) for first in range(0, length, step))


@lru_cache(16)
def _pieces(line: Line, count: int) -> list[tuple[slice, slice, Array]]:
    """Return a line as products of matrices: so many samples, the px that they are sums of, the weights `[px,samples]`.

    Small ones, as nearly all weights of one large one would be 0.
    """
    found = []
    for place in (slice(first, first + count) for first in range(0, line.indices.shape[1], count)):
        indices, weights = line.indices[:, place], line.weights[:, place]
        first, samples = int(indices.min()), indices.shape[1]
        shape = int(indices.max()) + 1 - first, samples
        # Taps beyond the edge add up on the last px.
        flat = np.bincount(
            ((indices - first) * samples + np.arange(samples)).ravel(), weights.ravel(), shape[0] * shape[1]
        )
        found.append((place, slice(first, first + shape[0]), flat.reshape(shape).astype(np.float32)))
    return found
