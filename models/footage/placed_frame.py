"""What a strip shows in a frame, kept as it was decoded: most footage need never be numbers as a whole.

A frame of 1080p is 8 MB as bytes and 33 MB as numbers, which take longer to fetch from the system than to reckon with.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..imaging import separable
from ..imaging.resample import resized, resizing
from ..imaging.separable import Line, after
from .placement import Place, numbers, placed, placing

Array = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]


class Picture(Protocol):
    """A decoded picture: see `footage.Decoded`."""

    @property
    def pixels(self) -> Pixels:
        """`uint8 [H,W,4]`, straight alpha."""

    @property
    def sides(self) -> tuple[int, int]:
        """Height and width."""

    @property
    def is_opaque(self) -> bool:
        """Whether it can have no alpha."""

    def smaller(self, size: tuple[int, int]) -> Pixels:
        """Return the colors, `uint8 [h,w,3]`, in a smaller `size`."""


class PlacedFrame:
    """A decoded picture at its `place` in a frame of `size` (height, width)."""

    def __init__(self, picture: Picture, place: Place, size: tuple[int, int]) -> None:
        self.picture, self.place, self.size = picture, place, size

    @property
    def pixels(self) -> Pixels:
        """The whole picture."""
        return self.picture.pixels

    @cached_property
    def whole(self) -> Array:
        """The frame, `float32 [4,H,W]` in 0…1, color multiplied by alpha."""
        return placed(self.pixels, self.place, self.size)

    @cached_property
    def alpha(self) -> Array | None:
        """How much of the picture is seen, `[1,H,W]`; None where it fills the frame and lets nothing through."""
        if self._is_plain and self.picture.is_opaque:
            return None
        if not self._lines or self.pixels[..., 3].min() < 255:
            return self.whole[3:]
        rows, columns = (line.sums for line in self._lines)
        return None if min(rows.min(), columns.min()) > 1 - 1e-5 else np.outer(rows, columns)[None]

    def small(self, size: tuple[int, int]) -> Array:
        """Return the frame's color in another `size`, `float32 [3,h,w]` in 0…1, multiplied by alpha."""
        if self._is_plain and self.picture.is_opaque and size[0] <= self.size[0] and size[1] <= self.size[1]:
            found = np.empty((3, *size), np.float32)
            return np.multiply(self.picture.smaller(size).transpose(2, 0, 1), np.float32(1 / 255), out=found)
        if not self._lines:
            return resized(self.whole[:3], size)
        rows, columns = (
            after(line, resizing(side, wanted)) for line, side, wanted in zip(self._lines, self.size, size, strict=True)
        )
        return np.concatenate(list(separable.bands(numbers(self.pixels, 3), 3, rows, columns)), axis=1)

    @cached_property
    def _is_plain(self) -> bool:
        """Whether the picture just fills the frame, as most footage does."""
        if replace(self.place, scale=(1.0, 1.0)) != Place():
            return False
        across, down = self.place.scale
        scaled = self.picture.sides[0] * down, self.picture.sides[1] * across
        # Blender puts corners on whole px: sides that differ by an odd number are off the middle by a half.
        odd = any((wanted - side) % 2 for side, wanted in zip(self.picture.sides, self.size, strict=True))
        return not odd and all(abs(side - wanted) < 1e-3 for side, wanted in zip(scaled, self.size, strict=True))

    @cached_property
    def _lines(self) -> tuple[Line, Line] | None:
        """The rows and columns of the frame; None where they are not those of the picture, which is turned."""
        if self.place.rotation or not all(self.place.scale):
            return None
        return placing(self.picture.sides, self.place, self.size)
