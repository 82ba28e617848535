"""The quick look: one frame of a recipe, small, for whoever is still choosing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..cache.mark import marked
from ..errors import MediaError
from ..imaging.png import enlarged
from ..imaging.resample import resized
from ..inference.session import Session
from ..job import Generation
from ..plain_files import write

Array = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
#: A file of footage, and the number of a frame in it.
Below = tuple[Path, int] | None
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
    below: Below = None,
) -> None:
    """Write the picture of a frame to `file`, as RGBA bytes from the bottom row up, and call `seen(width, height)`.

    Where that takes longer than `SOON`, a draft is seen before. `below` is the file and the number of the frame that is
    seen through it. Then `file` with the suffix .png is the picture alone, as a placeholder of the recipe's size.
    Raises LatentStripsError, OSError.
    """
    recipe, whole = job.recipe, job.take.frame_size
    factor = min(1.0, SIDE / max(whole))
    width, height = (max(1, round(side * factor)) for side in whole)
    size = max(1, round(recipe.height * factor)), max(1, round(recipe.width * factor))
    ground = _ground((height, width), below)

    def show(picture: Array) -> None:
        placement = job.take.placement()
        x, y = placement.center if placement else (0.0, 0.0)
        layer = placed(picture, (height, width), (round(x * factor), round(y * factor)))
        write(file, _bytes(over(layer, ground, below is not None))[::-1].tobytes())
        seen(width, height)

    pixels = recipe.width * recipe.height
    parts = _parts(_speeds.get(recipe.digest, SLOW) * pixels)
    if with_draft and parts > 1 and (draft := job.take.draft(session, frame, size, parts)) is not None:
        show(np.clip(draft, 0, 1))
    began = time.monotonic()
    picture = np.clip(job.take.small(session, frame, size), 0, 1)
    _speeds[recipe.digest] = (time.monotonic() - began) / pixels
    show(picture)
    write(file.with_suffix(".png"), marked(enlarged(_bytes(picture), (recipe.height, recipe.width))))


def _parts(seconds: float) -> int:
    """Return into how many parts a side is to be cut so that one is made `SOON`."""
    return min(math.ceil(math.sqrt(seconds / SOON)), MOST)


def placed(picture: Array, size: tuple[int, int], offset: tuple[int, int]) -> Array:
    """Return a picture in a frame of `size`, its middle so many px right of and above the frame's."""
    if picture.shape[1:] == size:
        return picture
    frame = np.zeros((len(picture), *size), np.float32)
    top = (size[0] - picture.shape[1]) // 2 - offset[1]
    left = (size[1] - picture.shape[2]) // 2 + offset[0]
    part = picture[:, max(-top, 0) : size[0] - top, max(-left, 0) : size[1] - left]
    top, left = max(top, 0), max(left, 0)
    frame[:, top : top + part.shape[1], left : left + part.shape[2]] = part
    return frame


def over(picture: Array, ground: Array, is_footage: bool) -> Array:
    """Return a picture of 1 to 4 channels over `ground`, `[4,h,w]`, opaque.

    White on black, as mattes are, shows what lies below where it is white, if that is footage.
    """
    channels = len(picture)
    color = picture[:3] if channels > 2 else np.repeat(picture[:1], 3, axis=0)
    if channels in (2, 4):
        color = color * picture[-1] + ground * (1 - picture[-1])
    elif channels == 1 and is_footage:
        color = ground * picture
    return np.concatenate((color, np.ones((1, *picture.shape[1:]), np.float32)))


def _ground(size: tuple[int, int], below: Below) -> Array:
    """Return what is seen through a picture, `[3,h,w]`: footage over gray squares, or these alone."""
    odd = np.add.outer(np.arange(size[0]) // SQUARE, np.arange(size[1]) // SQUARE) % 2
    squares: Array = np.repeat(np.where(odd, np.float32(LIGHT), np.float32(DARK))[None], 3, axis=0)
    if below:
        with suppress(MediaError):
            color, alpha = _footage(*below, size)
            return color + squares * (np.float32(1) - alpha)
    return squares


def _footage(file: Path, number: int, size: tuple[int, int]) -> tuple[Array, Array]:
    """Return a frame's color `[3,h,w]` in 0…1, multiplied by its alpha, and that alpha `[1,h,w]`."""
    from ..footage.movie import Movie  # the codecs are of no use to workers that look through nothing

    scale = np.float32(1 / 255)
    with Movie(file) as movie:
        found = movie.decoded(number)
        if found.is_opaque:
            color = found.smaller(size).transpose(2, 0, 1).astype(np.float32) * scale
            return color, np.ones((1, *size), np.float32)
        whole = found.pixels.transpose(2, 0, 1).astype(np.float32) * scale
    small = np.clip(resized(np.concatenate((whole[:3] * whole[3:], whole[3:])), size), 0, 1)
    return small[:3], small[3:]


def _bytes(picture: Array) -> Bytes:
    return np.ascontiguousarray((picture * np.float32(255) + np.float32(0.5)).astype(np.uint8).transpose(1, 2, 0))
