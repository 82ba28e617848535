"""Mattes that other strips are seen through: Blender's Mask modifier, with a strip as its input.

Blender applies the mask in the frame, after a strip was scaled and moved, and reads the mask's strip though it is
muted. Where the mask's strip has no frame, there is no mask.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import bpy

from ....models.errors import LatentStripsError
from .. import compat
from ..timeline import strips

#: Strips that show no picture.
SILENT = ("SOUND",)


def selected(scene: bpy.types.Scene) -> list[Any]:
    """Return the selected strips that show a picture, by time."""
    return _in_time(strip for strip in compat.all_strips(scene) if strip.select)


def chosen(context: bpy.types.Context) -> list[Any]:
    """Return the selected strips that show a picture, as panels and polls ask: quick."""
    return _in_time(compat.selected_strips(context))


def _in_time(found: Iterable[Any]) -> list[Any]:
    pictures = [strip for strip in found if strip.type not in SILENT and not (strip.mute and strips.is_latent(strip))]
    return sorted(pictures, key=lambda strip: (compat.left(strip), strip.channel))


def shown(context: bpy.types.Context) -> Any:
    """Return the strip that a mask would be laid over, as panels and polls ask; None where there is none. Quick."""
    active = compat.active_strip(compat.sequencer_scene(context))
    return _subject(active, lambda: chosen(context))


def _subject(active: Any, selected: Callable[[], list[Any]]) -> Any:
    """Return the active strip; where that is a matte that was just made for the one that is selected, that one."""
    if active is not None and not active.select and len(found := selected()) == 1:
        return found[0]
    return active if active is not None and active.type not in SILENT else None


def target(scene: bpy.types.Scene) -> Any:
    """Return the strip to be seen through a matte: the active one. Raises LatentStripsError."""
    active = _subject(compat.active_strip(scene), lambda: selected(scene))
    if active is None:
        raise LatentStripsError("No picture strip is selected. Select the strip to mask.")
    need_top_level(scene, [active])
    return active


def need_top_level(scene: bpy.types.Scene, wanted: list[Any]) -> None:
    """Refuse strips inside a meta strip. Raises LatentStripsError."""
    top = {strip.name for strip in compat.strips(scene)}
    for strip in wanted:
        if strip.name not in top:
            raise LatentStripsError(f"{strip.name} lies inside a meta strip. Separate the meta strip first.")


def apply(scene: bpy.types.Scene, name: str, matte: str) -> None:
    """Let the strip of that name be seen through the strip of the identity `matte`, which itself is shown no more."""
    found = strips.find(matte)
    strip = next((strip for strip in compat.strips(scene) if strip.name == name), None)
    if found is None or strip is None:
        raise LatentStripsError(f"{name} or its matte was deleted. Undo and try again.")
    with compat.still(scene):
        compat.add_mask(scene, strip, found[1])
        found[1].mute = True
        if strip.blend_type in ("REPLACE", "CROSS"):  # these show nothing of what is below
            strip.blend_type = "ALPHA_OVER"
        compat.refresh_modifiers(strip)
    compat.redraw()


def keep_selected(scene: bpy.types.Scene, names: Collection[str]) -> None:
    """Select the strips of these names again, so that what was pressed for them can be pressed once more.

    The matte that was made for them stays the active strip.
    """
    for strip in compat.strips(scene):
        strip.select = strip.name in names


def share(scene: bpy.types.Scene, name: str, above: str) -> None:
    """Let the strip of the identity `above` be seen through what the strip of that name is seen through.

    What is shown in its place would else paint back what was masked out.
    """
    found = strips.find(above)
    strip = next((strip for strip in compat.strips(scene) if strip.name == name), None)
    if found is not None and strip is not None:
        with compat.still(scene):
            compat.copy_masks(scene, found[1], strip)


def in_use(scene: bpy.types.Scene) -> set[str]:
    """Names of the strips of a scene that others are seen through."""
    return {
        modifier.input_mask_strip.name
        for strip in compat.all_strips(scene)
        if not strip.mute
        for modifier in getattr(strip, "modifiers", ())
        if not modifier.mute and modifier.input_mask_type == "STRIP" and modifier.input_mask_strip
    }
