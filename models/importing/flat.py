"""Pictures that a network returns as one row of numbers, which nothing here can tell the sides of for certain."""

from __future__ import annotations

import math

import numpy as np

from ..errors import GeneratorError
from ..inference.arrays import AnyArray

#: Channels that such a picture may have; the shortest side; what the sides of pictures are usually multiples of, px.
_CHANNELS, _SHORTEST, _UNIT = (1, 3, 4), 8, 32
#: How alike rows of a picture are, and how much more than points half a row apart: a correlation.
_ALIKE, _MORE = 0.5, 0.2


def side(count: int, channels: int) -> int:
    """Return the side of the square picture that has so many numbers in all, px; 0 where there is none."""
    found = math.isqrt(max(count, 0) // channels)
    return found if found >= _SHORTEST and channels * found**2 == count else 0


def is_colors(shape: tuple[int, ...]) -> bool:
    """Whether an output has the very size of a square picture of three channels, as 3,072 or 12,288 are."""
    found = side(shape[-1], 3) if 1 <= len(shape) <= 2 else 0
    return found > 0 and found % _UNIT == 0


def advice(name: str, shape: tuple[int, ...]) -> str:
    """Return what to do about an output that may be a picture in a row; "" for any other."""
    if not 1 <= len(shape) <= 2:
        return ""
    for channels in _CHANNELS:
        if found := side(shape[-1], channels):
            return (
                f"If its output {name[:64]!r} is a picture in a row, export it again with a last reshape to "
                f"[1, {channels}, {found}, {found}]."
            )
    return ""


def check(name: str, samples: AnyArray) -> None:
    """Raise GeneratorError for samples that repeat from row to row as pictures do, and sounds of that length don't."""
    if samples.ndim > 2:
        return
    row = samples.reshape(-1, samples.shape[-1])[0].astype(np.float64)
    for channels in _CHANNELS:
        if found := side(len(row), channels):
            for lag in {found, found * channels}:  # channels first or last
                alike = _correlation(row, lag)
                if alike > _ALIKE and alike > _correlation(row, lag // 2) + _MORE:
                    raise GeneratorError(
                        f"The output {name[:64]!r} is a row of {len(row)} numbers that repeat as the rows of a picture "
                        f"do. {advice(name, samples.shape)} If it is a sound, write a card for it."
                    )


def _correlation(row: AnyArray, lag: int) -> float:
    one, other = row[lag:] - row[lag:].mean(), row[:-lag] - row[:-lag].mean()
    size = math.sqrt(float((one**2).sum()) * float((other**2).sum()))
    return float((one * other).sum()) / size if size > 0 else 0.0
