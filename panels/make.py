"""A panel for each kind of result: choose how the next strip looks, and add it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from ..models.kinds import Kind, makeable
from ..models.parameters import Parameter
from ..operators import best_seed
from ..operators.blender import compat, properties
from ..operators.blender.preferences import library
from . import gallery, mattes
from .sidebar import Sidebar, draw_parameters, groups, in_group


def _settings(context: bpy.types.Context, kind: Kind) -> Any:
    return getattr(compat.sequencer_scene(context).latent_strips, kind.name)


def _shown(kind: Kind, settings: Any) -> Callable[[Parameter], str]:
    """Return the label of each parameter as the chosen generator has it; "" where it has no use for it."""
    if not library().of_kind(kind.name):
        return lambda parameter: ""  # and the menu, which is empty, is better not read
    card = properties.generator_card(kind.name, settings.generator)
    return lambda parameter: kind.shown(parameter, card)


def _panel(kind: Kind) -> Any:
    def draw(self: Any, context: bpy.types.Context) -> None:
        settings = _settings(context, kind)
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        entries = library().of_kind(kind.name)
        if not entries:
            layout.label(text="Import a generator first", icon="INFO")
            layout.operator("latent_strips.generator_import", icon="IMPORT")
            return
        gallery.draw_style(layout, context, kind, "NEXT")
        if len(entries) > 1 or not kind.ships:
            layout.prop(settings, "generator")
        draw_parameters(layout, settings, in_group(kind.parameters, ""), shown=_shown(kind, settings))
        column = layout.column(align=True)
        row = column.row(align=True)
        row.prop(settings, "seed")
        if best_seed.chosen(settings, kind.name):
            row.operator("latent_strips.best_seed", text="", icon="SOLO_ON").kind = kind.name
        column.prop(settings, "length")
        if kind.medium == "sound":
            _draw_audition(layout, kind)
        row = layout.row()
        row.scale_y = 1.5
        row.operator(f"latent_strips.{kind.name}_add", icon="ADD")
        for draw_more in MORE.get(kind.name, ()):
            draw_more(layout, context)
        if kind.name == "sound":
            row = layout.row(align=True)
            for where, text in (("MARKERS", "At Markers"), ("CUTS", "At Cuts")):
                row.operator("latent_strips.sound_to_picture", text=text).where = where

    name = f"LATENT_STRIPS_PT_{kind.name}"
    options = set() if kind is makeable()[0] else {"DEFAULT_CLOSED"}
    about = {"bl_idname": name, "bl_label": kind.label, "bl_options": options, "draw": draw}
    return type(name, (Sidebar, bpy.types.Panel), about)


def _draw_audition(layout: bpy.types.UILayout, kind: Kind) -> None:
    """Play, the sound of the next seed, stop."""
    row = layout.row(align=True)
    for text, icon, step in (("Play", "PLAY", 0), ("Next Seed", "FRAME_NEXT", 1)):
        button = row.operator("latent_strips.audition", text=text, icon=icon)
        button.kind, button.step = kind.name, step
    row.operator("latent_strips.audition_stop", text="", icon="SNAP_FACE")


def _sub_panel(kind: Kind, group: str) -> Any:
    def draw(self: Any, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = _settings(context, kind)
        if group == "output" and kind.medium == "image":
            draw_parameters(layout, settings, properties.SIZE)
        draw_parameters(layout, settings, in_group(kind.parameters, group), shown=_shown(kind, settings))

    def poll(_cls: Any, context: bpy.types.Context) -> bool:
        shown = _shown(kind, _settings(context, kind))
        return any(shown(parameter) for parameter in in_group(kind.parameters, group))

    about = {
        "bl_idname": f"LATENT_STRIPS_PT_{kind.name}_{group}",
        "bl_parent_id": f"LATENT_STRIPS_PT_{kind.name}",
        "bl_label": group.capitalize(),
        "bl_options": {"DEFAULT_CLOSED"},
        "poll": classmethod(poll),
        "draw": draw,
    }
    return type(str(about["bl_idname"]), (Sidebar, bpy.types.Panel), about)


#: What the panels of some kinds show below their button.
MORE = {"matte": (mattes.draw,)}

CLASSES = tuple(
    panel
    for kind in makeable()
    for panel in (_panel(kind), *(_sub_panel(kind, group) for group in groups(kind.parameters)))
)
