"""A panel for each kind of result: choose how the next strip looks, and add it."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.generators import Kind, makeable
from ..operators.blender import compat, properties
from ..operators.blender.preferences import library
from .sidebar import Sidebar, draw_parameters, groups, in_group


def _settings(context: Any, kind: Kind) -> Any:
    return getattr(compat.sequencer_scene(context).latent_strips, kind.name)


def _panel(kind: Kind) -> Any:
    def draw(self: Any, context: Any) -> None:
        settings = _settings(context, kind)
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        if len(library().of_kind(kind.name)) > 1:
            layout.prop(settings, "generator")
        draw_parameters(layout, settings, in_group(kind.parameters, ""))
        column = layout.column(align=True)
        column.prop(settings, "seed")
        column.prop(settings, "length")
        if kind.medium == "sound":
            _draw_audition(layout, kind)
        row = layout.row()
        row.scale_y = 1.5
        row.operator(f"latent_strips.{kind.name}_add", icon="ADD")
        if kind.name == "sound":
            row = layout.row(align=True)
            for where, text in (("MARKERS", "At markers"), ("CUTS", "At cuts")):
                row.operator("latent_strips.sound_to_picture", text=text).where = where

    name = f"LATENT_STRIPS_PT_{kind.name}"
    about = {"bl_idname": name, "bl_label": kind.label, "draw": draw}
    return type(name, (Sidebar, bpy.types.Panel), about)


def _draw_audition(layout: Any, kind: Kind) -> None:
    """Play, the sound of the next seed, stop."""
    row = layout.row(align=True)
    for text, icon, step in (("Play", "PLAY", 0), ("Next seed", "FRAME_NEXT", 1)):
        button = row.operator("latent_strips.audition", text=text, icon=icon)
        button.kind, button.step = kind.name, step
    row.operator("latent_strips.audition_stop", text="", icon="SNAP_FACE")


def _sub_panel(kind: Kind, group: str) -> Any:
    def draw(self: Any, context: Any) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = _settings(context, kind)
        if group == "output" and kind.medium == "image":
            draw_parameters(layout, settings, properties.SIZE)
        draw_parameters(layout, settings, in_group(kind.parameters, group))

    about = {
        "bl_idname": f"LATENT_STRIPS_PT_{kind.name}_{group}",
        "bl_parent_id": f"LATENT_STRIPS_PT_{kind.name}",
        "bl_label": group.capitalize(),
        "bl_options": {"DEFAULT_CLOSED"},
        "draw": draw,
    }
    return type(str(about["bl_idname"]), (Sidebar, bpy.types.Panel), about)


CLASSES = tuple(
    panel
    for kind in makeable()
    for panel in (_panel(kind), *(_sub_panel(kind, group) for group in groups(kind.parameters)))
)
