"""What a quick look is to show: which frame of which recipe, made from which files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

from ....models.errors import MediaError, StripError
from ....models.kinds import kind
from ....models.recipe import Recipe
from .. import compat, properties
from ..footage import describe
from ..footage.files import files
from ..timeline import channels, recipes, spans, text_strips


@dataclass(frozen=True)
class Wanted:
    """A frame (from 0) of a recipe. `files` is the footage that it is made from, `below` a file and the number of its
    frame that is seen through the picture.
    """

    recipe: Recipe
    frame: int = 0
    files: tuple[str, ...] = ()
    below: tuple[str, int] | None = None


def of_settings(scene: bpy.types.Scene, name: str) -> Wanted:
    """Return what the scene's settings for a kind would make, at the playhead. Raises LatentStripsError.

    Texts, masks and restyled footage are those of the active strip.
    """
    made, settings = kind(name), getattr(scene.latent_strips, name)
    values = properties.values_of(settings, made)
    if made.made_from == "nothing":
        is_automatic = settings.length_from == "auto"
        start, length = spans.automatic(scene, made) if is_automatic else (scene.frame_current, settings.length)
        recipe, frame = recipes.new(made, scene, values, length)[0], _within(scene.frame_current - start, length)
        return Wanted(recipe, frame, below=_below(scene, channels.CHANNELS))
    strip, now = compat.active_strip(scene), scene.frame_current
    if made.made_from == "text":
        if strip is None or strip.type != "TEXT":
            raise StripError("Select a text strip to see it styled.")
        values |= {"layout": text_strips.layout(scene, strip), "width": 0, "height": 0}
        length = compat.length(strip)
        recipe, frame = recipes.new(made, scene, values, length)[0], _within(now - compat.left(strip), length)
        return Wanted(recipe, frame, below=_below(scene, strip.channel))
    if strip is None or strip.type not in ("MOVIE", "IMAGE"):
        raise StripError("Select a movie or image strip to see it here.")
    size = int(values["width"]), int(values["height"])
    start = compat.left(strip) + _within(now - compat.left(strip), compat.length(strip))
    shown = describe.describe(scene, strip, start, 1, size)
    recipe, _ = recipes.new(made, scene, {**values, **shown.settings}, 1, shown.tracks)
    return Wanted(recipe, 0, _readable(scene, strip, recipe), _below(scene, strip.channel + 1))


def of_strip(scene: bpy.types.Scene, strip: Any) -> Wanted:
    """Return what a strip's settings would make, at the playhead. Raises LatentStripsError."""
    recipe = recipes.current(scene, strip)
    frame = _within(scene.frame_current - compat.content_start(strip), recipe.frames)
    source = describe.source_of(scene, strip)
    return Wanted(recipe, frame, _readable(scene, source, recipe) if source else (), _below(scene, strip.channel))


def _readable(scene: bpy.types.Scene, source: Any, recipe: Recipe) -> tuple[str, ...]:
    if recipe.settings.get("medium") == "rendered":
        raise MediaError(f"{source.name} has to be rendered first, which takes too long for a quick look.")
    return describe.readable(scene, source)


def _below(scene: bpy.types.Scene, channel: int) -> tuple[str, int] | None:
    """Return the file and the frame that the playhead shows on the nearest channel below, as if it filled the frame."""
    now = scene.frame_current
    found = [
        strip
        for strip in compat.strips(scene)
        if strip.channel < channel
        and strip.type in ("MOVIE", "IMAGE")
        and not strip.mute
        and compat.left(strip) <= now < compat.right(strip)
    ]
    if not found:
        return None
    strip = max(found, key=lambda strip: strip.channel)
    number, paths = int(describe.position(strip, now)), files(strip)
    return (str(paths[0]), number) if strip.type == "MOVIE" else (str(paths[_within(number, len(paths))]), 0)


def _within(frame: int, length: int) -> int:
    return min(max(frame, 0), length - 1)
