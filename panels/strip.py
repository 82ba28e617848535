"""The active strip's recipe: edit, keyframe, regenerate."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import bpy

from ..models.kinds import kinds
from ..models.parameters import Parameter
from ..models.printable import printable
from ..operators.blender import compat, properties
from ..operators.blender.custom_properties import STRIP_ID
from ..operators.blender.jobs import live
from ..operators.blender.preferences import library
from ..operators.blender.timeline import content, moving, state, strips
from . import gallery
from .sidebar import Sidebar, draw_parameters, groups, in_group


def _active(context: bpy.types.Context) -> Any:
    strip = compat.active_strip(compat.sequencer_scene(context))
    return strip if strips.is_latent(strip) else None


def _shown(strip: Any) -> Callable[[Parameter], str]:
    """Return the label of each parameter as the strip's generator has it; "" where it has no use for it."""
    kind = kinds()[state.kind_of(strip)]
    card = properties.generator_card(kind.name, strip.latent_generator)
    return lambda parameter: kind.shown(parameter, card)


class LATENT_STRIPS_PT_strip(Sidebar, bpy.types.Panel):
    """What the active strip is made from, and whether its frames are up to date"""

    bl_label = "Active Strip"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the strip's settings and state."""
        layout = self.layout
        layout.use_property_split = True
        strip = _active(context)
        if strip is None:
            layout.label(text="Select a generated strip", icon="INFO")
            return
        _draw_state(layout, compat.sequencer_scene(context), strip)
        if not state.kind_of(strip):  # what is wrong with its recipe was said
            return
        kind = kinds()[state.kind_of(strip)]
        row = layout.row(align=True)
        row.operator("latent_strips.regenerate", icon="FILE_REFRESH")
        row.operator("latent_strips.verify", icon="CHECKMARK")
        if not content.is_fitted(strip):
            layout.operator("latent_strips.fit_to_handles", icon="ARROW_LEFTRIGHT")
        row = layout.row(align=True)
        row.operator("latent_strips.variations", icon="DUPLICATE")
        if any(parameter.name == "take" for parameter in kind.parameters):
            row.operator("latent_strips.variations", text="More Like This").near = True
        layout.operator("latent_strips.react", icon="SOUND")
        gallery.draw_style(layout, context, kind, "STRIP")
        if len(library().of_kind(kind.name)) > 1:
            layout.prop(strip, "latent_generator")
        draw_parameters(layout, strip, in_group(kind.parameters, ""), properties.PREFIX, _shown(strip))
        layout.prop(strip, "latent_seed")


def _draw_state(layout: bpy.types.UILayout, scene: bpy.types.Scene, strip: Any) -> None:
    id = strip.get(STRIP_ID)
    job = next((job for job in live.queue.unfinished() if job.strip == id), None)
    text = state.problem(scene, strip)
    if job:
        layout.label(text=f"{job.doing}…", icon="TIME")
    elif text:
        column = layout.column(align=True)
        for number, line in enumerate(textwrap.wrap(text, 36)):
            column.label(text=line, icon="BLANK1" if number else "ERROR")
    else:
        layout.label(text="Up to Date", icon="CHECKMARK")
    if moving.is_elsewhere(strip):
        layout.operator("latent_strips.frames_move", icon="FILE_FOLDER")
    for warning in filter(None, (printable(str(strip.get(state.WARNING, ""))), state.unfollowed(scene, strip))):
        column = layout.column(align=True)
        for number, line in enumerate(textwrap.wrap(warning, 36)):
            column.label(text=line, icon="BLANK1" if number else "INFO")


def _sub_panel(group: str) -> Any:
    def poll(_cls: Any, context: bpy.types.Context) -> bool:
        strip = _active(context)
        if strip is None or not state.kind_of(strip):
            return False
        parameters = in_group(kinds()[state.kind_of(strip)].parameters, group)
        return any(map(_shown(strip), parameters))

    def draw(self: Any, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        strip = _active(context)
        kind = kinds()[state.kind_of(strip)]
        pictures = group == "output" and kind.medium == "image"
        if pictures:
            draw_parameters(layout, strip, properties.SIZE, properties.PREFIX)
        draw_parameters(layout, strip, in_group(kind.parameters, group), properties.PREFIX, _shown(strip))
        if group == "picture" and kind.name == "music":
            layout.operator("latent_strips.accents", icon="MARKER")
        if group == "output" and kind.name == "music":
            layout.operator("latent_strips.stems", icon="NLA")
            layout.operator("latent_strips.midi_export", icon="EXPORT")
        if pictures:
            layout.operator("latent_strips.use_as_material", icon="MATERIAL")

    about = {
        "bl_idname": f"LATENT_STRIPS_PT_strip_{group}",
        "bl_parent_id": "LATENT_STRIPS_PT_strip",
        "bl_label": group.capitalize(),
        "bl_options": {"DEFAULT_CLOSED"},
        "poll": classmethod(poll),
        "draw": draw,
    }
    return type(str(about["bl_idname"]), (Sidebar, bpy.types.Panel), about)


_GROUPS = list(dict.fromkeys(group for kind in kinds().values() for group in groups(kind.parameters)))
CLASSES = (LATENT_STRIPS_PT_strip, *(_sub_panel(group) for group in _GROUPS))
