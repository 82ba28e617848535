"""Pictures for the frames of a strip that aren't made yet, so that a strip somebody watches is never red.

Blender shows a strip red until it has all of its files. They are there before a click ends, in a moment where the disk
allows names without copies; what is left follows between two redraws, a few milliseconds each.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

from ....models.cache import Folder, placeholders
from ....models.cache.mark import is_mark, marked
from ....models.errors import CacheError, LatentStripsError
from ....models.job import folder as folder_of
from ....models.kinds import kind
from ....models.recipe import Recipe
from ..look import memory
from ..timeline import recipes, strips

#: Placeholders that are laid at once, seconds in which more are, and seconds that the rest takes between two redraws.
AT_ONCE, MOMENT, PORTION = 64, 0.2, 0.01
#: What is shown of a strip of which nothing is known, RGBA: dark gray, or nothing at all.
GRAY, NOTHING = b"\x30\x30\x30\xff", b"\0\0\0\0"
_work: list[tuple[Folder, Generator[int]]] = []


def lay(recipe: Recipe, root: Path, first: int, before: strips.Shown | None = None) -> None:
    """Lay placeholders for the absent frames of a recipe under `root`, from frame number `first` on.

    They show the quick look of that recipe; without one, what the strip showed `before`.
    """
    if kind(recipe.kind).medium == "sound":
        return
    folder = folder_of(recipe, root)
    with suppress(CacheError, OSError):  # what is wrong with the folder, the job is about to say
        folder.create(recipe.canonical())
        there = set(os.listdir(folder.path))
        order = (*range(first, folder.count), *range(first))
        if todo := [frame for frame in order if folder.name(frame) not in there]:
            work = placeholders.lay(folder, _picture(recipe, first, before), todo)
            end = time.monotonic() + MOMENT
            for number, _ in enumerate(work, 1):
                if number >= AT_ONCE and time.monotonic() > end:
                    _work.append((folder, work))
                    break


def is_laying() -> bool:
    """Whether any are left to lay."""
    return bool(_work)


def step() -> bool:
    """Lay a few more. Returns whether any are left."""
    end = time.monotonic() + PORTION
    while _work and time.monotonic() < end:
        try:
            next(_work[0][1])
        except (StopIteration, OSError):
            _work.pop(0)
    return is_laying()


def forget() -> None:
    """Lay no more: another file is being opened."""
    while _work:
        _work.pop()[1].close()


def remove(folder: Folder) -> None:
    """Remove the folder of a draft, in which nothing but placeholders ever was."""
    for entry in [entry for entry in _work if entry[0].path == folder.path]:
        _work.remove(entry)
        entry[1].close()
    with suppress(OSError):
        placeholders.remove(folder)


def _picture(recipe: Recipe, first: int, before: strips.Shown | None) -> bytes:
    if found := memory.placeholder(recipe):
        return found
    if before and (old := _frame(recipe, first, before)):
        return old if is_mark(old) else marked(old)
    color = GRAY
    with suppress(LatentStripsError):
        made = kind(recipe.kind)
        color = NOTHING if made.presentation(recipe, recipes.card(recipe))["alpha"] else GRAY
    return memory.flat(color, (recipe.width, recipe.height))


def _frame(recipe: Recipe, frame: int, before: strips.Shown) -> bytes:
    """Return the frame that a strip showed, b"" where it had another size or isn't there."""
    with suppress(LatentStripsError, OSError):
        old = Recipe.from_json(before.recipe)
        if (old.width, old.height) == (recipe.width, recipe.height):
            folder = folder_of(old, before.folder.parent)
            return (before.folder / folder.name(min(frame, old.frames - 1))).read_bytes()
    return b""
