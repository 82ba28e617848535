"""Put a picture into the frame as Blender's Sequencer does: crop, mirror, scale, turn and move about the middle."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


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


def placed(pixels: npt.NDArray[np.uint8], place: Place, size: tuple[int, int]) -> Array:
    """`uint8 [H,W,4]` → the frame of `size` (height, width): `float32 [4,h,w]` in 0…1, colour multiplied by alpha."""
    height, width = pixels.shape[:2]
    picture = pixels.astype(np.float32)
    picture *= np.float32(1 / 255)
    if pixels[..., 3].min() < 255:
        picture[..., :3] *= picture[..., 3:]
    left, right, bottom, top = place.crop
    if any(place.crop):
        kept = np.zeros_like(picture)
        inside = slice(top, max(height - bottom, top)), slice(left, max(width - right, left))
        kept[inside] = picture[inside]
        picture = kept
    if place.flip[0]:
        picture = picture[:, ::-1]
    if place.flip[1]:
        picture = picture[::-1]
    if (height, width) == size and place.scale == (1, 1) and place.offset == (0, 0) and not place.rotation:
        return np.ascontiguousarray(picture.transpose(2, 0, 1))
    if not all(place.scale):  # of no size
        return np.zeros((4, *size), np.float32)
    return _sampled(*_halved(picture, place.scale), place, (height, width), size)


def _halved(picture: Array, scale: tuple[float, float]) -> tuple[Array, tuple[float, float]]:
    """The picture averaged over whole blocks where it is made much smaller, and the blocks' sides (across, down)."""
    across, down = (max(1, math.floor(1 / max(abs(factor), 1e-3) + 1e-6)) for factor in scale)
    height, width = picture.shape[:2]
    if across == down == 1 or height < down or width < across:
        return picture, (1.0, 1.0)
    whole = picture[: height // down * down, : width // across * across]
    blocks = whole.reshape(height // down, down, width // across, across, 4)
    return blocks.mean(axis=(1, 3), dtype=np.float32), (float(across), float(down))


def _sampled(
    picture: Array, block: tuple[float, float], place: Place, sides: tuple[int, int], size: tuple[int, int]
) -> Array:
    height, width = sides
    pivot = (place.origin[0] - 0.5) * width, (place.origin[1] - 0.5) * height
    # Blender puts the lower left corner on a whole pixel, so that odd sides are off the middle by a half.
    half_x, half_y = (math.trunc(gap / 2) - gap / 2 for gap in (size[1] - width, size[0] - height))
    x = np.arange(size[1]) + 0.5 - size[1] / 2 - place.offset[0] - pivot[0] - half_x
    y = size[0] / 2 - (np.arange(size[0]) + 0.5) - place.offset[1] - pivot[1] - half_y
    cos, sin = math.cos(place.rotation), math.sin(place.rotation)
    # Back from the frame to the picture: turned, then scaled.
    sx, sy = place.scale
    across = (np.add.outer(y * sin, x * cos) / sx + pivot[0] + width / 2) / block[0] - 0.5
    down = (height / 2 - (np.add.outer(y * cos, -x * sin) / sy + pivot[1])) / block[1] - 0.5
    if not place.rotation:  # rows and columns apart: a tenth of the work
        return _bilinear(picture, down[:, 0], across[0])
    return _bilinear_everywhere(picture, down, across)


def _bilinear(picture: Array, down: npt.NDArray[np.float64], across: npt.NDArray[np.float64]) -> Array:
    rows = _line(picture, down, 0)
    return np.ascontiguousarray(_line(rows, across, 1).transpose(2, 0, 1))


def _line(picture: Array, places: npt.NDArray[np.float64], axis: int) -> Array:
    count = picture.shape[axis]
    first = np.floor(places).astype(int)
    part = (places - first).astype(np.float32)
    shape = (-1, 1, 1) if axis == 0 else (1, -1, 1)
    inside = ((places > -0.5) & (places < count - 0.5)).astype(np.float32)
    near = np.take(picture, np.clip(first, 0, count - 1), axis) * ((1 - part) * inside).reshape(shape)
    near += np.take(picture, np.clip(first + 1, 0, count - 1), axis) * (part * inside).reshape(shape)
    line: Array = near
    return line


def _bilinear_everywhere(picture: Array, down: npt.NDArray[np.float64], across: npt.NDArray[np.float64]) -> Array:
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
