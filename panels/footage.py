"""Panels for what is made from a strip's picture: a mask of it, or another look."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.kinds import Kind, kind
from ..operators.blender import compat, properties
from ..operators.blender.preferences import library
from . import gallery
from .sidebar import Sidebar, draw_parameters


def _panel(kind: Kind, operator: str, icon: str, advice: str) -> Any:
    def draw(self: Any, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        entries = library().of_kind(kind.name)
        if not entries:
            layout.label(text=advice, icon="INFO")
            return
        settings = getattr(compat.sequencer_scene(context).latent_strips, kind.name)
        gallery.draw_style(layout, context, kind, "NEXT")
        if len(entries) > 1:
            layout.prop(settings, "generator")
        card = properties.generator_card(kind.name, settings.generator)
        draw_parameters(layout, settings, kind.parameters, shown=lambda parameter: kind.shown(parameter, card))
        column = layout.column(align=True)
        row = column.row()
        row.scale_y = 1.5
        row.operator(f"latent_strips.{operator}", icon=icon)
        if operator == "mask_add":
            column.operator("latent_strips.mask_add", text="Mask as Separate Strip").onto = "NONE"

    about = {
        "bl_idname": f"LATENT_STRIPS_PT_{kind.name}",
        "bl_label": kind.label,
        "bl_options": {"DEFAULT_CLOSED"},
        "draw": draw,
    }
    return type(str(about["bl_idname"]), (Sidebar, bpy.types.Panel), about)


CLASSES = (
    _panel(kind("footage_mask"), "mask_add", "MOD_MASK", "Import a generator that makes masks"),
    _panel(kind("restyle"), "restyle_add", "BRUSH_DATA", "Import a generator that restyles pictures"),
)
