"""What is done with a score on the timeline: accents at the markers, and its parts on channels of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from .. import api
from .blender import compat
from .blender.reporting import is_live, report, reporting
from .blender.timeline import state, strips


def _active(context: bpy.types.Context) -> Any:
    return compat.active_strip(compat.sequencer_scene(context))


def _poll(cls: Any, context: bpy.types.Context) -> bool:
    """Return the active strip is a score."""
    strip = _active(context)
    if strips.is_latent(strip) and state.kind_of(strip) == "music":
        return True
    cls.poll_message_set("Select a strip of music that was made by Latent Strips")
    return False


class LATENT_STRIPS_OT_accents(bpy.types.Operator):
    """Key an accent of the active score at each of the timeline's markers, and regenerate it"""

    bl_idname = "latent_strips.accents"
    bl_label = "Accents at Markers"
    bl_options = {"REGISTER", "UNDO"}

    poll = classmethod(_poll)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Accents are ordinary keyframes: move, delete or add them, and regenerate."""
        frames = api.accents(_active(context), wait=not is_live(self))
        report(self, {"INFO"}, f"Set {len(frames)} accents")
        return {"FINISHED"}


class LATENT_STRIPS_OT_stems(bpy.types.Operator):
    """Put melody, harmony, bass and percussion of the active score on channels of their own, and mute the whole"""

    bl_idname = "latent_strips.stems"
    bl_label = "Stems"
    bl_options = {"REGISTER", "UNDO"}

    poll = classmethod(_poll)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add the stems, which sound together like the whole."""
        api.stems(_active(context), wait=not is_live(self))
        return {"FINISHED"}


class LATENT_STRIPS_OT_midi_export(bpy.types.Operator):
    """Write the notes of the active score as a MIDI file, for other programs and instruments"""

    bl_idname = "latent_strips.midi_export"
    bl_label = "Export MIDI"
    bl_options = {"REGISTER"}

    filepath: bpy.props.StringProperty(
        name="File",
        description="Where the notes are written; beside the sound when empty",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    filter_glob: bpy.props.StringProperty(default="*.mid", options={"HIDDEN"})

    poll = classmethod(_poll)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the file."""
        if not self.filepath:
            name = bpy.path.clean_name(_active(context).name)
            self.filepath = str(Path(bpy.data.filepath or "untitled.blend").with_name(f"{name}.mid"))
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write the file."""
        path = bpy.path.abspath(self.filepath) if self.filepath else None
        written = api.midi(_active(context), path, wait=not is_live(self))
        report(self, {"INFO"}, "Writing the notes" if is_live(self) else f"Notes written to {written}")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_accents, LATENT_STRIPS_OT_stems, LATENT_STRIPS_OT_midi_export)
