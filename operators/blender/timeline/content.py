"""Where the files of a strip lie in time, and how a strip is laid over them.

A strip goes on showing what it showed, whatever is done to it: its handles hide files, and never decide which there
are. Only handles that were drawn out beyond the content ask for more, before the first file or after the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import bpy

from ....models.errors import RecipeError
from ....models.kinds import kind
from ....models.recipe import Recipe
from .. import compat
from ..custom_properties import RECIPE, stored_text
from . import channels


@dataclass(frozen=True)
class Content:
    """`frames` files, or a sound as long, from scene frame `start` on; the first is number `origin` of the content."""

    start: int
    frames: int
    origin: int = 0


@dataclass(frozen=True)
class Place:
    """Where a strip is to lie: the scene frames of its first file, of its left handle, and after the last frame.

    Its keyframes stay where they are on the timeline, or go `with_keys` as far as the first file does.
    """

    start: int
    left: int
    right: int
    with_keys: bool = False


def of(strip: Any, recipe: Recipe) -> Content:
    """Return the content that a strip has."""
    return Content(compat.content_start(strip), recipe.frames, recipe.origin)


def drawn_out(strip: Any, recipe: Recipe) -> Content:
    """Return the content that a strip has, and as much more as its handles were drawn out beyond it.

    What goes before the beginning of a texture continues it backwards; a sound begins there instead.
    """
    now = of(strip, recipe)
    if compat.is_retimed(strip) or getattr(strip, "use_reverse_frames", False):
        return now
    start = min(now.start, compat.left(strip))
    frames = max(now.start + now.frames, compat.right(strip)) - start
    more = now.start - start
    return Content(start, frames, now.origin - more if kind(recipe.kind).has_origin else 0)


def between_handles(strip: Any) -> Content:
    """Return content that begins and ends where the strip does. Raises RecipeError for a strip that was retimed."""
    if compat.is_retimed(strip):
        raise RecipeError(f"{strip.name} was retimed, so its content has another length. Reset its retiming first.")
    return Content(compat.left(strip), compat.length(strip))


def is_fitted(strip: Any) -> bool:
    """Whether a strip's content begins and ends where the strip does, or can't. Quick: panels ask."""
    fits = (compat.content_start(strip), _frames(stored_text(strip, RECIPE))) == (
        compat.left(strip),
        compat.length(strip),
    )
    return fits or compat.is_retimed(strip)


@lru_cache(maxsize=64)
def _frames(text: str) -> int:
    """Return the length of a recipe; of a sound that was made again Blender still knows the one before."""
    return Recipe.from_json(text).frames


def lay(scene: bpy.types.Scene, strip: Any, place: Place) -> None:
    """Let a strip lie at a place, on its channel.

    Blender gives way to what a strip meets on its way, so it goes over a channel that is free.
    """
    start, left, right = place.start, place.left, place.right
    first = compat.content_start(strip)
    if (first, compat.left(strip), compat.right(strip)) == (start, left, right):
        return
    channel = strip.channel
    reach = compat.right(strip) - compat.left(strip) + abs(start - first)
    strip.channel = channels.aside(
        strip, min(left, compat.left(strip)) - reach, max(right, compat.right(strip)) + reach
    )
    if start != first:
        compat.set_content_start(strip, start)
        if not place.with_keys:
            _move_keys(scene, strip, first - start)
    if left >= compat.right(strip):
        compat.set_right(strip, right)
    compat.set_left(strip, left)
    compat.set_right(strip, right)
    if channels.is_free(strip, channel, left, right):
        strip.channel = channel
    else:
        strip.channel = channels.channel_for(scene, left, right - left)


def _move_keys(scene: bpy.types.Scene, strip: Any, frames: int) -> None:
    for curve in compat.all_fcurves(scene):
        if compat.path_within(curve.data_path, strip):
            for point in curve.keyframe_points:
                for part in (point.co, point.handle_left, point.handle_right):
                    part.x += frames
            curve.update()
