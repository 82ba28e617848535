"""The quick look: one frame of a recipe, small, for whoever is still choosing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..cache.mark import marked
from ..imaging.png import enlarged
from ..inference.session import Session
from ..job import Generation
from ..plain_files import write

Array = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
#: The longer side of the picture, and the side of a square of what is seen through it, px.
SIDE, SQUARE = 480, 12
#: Brightness of the squares.
DARK, LIGHT = 0.22, 0.32
#: Seconds that somebody waits for a picture; a side's parts in a draft at most; seconds a pixel while none is known.
SOON, MOST, SLOW = 0.2, 4, 1e-6
#: Seconds a pixel of what was looked at last, by the generator's digest.
_speeds: dict[str, float] = {}


def look(
    job: Generation,
    session: Session,
    frame: int,
    file: Path,
    seen: Callable[[int, int], None],
    with_draft: bool = True,
) -> None:
    """Write the picture of a frame to `file`, as RGBA bytes from the bottom row up, and call `seen(width, height)`.

    Where that takes longer than `SOON`, a draft is seen before. Then `file` with the suffix .png is the picture as a
    placeholder of the recipe's size. Raises LatentStripsError, OSError.
    """
    recipe = job.recipe
    factor = min(1.0, SIDE / max(recipe.width, recipe.height))
    size = max(1, round(recipe.height * factor)), max(1, round(recipe.width * factor))

    def show(picture: Array) -> None:
        write(file, _bytes(over_squares(np.clip(picture, 0, 1)))[::-1].tobytes())
        seen(size[1], size[0])

    pixels = recipe.width * recipe.height
    parts = _parts(_speeds.get(recipe.digest, SLOW) * pixels)
    if with_draft and parts > 1 and (draft := job.take.draft(session, frame, size, parts)) is not None:
        show(draft)
    began = time.monotonic()
    picture = job.take.small(session, frame, size)
    _speeds[recipe.digest] = (time.monotonic() - began) / pixels
    show(picture)
    placeholder = enlarged(_bytes(np.clip(picture, 0, 1)), (recipe.height, recipe.width))
    write(file.with_suffix(".png"), marked(placeholder))


def _parts(seconds: float) -> int:
    """Return into how many parts a side is to be cut so that one is made `SOON`."""
    return min(math.ceil(math.sqrt(seconds / SOON)), MOST)


def over_squares(picture: Array) -> Array:
    """Return a picture of 1 to 4 channels as `[4,h,w]`, opaque, over squares where it lets something through."""
    channels, height, width = picture.shape
    color = picture[:3] if channels > 2 else np.repeat(picture[:1], 3, axis=0)
    if channels in (2, 4):
        odd = np.add.outer(np.arange(height) // SQUARE, np.arange(width) // SQUARE) % 2
        ground = np.where(odd, np.float32(LIGHT), np.float32(DARK))
        color = color * picture[-1] + ground * (1 - picture[-1])
    return np.concatenate((color, np.ones((1, height, width), np.float32)))


def _bytes(picture: Array) -> Bytes:
    return np.ascontiguousarray((picture * np.float32(255) + np.float32(0.5)).astype(np.uint8).transpose(1, 2, 0))
