"""*Add › Latent Strips*, *Strip › Latent Strips* and the context menu: every verb, where a search finds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

from ..operators.blender import compat, making
from ..operators.blender.making import Making
from ..operators.blender.preferences import seen_library
from ..operators.blender.timeline import state, strips

_TITLE = "Latent Strips"
#: Styles in a column of a menu: it stays within a window of 600 px.
_ROWS = 24
#: Kinds whose strips are made from nothing or from the active strip at once, and the operators that do it.
_OPERATORS = {
    "texture": "texture_add", "matte": "matte_add", "transition": "transition_add", "footage_mask": "mask_add",
    "restyle": "restyle_add", "text_effect": "text_style", "sound": "sound_add", "music": "music_add",
    "image": "image_add", "clip": "clip_add",
}  # fmt: skip


def _styles(entry: Making) -> Iterator[tuple[str, str, str]]:
    """Yield (label, style, generator) of each style of a kind: of those that several generators have, the first's."""
    seen = set()
    for each in seen_library().of_kind(entry.kind.name):
        for style in each.card.styles if entry.kind.ships else ():
            if style.name not in seen:
                seen.add(style.name)
                yield style.label, style.name, each.card.id
        if not each.card.styles or not entry.kind.ships:
            yield each.card.label, "", each.card.id


def _kind_menu(entry: Making) -> Any:
    def draw(self: Any, _context: bpy.types.Context) -> None:
        column = self.layout
        if entry.name == "music":
            return _draw_moods(column, entry)
        found = list(_styles(entry))
        if len(found) > _ROWS:
            column = column.column_flow(columns=-(-len(found) // _ROWS))
        for label, style, generator in found:
            button = column.operator(f"latent_strips.{_OPERATORS[entry.name]}", text=label)
            button.generator = generator
            if style:
                button.style = style
        return None

    name = f"LATENT_STRIPS_MT_add_{entry.name}"
    return type(name, (bpy.types.Menu,), {"bl_idname": name, "bl_label": entry.label, "draw": draw})


def _draw_moods(layout: bpy.types.UILayout, entry: Making) -> None:
    mood = next(parameter for parameter in entry.kind.parameters if parameter.name == "mood")
    for choice in mood.choices:
        layout.operator("latent_strips.music_add", text=choice.label).mood = choice.name


class LATENT_STRIPS_MT_add(bpy.types.Menu):
    """Kinds of strips, and their styles"""

    bl_idname = "LATENT_STRIPS_MT_add"
    bl_label = _TITLE

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a menu for each kind."""
        layout = self.layout
        for entry in making.offered():
            layout.menu(f"LATENT_STRIPS_MT_add_{entry.name}", icon=entry.icon)
        layout.separator()
        chosen = making.chosen(compat.sequencer_scene(context))
        layout.operator("latent_strips.gallery", icon="IMAGE_DATA").kind = chosen.kind.name
        layout.operator("latent_strips.subtitles_import", icon="IMPORT")
        layout.operator("latent_strips.subtitles_add", icon="IMPORT")
        layout.operator("latent_strips.generator_import", icon="IMPORT")
        layout.operator("latent_strips.texture_from_photo", icon="IMAGE_DATA")
        layout.operator("latent_strips.preset_import", icon="IMPORT")
        layout.operator("latent_strips.preset_export", icon="EXPORT")


class LATENT_STRIPS_MT_strip(bpy.types.Menu):
    """What can be done with strips"""

    bl_idname = "LATENT_STRIPS_MT_strip"
    bl_label = _TITLE

    def draw(self, context: bpy.types.Context) -> None:
        """Draw every verb: what can't be used now says why."""
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        for scope, text in (("ACTIVE", "Regenerate"), ("SELECTED", "Regenerate Selected"), ("ALL", "Regenerate All")):
            layout.operator("latent_strips.regenerate", text=text, icon="FILE_REFRESH").scope = scope
        layout.operator("latent_strips.verify", icon="CHECKMARK").scope = "ALL"
        layout.operator("latent_strips.fit_to_handles", icon="ARROW_LEFTRIGHT")
        layout.operator("latent_strips.variations", icon="DUPLICATE")
        layout.operator("latent_strips.react", icon="SOUND")
        layout.operator("latent_strips.use_as_material", icon="MATERIAL")
        layout.operator("latent_strips.frames_move", icon="FILE_FOLDER")
        layout.separator()
        layout.operator("latent_strips.transition_add", icon="ARROW_LEFTRIGHT")
        layout.operator("latent_strips.matte_add", text="Mask by Matte", icon="IMAGE_ALPHA").onto = "ACTIVE"
        layout.operator("latent_strips.mask_add", text="Mask Person or Screen Color", icon="MOD_MASK")
        layout.operator("latent_strips.restyle_add", text="Restyle", icon="BRUSH_DATA")
        layout.separator()
        layout.operator("latent_strips.text_style", icon="FONT_DATA")
        layout.operator("latent_strips.subtitles_export", icon="EXPORT")
        layout.operator("latent_strips.sound_to_picture", text="Sounds at Markers").where = "MARKERS"
        layout.operator("latent_strips.sound_to_picture", text="Sounds at Cuts").where = "CUTS"
        _draw_score(layout, context)
        layout.separator()
        layout.operator("latent_strips.cancel", text="Cancel Generating", icon="X")
        layout.operator("latent_strips.cache_clean", icon="TRASH")
        layout.operator("latent_strips.doctor", icon="HEART")


def _draw_score(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    strip = compat.active_strip(compat.sequencer_scene(context))
    if strips.is_latent(strip) and state.kind_of(strip) == "music":
        layout.separator()
        layout.operator("latent_strips.accents", icon="MARKER")
        layout.operator("latent_strips.stems", icon="NLA")
        layout.operator("latent_strips.midi_export", icon="EXPORT")


def _draw_add(self: Any, _context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.operator_context = "INVOKE_DEFAULT"
    self.layout.menu(LATENT_STRIPS_MT_add.bl_idname, icon="SHADERFX")


def _draw_strip(self: Any, _context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu(LATENT_STRIPS_MT_strip.bl_idname, icon="SHADERFX")


#: Blender's menus that these are in. One that a version lacks is left out.
_PLACES = {
    "SEQUENCER_MT_add": _draw_add, "SEQUENCER_MT_strip": _draw_strip, "SEQUENCER_MT_context_menu": _draw_strip,
    "SEQUENCER_MT_preview_context_menu": _draw_strip,
}  # fmt: skip
CLASSES = (
    *(_kind_menu(entry) for entry in making.ENTRIES.values() if entry.name in _OPERATORS),
    LATENT_STRIPS_MT_add,
    LATENT_STRIPS_MT_strip,
)


def register() -> None:
    """Add the entries to Blender's menus."""
    for name, draw in _PLACES.items():
        if menu := getattr(bpy.types, name, None):
            menu.append(draw)


def unregister() -> None:
    """Take the entries away."""
    for name, draw in _PLACES.items():
        if menu := getattr(bpy.types, name, None):
            menu.remove(draw)
