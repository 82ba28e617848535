"""*Create*: what the next strip is made from, and the buttons that make it."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators import best_seed
from ..operators.blender import compat, making
from ..operators.blender.making import Making
from ..operators.transition_add import PARAMETERS
from . import actions, presets, progress, quick_look
from .sidebar import Settings, Sidebar, draw_lines, group_panels


def _settings(context: bpy.types.Context) -> Settings | None:
    """Return the settings of what is made now; None where nothing can be made."""
    scene = compat.sequencer_scene(context)
    entry = making.chosen(scene)
    if scene.library or not entry.is_ready:
        return None
    only = tuple(PARAMETERS) if entry.name == making.TRANSITION else ()
    return Settings(entry.kind, getattr(scene.latent_strips, entry.kind.name), only=only)


class LATENT_STRIPS_PT_create(Sidebar, bpy.types.Panel):
    """What the next strip is made from"""

    bl_label = "Create"
    bl_order = 10

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the switch of kinds, the buttons, what is being made, and the settings that most people change."""
        layout = self.layout
        scene = compat.sequencer_scene(context)
        if scene.library:
            draw_lines(
                layout, context, "This scene is linked from another file. Open that file to create strips", "INFO"
            )
            return
        entry = making.chosen(scene)
        _draw_switch(layout, scene.latent_strips)
        settings = _settings(context)
        if settings is None:
            draw_lines(layout, context, "Import a generator first", "INFO")
            layout.operator("latent_strips.generator_import", icon="IMPORT")
            progress.draw(layout, context)
            return
        actions.draw(layout, context, entry)  # at a place that nothing moves, above the fold of a small window
        progress.draw(layout, context)
        column = layout.column()
        column.use_property_split, column.use_property_decorate = True, False
        presets.draw_presets(column, settings.kind, "NEXT")
        settings.draw_first(column, context)
        settings.draw(column, "")
        _draw_seed(column, entry, settings.owner)
        if entry.kind.made_from == "nothing" and entry.name != making.TRANSITION:
            column.prop(settings.owner, "length_from")
            if settings.owner.length_from == "frames":
                column.prop(settings.owner, "length", text="Frames")
        quick_look.draw(layout, context, entry)


class _Group(Sidebar):
    settings = staticmethod(_settings)

    @staticmethod
    def draw_more(layout: bpy.types.UILayout, context: bpy.types.Context, settings: Settings, group: str) -> None:
        """Nothing belongs to these groups beside their settings."""


def _draw_switch(layout: bpy.types.UILayout, owner: Any) -> None:
    """Draw an icon for each kind, in as many rows as the sidebar needs; the buttons below name the chosen one."""
    grid = layout.grid_flow(row_major=True, columns=0, even_columns=True, even_rows=True, align=True)
    for each in making.offered():
        grid.prop_enum(owner, "making", each.name, text="")


def _draw_seed(layout: bpy.types.UILayout, entry: Making, owner: Any) -> None:
    row = layout.row(align=True)
    row.prop(owner, "seed")
    row.prop(owner, "seed_locked", text="", icon="LOCKED" if owner.seed_locked else "UNLOCKED")
    if entry.kind.medium == "image" and entry.kind.made_from == "nothing":
        row.operator("latent_strips.seeds", text="", icon="IMGDISPLAY").kind = entry.kind.name
    if best_seed.chosen(owner, entry.kind.name):
        row.operator("latent_strips.best_seed", text="", icon="SOLO_ON").kind = entry.kind.name


CLASSES = (LATENT_STRIPS_PT_create, *group_panels(_Group, "LATENT_STRIPS_PT_create"))
