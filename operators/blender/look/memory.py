"""Pictures of recipes that were looked at: files in a temporary folder, of which a few are kept."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from ....models.cache.mark import is_mark, marked
from ....models.imaging.png import enlarged
from ....models.recipe import Recipe

#: Pictures that are kept, the latest.
MOST = 12
_folders: list[tempfile.TemporaryDirectory[str]] = []
#: The placeholders, by the recipes' keys.
_kept: OrderedDict[str, Path] = OrderedDict()


def folder() -> Path:
    """Return the folder of this session's pictures, which goes with the session."""
    if not _folders:
        _folders.append(tempfile.TemporaryDirectory(prefix="latent-strips-", ignore_cleanup_errors=True))
    return Path(_folders[0].name)


def keep(recipe: Recipe, file: Path) -> None:
    """Remember the placeholder of a recipe; forget the oldest."""
    if old := _kept.pop(_key(recipe), None):
        _remove(old)
    _kept[_key(recipe)] = file
    while len(_kept) > MOST:
        _remove(_kept.popitem(last=False)[1])


def placeholder(recipe: Recipe) -> bytes:
    """Return the placeholder of a recipe that was looked at, or of one like it; b"" where there is none."""
    with suppress(KeyError, OSError):
        data = _kept[_key(recipe)].read_bytes()
        return data if is_mark(data) else b""
    return b""


@lru_cache(maxsize=4)
def flat(color: bytes, size: tuple[int, int]) -> bytes:
    """Return a placeholder of one `color` (RGBA); `size` is (width, height) in px."""
    return marked(enlarged(np.frombuffer(color, np.uint8).reshape(1, 1, 4), size[::-1]))


def forget() -> None:
    """Remove all pictures."""
    _kept.clear()
    while _folders:
        _folders.pop().cleanup()


def _key(recipe: Recipe) -> str:
    """Return what recipes that look alike share: a length, and what changes from frame to frame, are of no concern."""
    tracks = {name: values[:1] for name, values in recipe.tracks.items()}
    return replace(recipe, frames=1, origin=0, tracks=tracks).canonical()


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
