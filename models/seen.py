"""What a strip shows in a frame, kept as it was decoded: most footage fills its frame and need never be numbers whole.

A frame of 1080p is 8 MB as bytes and 33 MB as numbers, which take longer to fetch from the system than to reckon with.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .placing import Place, placed
from .resample import resized, resized_bands

Array = npt.NDArray[np.float32]


class Seen:
    """Decoded `pixels [H,W,4]`, 8 bits and straight alpha, at their `place` in a frame of `size` (height, width)."""

    def __init__(self, pixels: npt.NDArray[np.uint8], place: Place, size: tuple[int, int]) -> None:
        upright = pixels[:: -1 if place.flip[1] else 1, :: -1 if place.flip[0] else 1]
        self.pixels, self.place, self.size = upright, replace(place, flip=(False, False)), size
        if any(place.crop):  # which is told from the picture's own sides
            self.pixels, self.place = pixels, place
        self._fills = pixels.shape[:2] == size and self.place == Place(origin=place.origin)

    @cached_property
    def opaque(self) -> bool:
        """Whether each px of the frame shows the picture and nothing through it."""
        return self._fills and bool(self.pixels[..., 3].min() == 255)

    @cached_property
    def whole(self) -> Array:
        """The frame, `float32 [4,H,W]` in 0…1, colour multiplied by alpha."""
        return placed(self.pixels, self.place, self.size)

    def small(self, size: tuple[int, int]) -> Array:
        """The frame's colour in another `size`, `float32 [3,h,w]` in 0…1, multiplied by alpha."""
        if not self.opaque:
            return resized(self.whole[:3], size)
        return np.concatenate(list(resized_bands(self.colour, (3, *self.size), size)), axis=1)

    def colour(self, rows: slice) -> Array:
        """Some rows of an opaque frame's colour, `float32 [3,rows,W]` in 0…1."""
        pixels = self.pixels[rows]
        found = np.empty((3, *pixels.shape[:2]), np.float32)
        for channel, plane in enumerate(found):
            np.multiply(pixels[..., channel], np.float32(1 / 255), out=plane)
        return found
