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
from ....models.kinds import kind
from ....models.recipe import Recipe

#: Pictures that are kept, the latest.
MOST = 12
_folders: list[tempfile.TemporaryDirectory[str]] = []
#: The placeholders by the recipes' keys, each with what recipes share that look alike from afar.
_kept: OrderedDict[str, tuple[tuple[object, ...], Path]] = OrderedDict()


def folder() -> Path:
    """Return the folder of this session's pictures, which goes with the session."""
    if not _folders:
        _folders.append(tempfile.TemporaryDirectory(prefix="latent-strips-", ignore_cleanup_errors=True))
    return Path(_folders[0].name)


def keep(recipe: Recipe, file: Path) -> None:
    """Remember the placeholder of a recipe; forget the oldest."""
    if old := _kept.pop(_key(recipe), None):
        _remove(old[1])
    _kept[_key(recipe)] = _family(recipe), file
    while len(_kept) > MOST:
        _remove(_kept.popitem(last=False)[1][1])


def placeholder(recipe: Recipe) -> bytes:
    """Return the placeholder of a recipe that was looked at; b"" where there is none.

    Where there is none of this recipe, the latest of its style will do, such as one with another seed.
    """
    exact = _kept.get(_key(recipe))
    family = _family(recipe)
    alike = [each for each in _kept.values() if family and each[0] == family]
    for _, file in (*filter(None, [exact]), *alike[:-2:-1]):
        with suppress(OSError):
            data = file.read_bytes()
            if is_mark(data):
                return data
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


def _family(recipe: Recipe) -> tuple[object, ...]:
    """Return what recipes share that look alike from afar; empty where a picture shows what one strip alone has."""
    if kind(recipe.kind).made_from != "nothing":
        return ()
    styles = recipe.settings.get("style"), recipe.settings.get("style_b")
    return recipe.kind, recipe.digest, recipe.width, recipe.height, *styles


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
