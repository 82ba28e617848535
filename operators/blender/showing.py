"""What has to be drawn again where a strip's picture has changed, beside the strip itself.

Blender follows the inputs of effects and the strips inside meta strips by itself. It doesn't follow masks, what an
adjustment strip or a camera of several channels takes from other channels, nor strips that show a scene.
"""

from __future__ import annotations

from typing import Any

import bpy

from . import compat, materials
from .timeline import strips

#: Strips that take their picture from whatever lies on other channels.
_OF_CHANNELS = ("MULTICAM", "ADJUSTMENT")


def refresh(strip: Any) -> None:
    """Let Blender read a strip's files again, and draw again all that shows its picture, in every window."""
    strips.refresh(strip)
    if strip.type != "SOUND":
        materials.refresh(strip)
        refresh_users(strip.id_data)
    compat.redraw()


def refresh_users(scene: bpy.types.Scene) -> None:
    """Let Blender forget the pictures of strips that may show something of a scene's strips without its knowing."""
    todo, seen = [scene], set()
    while todo:
        changed = todo.pop()
        seen.add(changed)
        for strip in compat.all_strips(changed):
            if strip.type in _OF_CHANNELS:
                compat.forget_picture(strip)
            if any(getattr(modifier, "input_mask_strip", None) for modifier in getattr(strip, "modifiers", ())):
                compat.refresh_modifiers(strip)
        for other in [each for each in bpy.data.scenes if not each.library]:
            showing = [s for s in compat.all_strips(other) if s.type == "SCENE" and s.scene == changed]
            for strip in showing:
                compat.forget_picture(strip)
            if showing and other not in seen:
                todo.append(other)
