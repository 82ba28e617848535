"""What is done with a score on the timeline: accents at the markers, and its parts on channels of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..models.errors import RecipeError
from ..models.kinds import kind
from ..models.music.compose import PARTS
from .blender import compat, properties
from .blender.jobs import make
from .blender.reporting import is_live, reporting
from .blender.sound import midi
from .blender.timeline import recipes, state, strips


def _poll(cls: Any, context: Any) -> bool:
    """The active strip is a score."""
    strip = compat.active_strip(compat.sequencer_scene(context))
    if strips.is_latent(strip) and state.kind_of(strip) == "music":
        return True
    cls.poll_message_set("Select a strip of music that was made by Latent Strips")
    return False


class LATENT_STRIPS_OT_accents(bpy.types.Operator):
    """Key an accent of the active score at each of the timeline's markers, and make it anew"""

    bl_idname = "latent_strips.accents"
    bl_label = "Accents at markers"
    bl_options = {"REGISTER", "UNDO"}

    poll = classmethod(_poll)

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Accents are ordinary keyframes: move, delete or add them, and regenerate."""
        scene = compat.sequencer_scene(context)
        strip = compat.active_strip(scene)
        first, end = compat.left(strip), compat.left(strip) + compat.length(strip)
        frames = sorted({marker.frame for marker in scene.timeline_markers if first <= marker.frame < end})
        if not frames:
            raise RecipeError(f"No marker lies in {strip.name}. Press M over the timeline to set one.")
        for frame in frames:
            for at, value in ((frame - 1, 0.0), (frame, 1.0), (frame + 1, 0.0)):
                if at not in frames or value:
                    strip.latent_accent = value
                    strip.keyframe_insert("latent_accent", frame=at)
        curve = compat.fcurve_of(compat.fcurves(scene), strip, "latent_accent")
        for point in curve.keyframe_points:
            point.interpolation = "CONSTANT"
        make.remake(scene, strip, is_live=is_live(self))
        self.report({"INFO"}, f"Set {len(frames)} accents")
        return {"FINISHED"}


class LATENT_STRIPS_OT_stems(bpy.types.Operator):
    """Put melody, harmony, bass and percussion of the active score on channels of their own, and mute the whole"""

    bl_idname = "latent_strips.stems"
    bl_label = "Stems"
    bl_options = {"REGISTER", "UNDO"}

    poll = classmethod(_poll)

    @reporting
    def execute(self, context: Any) -> set[str]:
        """The stems sound together like the whole."""
        scene = compat.sequencer_scene(context)
        strip = compat.active_strip(scene)
        made, recipe = kind("music"), recipes.stored(strip)
        id, start = strips.owned_id(strip), compat.content_start(strip)
        values = properties.values_of(strip, made, properties.PREFIX)
        for part in PARTS:
            make.add(scene, made, values | {"stem": part}, recipe.frames, start, is_live=is_live(self))
        found = strips.found(id)
        found[1].mute = True
        return {"FINISHED"}


class LATENT_STRIPS_OT_midi_export(bpy.types.Operator):
    """Write the notes of the active score as a MIDI file, for other programs and instruments"""

    bl_idname = "latent_strips.midi_export"
    bl_label = "Export MIDI"
    bl_options = {"REGISTER"}

    filepath: bpy.props.StringProperty(
        name="File", description="Where to; empty is beside the sound", subtype="FILE_PATH"
    )
    filter_glob: bpy.props.StringProperty(default="*.mid", options={"HIDDEN"})

    poll = classmethod(_poll)

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Ask for the file."""
        if not self.filepath:
            name = bpy.path.clean_name(compat.active_strip(compat.sequencer_scene(context)).name)
            self.filepath = str(Path(bpy.data.filepath or "untitled.blend").with_name(f"{name}.mid"))
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Write the file."""
        strip = compat.active_strip(compat.sequencer_scene(context))
        to = Path(bpy.path.abspath(self.filepath)) if self.filepath else None
        if to is not None and to.suffix.lower() not in (".mid", ".midi"):
            to = to.with_name(to.name + ".mid")
        job = midi.write(strip, to, is_live(self))
        self.report({"INFO"}, "Writing the notes" if job.unfinished else f"Notes written to {to or job.path}")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_accents, LATENT_STRIPS_OT_stems, LATENT_STRIPS_OT_midi_export)
