"""One frame of what will be made, small, as its settings change. Other panels call these functions."""

from __future__ import annotations

from functools import partial
from typing import Any

import bpy

from ..operators.blender import compat
from ..operators.blender.custom_properties import STRIP_ID, stored_text
from ..operators.blender.languages.catalog import translated
from ..operators.blender.look import looks, pictures, variations, wanted
from ..operators.blender.making import Making
from ..operators.blender.preferences import preferences
from ..operators.blender.timeline import strips
from .sidebar import Sidebar, draw_lines

#: Width of the picture where the sidebar is wide, in units of a button's height, and what the sidebar's edges take.
WIDEST, EDGES = 16.0, 2.5
#: Width of the picture of a seed.
SEED = 6.5


def draw(layout: bpy.types.UILayout, context: bpy.types.Context, entry: Making) -> None:
    """Draw what an entry of *Create* would make; nothing for sounds and transitions."""
    if entry.kind.medium == "image" and entry.name == entry.kind.name:
        name = compat.sequencer_scene(context).name
        _draw(layout, context, looks.create, partial(_of_settings, name, entry.kind.name))


def draw_strip(layout: bpy.types.UILayout, context: bpy.types.Context, strip: Any) -> None:
    """Draw what the settings of a generated strip make at the playhead; nothing for sounds."""
    if strip.type == "IMAGE":
        _draw(layout, context, looks.active, partial(_of_strip, stored_text(strip, STRIP_ID)))


def _draw(layout: bpy.types.UILayout, context: bpy.types.Context, look: looks.Look, find: looks.Find) -> None:
    chosen = preferences()
    column = layout.column(align=True)
    column.prop(chosen, "quick_look", icon="HIDE_OFF" if chosen.quick_look else "HIDE_ON")
    if not chosen.quick_look:
        return
    if not (context.screen and context.screen.is_animation_playing):
        look.want(find)
    width = context.region.width / (20 * context.preferences.system.ui_scale) - EDGES if context.region else WIDEST
    _draw_picture(column, look, min(max(width, 4.0), WIDEST))
    if look.problem:
        draw_lines(column, context, look.problem, "INFO")


def _draw_picture(layout: bpy.types.UILayout, look: looks.Look, width: float) -> None:
    """Draw a picture as high as it is: Blender's are squares, of which the lower part is empty and claims no height."""
    if icon := pictures.icon(look.name):
        column = layout.column()
        column.ui_units_y = width * pictures.share(look.name)
        column.template_icon(icon_value=icon, scale=width)


class LATENT_STRIPS_PT_seeds(Sidebar, bpy.types.Panel):
    """Nine seeds, each as a small picture. Opened by a button, not shown in the sidebar"""

    bl_label = "Variations"
    bl_options = {"INSTANCED"}
    bl_ui_units_x = 21

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw a picture and a button for each seed."""
        for choice in variations.choices:
            grid = self.layout.grid_flow(row_major=True, columns=3, even_columns=True, even_rows=True)
            for seed, look in zip(variations.seeds(choice), looks.seeds, strict=True):
                column = grid.column(align=True)
                _draw_picture(column, look, SEED)
                button = column.operator("latent_strips.seed_choose", text=translated(f"Seed {seed}"))
                button.seed, button.strip, button.kind = seed, choice.strip, choice.kind


def _of_settings(scene: str, kind: str) -> wanted.Wanted:
    return wanted.of_settings(bpy.data.scenes[scene], kind)


def _of_strip(id: str) -> wanted.Wanted:
    return wanted.of_strip(*strips.found(id))


CLASSES = (LATENT_STRIPS_PT_seeds,)
