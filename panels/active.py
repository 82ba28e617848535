"""The strip in hand: its state or its progress, what can be done with it, and its settings."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.kinds import kinds
from ..models.printable import printable
from ..operators.blender import compat, properties
from ..operators.blender.custom_properties import STRIP_ID, stored_text
from ..operators.blender.jobs import live
from ..operators.blender.jobs.job import Job
from ..operators.blender.timeline import content, moving, state, strips
from . import presets, quick_look
from .progress import draw_bar
from .sidebar import Settings, Sidebar, draw_lines, group_panels

#: What is said where there is nothing in hand. It takes the rows that a strip takes, so that what is below stays where
#: it is when the first strip is made.
_EMPTY = "Select a generated strip, or create one below"
_ROWS = 5


def active(context: bpy.types.Context) -> Any:
    """Return the active strip if it was generated, else None."""
    strip = compat.active_strip(compat.sequencer_scene(context))
    return strip if strips.is_latent(strip) else None


def job_of(strip: Any) -> Job | None:
    """Return the unfinished job of a strip."""
    id = stored_text(strip, STRIP_ID)
    return next((job for job in live.queue.unfinished() if job.strip == id), None)


def _settings(context: bpy.types.Context) -> Settings | None:
    """Return the settings of the active strip; None where its recipe can't be read, and without one."""
    strip = active(context)
    name = state.kind_of(strip) if strip is not None else ""
    return Settings(kinds()[name], strip, properties.PREFIX) if name else None


class LATENT_STRIPS_PT_strip(Sidebar, bpy.types.Panel):
    """The active strip: whether its frames are up to date, and what it is made from"""

    bl_label = "Active Strip"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the strip's name, state and style, and what can be done with it."""
        layout = self.layout
        strip = active(context)
        if strip is None:
            for _ in range(_ROWS - draw_lines(layout, context, _EMPTY, "INFO")):
                layout.label(text="")
            return
        layout.prop(strip, "name", text="", icon="SEQUENCE")
        _draw_state(layout, context, strip)
        settings = _settings(context)
        if settings is None:  # what is wrong with its recipe was said
            return
        column = layout.column()
        column.use_property_split, column.use_property_decorate = True, False
        settings.draw_first(column, context)
        row = layout.row(align=True)
        row.operator("latent_strips.regenerate", icon="FILE_REFRESH")
        row.operator("latent_strips.verify", text="", icon="CHECKMARK")
        row.operator("latent_strips.variations", text="", icon="DUPLICATE")
        row.operator("latent_strips.react", text="", icon="SOUND")
        if not content.is_fitted(strip):
            layout.operator("latent_strips.fit_to_handles", icon="ARROW_LEFTRIGHT")


class _Group(Sidebar):
    settings = staticmethod(_settings)

    @staticmethod
    def draw_more(layout: bpy.types.UILayout, context: bpy.types.Context, settings: Settings, group: str) -> None:
        """Draw what can be done beside a group of settings."""
        kind = settings.kind
        if group == "shape" and kind.name == "sound":
            layout.operator("latent_strips.variations", text="More Like This", icon="DUPLICATE").near = True
        if group == "picture" and kind.name == "music":
            layout.operator("latent_strips.accents", icon="MARKER")
        if group == "output" and kind.name == "music":
            layout.operator("latent_strips.stems", icon="NLA")
            layout.operator("latent_strips.midi_export", icon="EXPORT")
        target = context.view_layer.objects.active if context.view_layer else None
        if group == "output" and kind.medium == "image" and hasattr(getattr(target, "data", None), "materials"):
            layout.operator("latent_strips.use_as_material", icon="MATERIAL")


class LATENT_STRIPS_PT_strip_settings(Sidebar, bpy.types.Panel):
    """The settings that most people change"""

    bl_label = "Settings"
    bl_parent_id = "LATENT_STRIPS_PT_strip"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Return whether there are any."""
        return _settings(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Draw them."""
        if settings := _settings(context):
            quick_look.draw_strip(self.layout, context, settings.owner)
            self.layout.use_property_split = True
            presets.draw_presets(self.layout, settings.kind, "STRIP")
            settings.draw(self.layout, "")
            self.layout.prop(settings.owner, "latent_seed")


def _draw_state(layout: bpy.types.UILayout, context: bpy.types.Context, strip: Any) -> None:
    """Draw how far the strip is, or why it should be regenerated: a row, where nothing is wrong."""
    scene = compat.sequencer_scene(context)
    if job := job_of(strip):
        draw_bar(layout, job)
    elif text := state.problem(scene, strip):
        draw_lines(layout, context, text, "ERROR")
    else:
        layout.label(text="Up to Date", icon="CHECKMARK")
    if moving.is_elsewhere(strip):
        layout.operator("latent_strips.frames_move", icon="FILE_FOLDER")
    for warning in filter(None, (printable(str(strip.get(state.WARNING, ""))), state.unfollowed(scene, strip))):
        draw_lines(layout, context, warning, "INFO")


CLASSES = (
    LATENT_STRIPS_PT_strip,
    LATENT_STRIPS_PT_strip_settings,
    *group_panels(_Group, "LATENT_STRIPS_PT_strip_settings"),
)
