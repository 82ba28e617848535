"""Let a setting of a generated strip follow what is heard."""

from __future__ import annotations

from typing import Any

import bpy

from .. import api
from ..models.audio_analysis import FLOORS, MEASURES, SLOWEST
from .blender import compat
from .blender.languages.catalog import CONTEXT
from .blender.reporting import is_live, report, reporting
from .blender.sound import reactions, sources
from .blender.timeline import state, strips
from .blender.timeline.scope import strips_in

#: The entries of the menu that is open: Blender keeps no reference to them.
_alive: list[tuple[str, str, str]] = []
_MEASURES = [
    ("level", "Level", "How loud it is"),
    ("onset", "Onset", "A pulse where something begins: hits, steps, words"),
    ("low", "Low", "How loud it is below 250 Hz: drums, bass, rumble"),
    ("mid", "Mid", "How loud it is from 250 to 4000 Hz: voices, most instruments"),
    ("high", "High", "How loud it is above 4000 Hz: cymbals, hiss, rain"),
]
assert tuple(name for name, _, _ in _MEASURES) == MEASURES


def _target(context: bpy.types.Context) -> Any:
    strip = compat.active_strip(compat.sequencer_scene(context))
    return strip if strips.is_latent(strip) and state.kind_of(strip) else None


def _settings(_operator: Any, context: bpy.types.Context) -> list[tuple[str, str, str]]:
    strip = _target(context) if context else None
    found = reactions.settings(state.kind_of(strip)) if strip else []
    _alive[:] = [(each.name, each.label, each.description) for each in found]
    return _alive


def _take_range(operator: Any, context: bpy.types.Context) -> None:
    """Another setting has another range."""
    if strip := _target(context):
        operator.low, operator.high = reactions.setting(state.kind_of(strip), operator.setting).soft


def _sources(_operator: Any, context: bpy.types.Context, text: str) -> list[str]:
    names = sources.sources(compat.sequencer_scene(context), _target(context))
    return [name for name in names if text.lower() in name.lower()]


class LATENT_STRIPS_OT_react(bpy.types.Operator):
    """Key a setting of the active strip by what is heard: its level, its onsets, or one band of it"""

    bl_idname = "latent_strips.react"
    bl_label = "React to Sound"
    bl_options = {"REGISTER"}  # a step of undo is made when the keys are there

    setting: bpy.props.EnumProperty(
        name="Setting",
        description="What follows the sound",
        items=_settings,
        update=_take_range,
        translation_context=CONTEXT,
    )
    source: bpy.props.StringProperty(
        name="Sound",
        search=_sources,
        search_options={"SUGGESTION"},
        description="Name of the sound strip to follow, even a muted one. Empty: all that is heard",
    )
    measure: bpy.props.EnumProperty(
        name="Follow", description="What of the sound is followed", items=_MEASURES, translation_context=CONTEXT
    )
    low: bpy.props.FloatProperty(name="From", description="The setting's value in silence", default=0.0)
    high: bpy.props.FloatProperty(
        name="To",
        description="The setting's value where the sound is loudest; less than From turns it around",
        default=1.0,
    )
    attack: bpy.props.FloatProperty(
        name="Attack",
        description="Seconds in which it rises, ahead of the sound, so that it peaks with it",
        default=0.0,
        soft_min=0.0,
        soft_max=2.0,
        max=SLOWEST,
        unit="TIME_ABSOLUTE",
    )
    release: bpy.props.FloatProperty(
        name="Release",
        translation_context=CONTEXT,
        description="Seconds in which it falls back after the sound",
        default=0.3,
        soft_min=0.0,
        soft_max=5.0,
        max=SLOWEST,
        unit="TIME_ABSOLUTE",
    )
    floor: bpy.props.FloatProperty(
        name="Floor",
        translation_context=CONTEXT,
        description="Decibels below the loudest that are taken for silence; not for onsets",
        default=30.0,
        min=FLOORS[0],
        max=FLOORS[1],
    )
    regenerate: bpy.props.BoolProperty(
        name="Regenerate", description="Regenerate the strip when the keyframes are set", default=True
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Return whether the active strip was generated."""
        if _target(context) is None:
            cls.poll_message_set("Select a strip that was made by Latent Strips")
        return _target(context) is not None

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask first: there is no sensible guess at what is to follow."""
        if not self.properties.is_property_set("low"):
            _take_range(self, context)
        return context.window_manager.invoke_props_dialog(self, width=340)

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw what is asked."""
        layout = self.layout
        layout.use_property_split = True
        for names in (("setting", "source", "measure"), ("low", "high"), ("attack", "release", "floor")):
            column = layout.column(align=len(names) == 2)
            for name in names:
                if name != "floor" or self.measure != "onset":
                    column.prop(self, name)
        layout.prop(self, "regenerate")

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Listen, on the worker; the keys appear when it has."""
        ((_, id),) = strips_in(context, "ACTIVE")
        how = {name: getattr(self, name) for name in ("measure", "attack", "release", "floor", "regenerate")}
        how |= {name: getattr(self, name) for name in ("low", "high") if self.properties.is_property_set(name)}
        found = api.react(api.Strip(id), self.setting, to=self.source, **how, wait=not is_live(self))
        for remark in found.remarks:
            report(self, {"WARNING"}, remark)
        if not is_live(self):
            report(self, {"INFO"}, self._told(found))
        return {"FINISHED"}

    def _told(self, found: api.Reaction) -> str:
        if self.regenerate:
            return f"{found.title}: {found.keys} keyframes"
        return f"{found.title}: {found.keys} keyframes. Regenerate the strip to see or hear them"


CLASSES = (LATENT_STRIPS_OT_react,)
