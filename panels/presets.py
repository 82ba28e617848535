"""The menu of presets above the settings of a kind, as Blender's own look: a menu, save, and what else can be done."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.kinds import Kind, kinds
from ..operators.blender.library import thumbnails
from ..operators.blender.presets import folder


def draw_presets(layout: bpy.types.UILayout, kind: Kind, aim: str) -> None:
    """Draw the row for the settings of the next strip (`aim` "NEXT") or of the active one ("STRIP")."""
    row = layout.row(align=True)
    row.use_property_split = False
    row.menu(f"LATENT_STRIPS_MT_presets_{kind.name}_{aim}", text="Presets")
    _given(row.operator("latent_strips.preset_save", text="", icon="ADD"), kind, aim)
    row.menu(f"LATENT_STRIPS_MT_preset_more_{kind.name}_{aim}", text="", icon="DOWNARROW_HLT")


def _given(given: Any, kind: Kind, aim: str, name: str = "") -> Any:
    given.kind, given.target, given.preset = kind.name, aim, name
    return given


def _menu(kind: Kind, aim: str) -> Any:
    def draw(self: Any, _context: bpy.types.Context) -> None:
        column = self.layout.column()
        was_mine = False
        found = folder.of_kind(kind.name)
        if not found:
            column.label(text="No preset was saved yet", icon="INFO")
        for one in found:
            mine = folder.is_mine(one)
            if was_mine and not mine:
                column.separator()
            was_mine = mine
            icon = thumbnails.first_of(folder.pictures(one))
            _given(
                column.operator("latent_strips.preset_apply", text=one.name, translate=not mine, icon_value=icon),
                kind, aim, one.name,
            )  # fmt: skip

    return _class(f"LATENT_STRIPS_MT_presets_{kind.name}_{aim}", "Presets", draw)


def _more(kind: Kind, aim: str) -> Any:
    def draw(self: Any, _context: bpy.types.Context) -> None:
        layout = self.layout
        _given(layout.operator("latent_strips.preset_reset", icon="LOOP_BACK"), kind, aim)
        mine = [one for one in folder.of_kind(kind.name) if folder.is_mine(one)]
        for operator, text, icon in (("rename", "Rename", "GREASEPENCIL"), ("remove", "Remove", "REMOVE")):
            layout.separator()
            layout.label(text=text)
            if not mine:
                layout.label(text="No preset was saved yet", icon="INFO")
            for one in mine:
                name = f"latent_strips.preset_{operator}"
                _given(layout.operator(name, text=one.name, translate=False, icon=icon), kind, aim, one.name)
        layout.separator()
        layout.operator("latent_strips.preset_import", icon="IMPORT")
        layout.operator("latent_strips.preset_export", icon="EXPORT")

    return _class(f"LATENT_STRIPS_MT_preset_more_{kind.name}_{aim}", "More", draw)


def _class(name: str, label: str, draw: Any) -> Any:
    return type(name, (bpy.types.Menu,), {"bl_idname": name, "bl_label": label, "draw": draw})


CLASSES = tuple(make(kind, aim) for kind in kinds().values() for aim in ("NEXT", "STRIP") for make in (_menu, _more))
