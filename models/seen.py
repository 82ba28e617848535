"""What a strip shows in a frame, kept as it was decoded: most footage need never be numbers as a whole.

A frame of 1080p is 8 MB as bytes and 33 MB as numbers, which take longer to fetch from the system than to reckon with.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from . import lines
from .lines import Line, after
from .placing import Place, numbers, placed, placing
from .resample import resized, resizing

Array = npt.NDArray[np.float32]


class Seen:
    """Decoded `pixels [H,W,4]`, 8 bits and straight alpha, at their `place` in a frame of `size` (height, width)."""

    def __init__(self, pixels: npt.NDArray[np.uint8], place: Place, size: tuple[int, int]) -> None:
        self.pixels, self.place, self.size = pixels, place, size

    @cached_property
    def whole(self) -> Array:
        """The frame, `float32 [4,H,W]` in 0…1, colour multiplied by alpha."""
        return placed(self.pixels, self.place, self.size)

    @cached_property
    def alpha(self) -> Array | None:
        """How much of the picture is seen, `[1,H,W]`; None where it fills the frame and lets nothing through."""
        if not self._lines or self.pixels[..., 3].min() < 255:
            return self.whole[3:]
        rows, columns = (line.sums for line in self._lines)
        return None if min(rows.min(), columns.min()) > 1 - 1e-5 else np.outer(rows, columns)[None]

    def small(self, size: tuple[int, int]) -> Array:
        """The frame's colour in another `size`, `float32 [3,h,w]` in 0…1, multiplied by alpha."""
        if not self._lines:
            return resized(self.whole[:3], size)
        rows, columns = (
            after(line, resizing(side, wanted)) for line, side, wanted in zip(self._lines, self.size, size, strict=True)
        )
        return np.concatenate(list(lines.bands(numbers(self.pixels, 3), 3, rows, columns)), axis=1)

    @cached_property
    def _lines(self) -> tuple[Line, Line] | None:
        """The rows and columns of the frame; None where they are not those of the picture, which is turned."""
        if self.place.rotation or not all(self.place.scale):
            return None
        return placing(self.pixels.shape[:2], self.place, self.size)
