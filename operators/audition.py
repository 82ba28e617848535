"""Hear a sound before it is on the timeline: play, next seed, stop."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.kinds import Kind, kind, makeable
from .blender import compat, properties
from .blender.jobs import make
from .blender.jobs.frames import Make
from .blender.languages.catalog import translated
from .blender.reporting import is_live, report, reporting
from .blender.timeline import sound_strips

#: Seconds of a sound and of a score that are played for a choice.
HEARD, SCORE = 4.0, 8.0
#: The kinds that can be heard.
_ITEMS = [(made.name, made.label, made.description) for made in makeable() if made.medium == "sound"]


class LATENT_STRIPS_OT_audition(bpy.types.Operator):
    """Make the sound that the panel describes and play it, without adding a strip"""

    bl_idname = "latent_strips.audition"
    bl_label = "Play"
    bl_options = {"REGISTER"}

    kind: bpy.props.EnumProperty(name="Kind", items=_ITEMS, options={"SKIP_SAVE"})
    step: bpy.props.IntProperty(name="Step", description="Added to the seed before", options={"SKIP_SAVE"})

    @classmethod
    def description(cls, _context: bpy.types.Context, given: Any) -> str:
        """Return what the button does: the arrows change the seed first."""
        return translated("Play the sound of the next seed" if given.step else str(cls.__doc__))

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Make the file, and play it as soon as it is there; a script finds its path in the report."""
        scene = compat.sequencer_scene(context)
        made = kind(self.kind)
        settings = getattr(scene.latent_strips, made.name)
        settings.seed = max(0, settings.seed + self.step)
        live = is_live(self)
        job = make.preview(scene, made, properties.values_of(settings, made), settings.length, live, _play)
        if not live:
            report(self, {"INFO"}, f"{job.title}: {make.files_of(job)[0]}")
        return {"FINISHED"}


def play_settings(scene: bpy.types.Scene, made: Kind, owner: Any, prefix: str) -> None:
    """Make a few seconds of a sound and play them as soon as they are there, while Blender goes on.

    The settings are those of `owner`, in properties that begin with `prefix`. Raises LatentStripsError.
    """
    rate = scene.render.fps / scene.render.fps_base
    seconds = SCORE if made.name == "music" else HEARD
    make.preview(scene, made, properties.values_of(owner, made, prefix), max(1, round(seconds * rate)), True, _play)


def _play(job: Make) -> None:
    sound_strips.play(make.files_of(job)[0])


class LATENT_STRIPS_OT_audition_stop(bpy.types.Operator):
    """Stop playing"""

    bl_idname = "latent_strips.audition_stop"
    bl_label = "Stop"
    bl_options = {"REGISTER"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Stop what is playing."""
        sound_strips.stop()
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_audition, LATENT_STRIPS_OT_audition_stop) if _ITEMS else ()
