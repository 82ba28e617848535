"""Subtitle files to text strips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..models.subtitles import ENCODINGS, Summary
from .blender import compat
from .blender.reporting import reporting
from .blender.text import cues

_ENCODINGS = [("AUTO", "Automatic", "By the byte order mark, or by what the letters say")]
_ENCODINGS += [(name, name.upper().replace("_", "-"), "") for name in ENCODINGS]
FILTER = "*.srt;*.vtt;*.ass;*.ssa;*.sub;*.ttml;*.xml;*.smi;*.sami;*.txt;*.mpl"


class FileFields:
    """The properties of operators that read a subtitle file."""

    filepath: bpy.props.StringProperty(name="File", description="The subtitle file", subtype="FILE_PATH")
    filter_glob: bpy.props.StringProperty(default=FILTER, options={"HIDDEN"})
    encoding: bpy.props.EnumProperty(
        name="Encoding", description="How the file's bytes are letters", items=_ENCODINGS, default="AUTO"
    )
    offset: bpy.props.IntProperty(
        name="Offset", description="Frames between the scene's start and the file's time 0", default=0
    )
    channel: bpy.props.IntProperty(
        name="Channel", description="First channel for the strips; 0 finds a free one above the others", min=0, max=128
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Strips are made everywhere but in a scene that is linked from another file."""
        if compat.sequencer_scene(context).library:
            cls.poll_message_set("This scene is linked from another file")  # type: ignore[attr-defined]
            return False
        return True

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Ask for the file."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}


def load(operator: Any, scene: Any) -> list[str]:
    """Import the operator's file, report what became of its cues, and return the names of the new strips."""
    encoding = "" if operator.encoding == "AUTO" else operator.encoding
    path = Path(bpy.path.abspath(operator.filepath))
    names, summary = cues.load(scene, path, encoding, operator.offset, operator.channel)
    tell(operator, summary)
    return names


def tell(operator: Any, summary: Summary) -> None:
    """Report a summary, line by line."""
    headline, *rest = summary.lines()
    for line in rest:
        operator.report({"WARNING"}, line)
    operator.report({"INFO"}, headline)


class LATENT_STRIPS_OT_subtitles_import(FileFields, bpy.types.Operator):
    """Put the cues of a subtitle file on the timeline as text strips"""

    bl_idname = "latent_strips.subtitles_import"
    bl_label = "Import subtitles"
    bl_options = {"REGISTER", "UNDO"}

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Import the file in one step."""
        scene = compat.sequencer_scene(context)
        compat.show(context, scene)
        return {"FINISHED"} if load(self, scene) else {"CANCELLED"}


CLASSES = (LATENT_STRIPS_OT_subtitles_import,)
