"""Strips of texts that are still drafts: they show their place and their files once the worker has set the text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import bpy

from ....models.job import folder as folder_of
from ....models.kinds import kind
from ....models.recipe import Recipe
from ..custom_properties import RECIPE, STRIP_ID
from . import layouts, strips

#: Identities of strips that were drafts in this session.
_completed: set[str] = set()


def complete(scene: bpy.types.Scene, strip: Any, as_before: bool = False) -> None:
    """Show what a strip is a draft of, in its place, once the worker has said how its text lies."""
    if draft := _draft(strip[RECIPE]):
        recipe = layouts.completed(draft)
        _completed.add(str(strip.get(STRIP_ID)))
        if recipe != draft:
            strips.fill(scene, strip, recipe, folder_of(recipe, strips.directory(strip).parent), as_before=as_before)


def complete_again() -> None:
    """Complete the strips that undo or redo brought back as drafts, though they were completed since."""
    for scene, strip in list(strips.everywhere()) if _completed else ():
        if strip.get(STRIP_ID) in _completed:
            complete(scene, strip)


@lru_cache(maxsize=layouts.MOST)
def _draft(text: str) -> Recipe | None:
    recipe = Recipe.from_json(text)
    return recipe if kind(recipe.kind).is_draft(recipe) else None
