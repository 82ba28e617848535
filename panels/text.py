"""Text: choose a look, style text strips with it, and bring subtitles in and out."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators.blender import compat
from ..operators.blender.preferences import library
from ..operators.blender.text import overlays
from . import gallery
from .sidebar import Sidebar, draw_parameters, in_group


def _settings(context: bpy.types.Context) -> Any:
    return getattr(compat.sequencer_scene(context).latent_strips, overlays.text_kind().name)


class LATENT_STRIPS_PT_text(Sidebar, bpy.types.Panel):
    """The look of the next styled text"""

    bl_label = "Text"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the settings and what can be done with them."""
        layout, settings, kind = self.layout, _settings(context), overlays.text_kind()
        layout.use_property_split = True
        layout.use_property_decorate = False
        gallery.draw_style(layout, context, kind, "NEXT")
        if len(library().of_kind(kind.name)) > 1:
            layout.prop(settings, "generator")
        draw_parameters(layout, settings, in_group(kind.parameters, ""))
        layout.prop(settings, "seed")
        row = layout.row()
        row.scale_y = 1.5
        row.operator("latent_strips.text_style", icon="FONT_DATA")
        layout.operator("latent_strips.subtitles_add", icon="ADD")
        row = layout.row(align=True)
        row.operator("latent_strips.subtitles_import", text="Import", icon="IMPORT")
        row.operator("latent_strips.subtitles_export", text="Export", icon="EXPORT")


class LATENT_STRIPS_PT_text_transition(Sidebar, bpy.types.Panel):
    """How texts come and go"""

    bl_label = "Transition"
    bl_parent_id = "LATENT_STRIPS_PT_text"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the settings."""
        self.layout.use_property_split = True
        self.layout.use_property_decorate = False
        draw_parameters(self.layout, _settings(context), in_group(overlays.text_kind().parameters, "transition"))


CLASSES = (LATENT_STRIPS_PT_text, LATENT_STRIPS_PT_text_transition)
