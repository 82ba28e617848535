"""The scenes and strips that callers name: as Blender's own objects, as names, or as strips of this api."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.errors import SceneLinked, StripError, StripGone
from ..operators.blender import compat
from .strip import Strip

#: A strip: Blender's own, one of this api, or its name in the current scene.
AnyStrip = Any


def scene_of(given: Any = None) -> Any:
    """Return the scene that was given, or the one whose strips the Sequencer shows, ready to make strips in.

    Raises SceneLinked, or StripError when it is not a scene.
    """
    scene = compat.sequencer_scene(bpy.context) if given is None else given
    if isinstance(scene, str):
        raise StripError(f"{scene[:64]!r} is a name, not a scene. Give bpy.data.scenes[{scene[:64]!r}].")
    if not isinstance(scene, bpy.types.Scene):
        raise StripError(f"{scene!r:.80} is not a scene. Give one of bpy.data.scenes, or None for the current one.")
    if scene.library:
        raise SceneLinked(f"The scene {scene.name} is linked from {scene.library.filepath}. Open that file instead.")
    compat.show(bpy.context, scene)
    return scene


def strip_of(given: AnyStrip, scene: bpy.types.Scene | None = None) -> tuple[Any, Any]:
    """Return the (scene, strip of Blender) that was given; names are looked up in `scene`, or in the current one.

    Raises StripGone, SceneLinked or StripError.
    """
    if given is None or given == "":
        raise StripError("No strip was named. Give a strip, or its name.")
    if isinstance(given, Strip):
        found = given.blender
    elif isinstance(given, str):
        return scene_of(scene), _named(scene_of(scene), given)
    elif isinstance(given, compat.STRIP):
        found = given
    else:
        raise StripError(f"{given!r:.80} is not a strip. Give a strip of the Sequencer, or its name.")
    try:
        owner, name = found.id_data, found.name
    except ReferenceError:
        raise StripGone("The strip is gone: it was deleted, or its making was undone.") from None
    if scene is not None and owner != scene:
        raise StripError(f"{name} is a strip of the scene {owner.name}, not of {scene.name}.")
    return scene_of(owner), found


def together(given: list[AnyStrip]) -> tuple[Any, list[Any]]:
    """Return the one scene of several strips, and them.

    Raises StripError when there are none, when one is named twice, or when they lie in two scenes.
    """
    if not given:
        raise StripError("No strip was named. Give at least one.")
    known = next((each for each in given if not isinstance(each, str)), given[0])
    scene = strip_of(known)[0]
    found = [strip_of(each, scene)[1] for each in given]
    twice = next((strip.name for n, strip in enumerate(found) if strip in found[:n]), None)
    if twice is not None:
        raise StripError(f"{twice} was named twice. Name two strips.")
    return scene, found


def generated(given: AnyStrip) -> Strip:
    """Return the strip of this api for one that Latent Strips made. Raises StripError."""
    return given if isinstance(given, Strip) else Strip.of(strip_of(given)[1])


def _named(scene: bpy.types.Scene, name: str) -> Any:
    try:
        return compat.named(scene, name)
    except (KeyError, AttributeError):  # no such strip, or no Sequencer at all
        there = ", ".join(strip.name for strip in compat.all_strips(scene)[:8]) or "none"
        raise StripError(f"There is no strip {name[:64]!r} in {scene.name}. There are: {there}.") from None
