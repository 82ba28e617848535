"""The buttons of *Create*, for each kind those that can be pressed now; where there are none, what to do first."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators.blender import compat
from ..operators.blender.making import Making
from ..operators.blender.mattes import masks
from .sidebar import draw_lines

_TRANSITION = "latent_strips.transition_add"


def draw(layout: bpy.types.UILayout, context: bpy.types.Context, entry: Making) -> None:
    """Draw the buttons of an entry."""
    _DRAWN.get(entry.name, _draw_add)(layout, context, entry)


def _large(layout: bpy.types.UILayout, operator: str, icon: str, text: str = "") -> Any:
    row = layout.row()
    row.scale_y = 1.5
    return row.operator(operator, text=text, icon=icon) if text else row.operator(operator, icon=icon)


def _draw_add(layout: bpy.types.UILayout, _context: bpy.types.Context, entry: Making) -> None:
    _large(layout, f"latent_strips.{entry.kind.name}_add", "ADD")


def _draw_sound(layout: bpy.types.UILayout, context: bpy.types.Context, entry: Making) -> None:
    row = layout.row(align=True)
    for text, icon, step in (("Play", "PLAY", 0), ("Next Seed", "FRAME_NEXT", 1)):
        button = row.operator("latent_strips.audition", text=text, icon=icon)
        button.kind, button.step = entry.kind.name, step
    row.operator("latent_strips.audition_stop", text="", icon="SNAP_FACE")
    _draw_add(layout, context, entry)
    if entry.name == "sound":
        row = layout.row(align=True)
        if len(compat.sequencer_scene(context).timeline_markers):
            row.operator("latent_strips.sound_to_picture", text="Add at Markers").where = "MARKERS"
        row.operator("latent_strips.sound_to_picture", text="Add at Cuts").where = "CUTS"


def _draw_matte(layout: bpy.types.UILayout, context: bpy.types.Context, entry: Making) -> None:
    _draw_add(layout, context, entry)
    if masks.shown(context) is not None:
        layout.operator("latent_strips.matte_add", text="Mask Active Strip", icon="MOD_MASK").onto = "ACTIVE"


def _draw_transition(layout: bpy.types.UILayout, context: bpy.types.Context, _entry: Making) -> None:
    count = len(masks.chosen(context))
    if count not in (1, 2):
        draw_lines(layout, context, "Select two strips that meet or overlap, or one to let it appear or vanish", "INFO")
    elif count == 2:
        _large(layout, _TRANSITION, "ARROW_LEFTRIGHT", text="Transition")
        row = layout.row(align=True)
        row.operator(_TRANSITION, text="Burn", icon="LIGHT_SUN").with_glow = True
        row.operator(_TRANSITION, text="Hold Frames", icon="FREEZE").hold = True
    else:
        _large(layout, _TRANSITION, "FORWARD", text="To Next Strip").side = "NEXT"
        row = layout.row(align=True)
        for side, text in (("IN", "Appear"), ("OUT", "Vanish")):
            row.operator(_TRANSITION, text=text, icon="IPO_EASE_IN_OUT").side = side
        held = layout.operator(_TRANSITION, text="To Next Strip, Hold Frames", icon="FREEZE")
        held.side, held.hold = "NEXT", True


def _draw_mask(layout: bpy.types.UILayout, context: bpy.types.Context, _entry: Making) -> None:
    if masks.shown(context) is None:
        draw_lines(layout, context, "Select the strip to mask, such as a movie, an image or a meta strip", "INFO")
        return
    _large(layout, "latent_strips.mask_add", "MOD_MASK")
    layout.operator("latent_strips.mask_add", text="Mask as Separate Strip").onto = "NONE"


def _draw_restyle(layout: bpy.types.UILayout, context: bpy.types.Context, _entry: Making) -> None:
    if masks.shown(context) is None:
        draw_lines(layout, context, "Select the strip to restyle, such as a movie, an image or a meta strip", "INFO")
        return
    _large(layout, "latent_strips.restyle_add", "BRUSH_DATA")


def _draw_text(layout: bpy.types.UILayout, context: bpy.types.Context, _entry: Making) -> None:
    has_text = any(strip.type == "TEXT" for strip in compat.selected_strips(context))
    if has_text:
        _large(layout, "latent_strips.text_style", "FONT_DATA")
    else:  # at the same place, so that a second click styles what the first has added
        compat.adds_text(_large(layout, "sequencer.effect_strip_add", "ADD", text="Add Text"))
        draw_lines(layout, context, "Select text strips to style them, or add subtitles from a file", "INFO")
    layout.operator("latent_strips.subtitles_add", icon="ADD")
    layout.operator("latent_strips.subtitles_import", icon="IMPORT")
    if has_text:
        layout.operator("latent_strips.subtitles_export", icon="EXPORT")


_DRAWN = {
    "sound": _draw_sound, "clip": _draw_sound, "matte": _draw_matte, "transition": _draw_transition,
    "footage_mask": _draw_mask, "restyle": _draw_restyle, "text_effect": _draw_text,
}  # fmt: skip
