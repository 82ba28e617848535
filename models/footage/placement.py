"""Put a picture into the frame as Blender's Sequencer does: crop, mirror, scale, turn and move about the middle."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..imaging import separable
from ..imaging.separable import Line

Array = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Place:
    """Where a picture lies. Lengths in px of the frame, y upwards; the angle in radians, anticlockwise; crops in px of
    the picture: left, right, bottom, top.
    """

    scale: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    origin: tuple[float, float] = (0.5, 0.5)
    crop: tuple[int, int, int, int] = (0, 0, 0, 0)
    flip: tuple[bool, bool] = (False, False)


def placed(pixels: Pixels, place: Place, size: tuple[int, int]) -> Array:
    """`uint8 [H,W,4]` → the frame of `size` (height, width): `float32 [4,h,w]` in 0…1, color multiplied by alpha."""
    if not all(place.scale):  # of no size
        return np.zeros((4, *size), np.float32)
    if place.rotation:
        return _turned(np.moveaxis(numbers(pixels, 4)(slice(None)), 0, 2), place, size)
    rows, columns = placing(pixels.shape[:2], place, size)
    return np.concatenate(list(separable.bands(numbers(pixels, 4), 4, rows, columns)), axis=1)


def numbers(pixels: Pixels, channels: int) -> Callable[[slice], Array]:
    """Return what gives rows of a picture `[H,W,4]` as `float32 [3 or 4, rows, W]` in 0…1, with premultiplied alpha."""
    clear = bool(pixels[..., 3].min() < 255)

    def rows(part: slice) -> Array:
        taken = pixels[part]
        found = np.empty((channels, *taken.shape[:2]), np.float32)
        for channel, plane in enumerate(found):
            np.multiply(taken[..., channel], np.float32(1 / 255), out=plane)
        if clear:
            found[:3] *= taken[..., 3] * np.float32(1 / 255)
        return found

    return rows


@lru_cache(8)
def placing(sides: tuple[int, int], place: Place, size: tuple[int, int]) -> tuple[Line, Line]:
    """Return the rows and columns of a frame of `size` that shows a picture of these `sides`, of some size and not
    turned.
    """
    height, width = sides
    blocks = _blocks(place.scale, sides)
    down, across = _back(place, sides, size)
    left, right, bottom, top = place.crop
    return (
        _line(down[:, 0], height, blocks[1], place.flip[1], (top, height - bottom)),
        _line(across[0], width, blocks[0], place.flip[0], (left, width - right)),
    )


def _line(places: npt.NDArray[np.float64], length: int, block: int, flip: bool, kept: tuple[int, int]) -> Line:
    """Return samples at these places, px from the middle of the first, between the means of whole blocks."""
    count = length // block
    places = (places + 0.5) / block - 0.5
    first = np.floor(places).astype(np.int64)
    part, inside = places - first, (places > -0.5) & (places < count - 0.5)
    pairs = np.stack((first, first + 1)).clip(0, count - 1)
    indices = (pairs[:, None] * block + np.arange(block)[:, None]).reshape(2 * block, -1)
    weights = np.repeat(np.stack(((1 - part) * inside, part * inside)) / block, block, axis=0)
    indices = length - 1 - indices if flip else indices
    weights = weights * ((indices >= kept[0]) & (indices < kept[1]))
    return Line(indices, weights.astype(np.float32)).useful()


def _blocks(scale: tuple[float, float], sides: tuple[int, int]) -> tuple[int, int]:
    """Sides (across, down) of the blocks whose mean is taken where a picture is made much smaller."""
    across, down = (max(1, math.floor(1 / max(abs(factor), 1e-3) + 1e-6)) for factor in scale)
    return (1, 1) if sides[0] < down or sides[1] < across else (across, down)


def _back(
    place: Place, sides: tuple[int, int], size: tuple[int, int]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """From each px of the frame back to the picture, (down, across) in its px: turned, then scaled."""
    height, width = sides
    pivot = (place.origin[0] - 0.5) * width, (place.origin[1] - 0.5) * height
    # Blender puts the lower left corner on a whole pixel, so that odd sides are off the middle by a half.
    half_x, half_y = (math.trunc(gap / 2) - gap / 2 for gap in (size[1] - width, size[0] - height))
    x = np.arange(size[1]) + 0.5 - size[1] / 2 - place.offset[0] - pivot[0] - half_x
    y = size[0] / 2 - (np.arange(size[0]) + 0.5) - place.offset[1] - pivot[1] - half_y
    cos, sin = math.cos(place.rotation), math.sin(place.rotation)
    sx, sy = place.scale
    across = np.add.outer(y * sin, x * cos) / sx + pivot[0] + width / 2
    down = height / 2 - (np.add.outer(y * cos, -x * sin) / sy + pivot[1])
    return down - 0.5, across - 0.5


def _turned(picture: Array, place: Place, size: tuple[int, int]) -> Array:
    """As `placed`, of a picture `[H,W,4]` that is turned, too."""
    height, width = sides = picture.shape[0], picture.shape[1]
    left, right, bottom, top = place.crop
    kept = np.zeros_like(picture)
    inside = slice(top, max(height - bottom, top)), slice(left, max(width - right, left))
    kept[inside] = picture[inside]
    kept = kept[:: -1 if place.flip[1] else 1, :: -1 if place.flip[0] else 1]
    blocks, (down, across) = _blocks(place.scale, sides), _back(place, sides, size)
    if blocks != (1, 1):
        rows, columns = height // blocks[1], width // blocks[0]
        whole = kept[: rows * blocks[1], : columns * blocks[0]]
        kept = whole.reshape(rows, blocks[1], columns, blocks[0], 4).mean(axis=(1, 3), dtype=np.float32)
    return _bilinear(kept, (down + 0.5) / blocks[1] - 0.5, (across + 0.5) / blocks[0] - 0.5)


def _bilinear(picture: Array, down: npt.NDArray[np.float64], across: npt.NDArray[np.float64]) -> Array:
    height, width = picture.shape[:2]
    top, left = np.floor(down).astype(int), np.floor(across).astype(int)
    v, u = (down - top).astype(np.float32)[..., None], (across - left).astype(np.float32)[..., None]
    inside = (down > -0.5) & (down < height - 0.5) & (across > -0.5) & (across < width - 0.5)

    def at(y: int, x: int) -> Array:
        found: Array = picture[np.clip(top + y, 0, height - 1), np.clip(left + x, 0, width - 1)]
        return found

    upper, lower = at(0, 0) * (1 - u) + at(0, 1) * u, at(1, 0) * (1 - u) + at(1, 1) * u
    whole = (upper * (1 - v) + lower * v) * inside[..., None]
    return np.ascontiguousarray(whole.transpose(2, 0, 1), np.float32)
