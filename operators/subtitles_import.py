"""Subtitle files to text strips."""

from __future__ import annotations

from typing import Any

import bpy

from .. import api
from ..models.subtitles import ENCODINGS
from .blender import compat
from .blender.reporting import report, reporting

_ENCODINGS = [("AUTO", "Automatic", "By the byte order mark, or by the text itself")]
_ENCODINGS += [(name, f"{use} ({name.upper().replace('_', '-')})", "") for name, use in ENCODINGS.items()]
FILTER = "*.srt;*.vtt;*.ass;*.ssa;*.sub;*.ttml;*.dfxp;*.xml;*.smi;*.sami;*.txt;*.mpl"


class FileFields:
    """The properties of operators that read a subtitle file."""

    filepath: bpy.props.StringProperty(
        name="File", description="The subtitle file", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: bpy.props.StringProperty(default=FILTER, options={"HIDDEN"})
    encoding: bpy.props.EnumProperty(
        name="Encoding", description="Character encoding of the file", items=_ENCODINGS, default="AUTO"
    )
    offset: bpy.props.IntProperty(
        name="Offset", description="Frames between the scene's start and the file's time 0", default=0
    )
    channel: bpy.props.IntProperty(
        name="Channel", description="First channel for the strips; 0 finds a free one above the others", min=0, max=128
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Return whether strips are made everywhere but in a scene that is linked from another file."""
        if compat.sequencer_scene(context).library:
            cls.poll_message_set("This scene is linked from another file")  # type: ignore[attr-defined]
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the file, unless it was dropped."""
        if self.filepath:
            return self.execute(context)  # type: ignore[attr-defined]
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}


def load(operator: Any, scene: bpy.types.Scene, **style: Any) -> api.Texts:
    """Import the operator's file, with a style or without, and report what became of its cues."""
    encoding = "" if operator.encoding == "AUTO" else operator.encoding
    path = bpy.path.abspath(operator.filepath)
    place = {"encoding": encoding, "offset": operator.offset, "channel": operator.channel}
    found = api.subtitles(scene, path, **place, **style)
    report(operator, {"INFO"}, found.summary)
    return found


class LATENT_STRIPS_OT_subtitles_import(FileFields, bpy.types.Operator):
    """Put the cues of a subtitle file on the timeline as text strips"""

    bl_idname = "latent_strips.subtitles_import"
    bl_label = "Import Subtitles"
    bl_options = {"REGISTER", "UNDO"}

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Import the file in one step."""
        found = load(self, compat.sequencer_scene(context))
        for line in found.remarks:
            report(self, {"WARNING"}, line)
        return {"FINISHED"} if found.names else {"CANCELLED"}


class LATENT_STRIPS_FH_subtitles(bpy.types.FileHandler):
    """Subtitle files that are dropped on the Sequencer become text strips."""

    bl_idname = "LATENT_STRIPS_FH_subtitles"
    bl_label = "Subtitles"
    bl_import_operator = "latent_strips.subtitles_import"
    bl_file_extensions = FILTER.replace("*", "")

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Return whether dropped on the Sequencer."""
        return context.area is not None and context.area.type == "SEQUENCE_EDITOR"


CLASSES = (LATENT_STRIPS_OT_subtitles_import, LATENT_STRIPS_FH_subtitles)
