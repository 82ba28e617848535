"""Text strips of the current scene and their overlays."""

from __future__ import annotations

from typing import Any

import bpy

from .strips import part


def text_strip(scene: Any, text: str = "Hot", start: int = 1, length: int = 6, **settings: Any) -> Any:
    strip = part("operators.blender.compat").new_text(scene, text[:20], 1, start, length)
    strip.text, strip.font_size, strip.use_outline = text, 24.0, False
    for name, value in settings.items():
        setattr(strip, name, value)
    for other in part("operators.blender.compat").strips(scene):
        other.select = other.name == strip.name
    return strip


def style(**settings: Any) -> Any:
    """Style the selected text and return its overlay."""
    assert bpy.ops.latent_strips.text_style(**{"period": 0.2, **settings}) == {"FINISHED"}
    return overlays()[-1]


def overlays() -> list[Any]:
    return list(part("operators.blender.timeline.strips").latent(bpy.context.scene))


def texts() -> list[Any]:
    return list(part("operators.blender.timeline.text_strips").texts(bpy.context.scene))
