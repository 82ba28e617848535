"""Text strips to subtitle files."""

from __future__ import annotations

from pathlib import Path

import bpy

from .. import api
from .blender import compat
from .blender.reporting import report, reporting


class LATENT_STRIPS_OT_subtitles_export(bpy.types.Operator):
    """Write the text strips of the scene to a subtitle file, as they are on the timeline now"""

    bl_idname = "latent_strips.subtitles_export"
    bl_label = "Export Subtitles"
    bl_options = {"REGISTER"}

    filepath: bpy.props.StringProperty(
        name="File",
        description="Its ending is the format: .srt, .vtt, .ass or .ssa",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    filter_glob: bpy.props.StringProperty(default="*.srt;*.vtt;*.ass;*.ssa", options={"HIDDEN"})
    selected: bpy.props.BoolProperty(name="Selected Only", description="Leave out strips that are not selected")
    offset: bpy.props.IntProperty(
        name="Offset", description="Frames between the scene's start and the file's time 0", default=0
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There is a text strip."""
        if not any(strip.type == "TEXT" for strip in compat.all_strips(compat.sequencer_scene(context))):
            cls.poll_message_set("This scene has no text strips")
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the file."""
        if not self.filepath:
            self.filepath = str(Path(bpy.data.filepath or "subtitles.blend").with_suffix(".srt"))
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write the file."""
        path = bpy.path.abspath(self.filepath)
        scene = compat.sequencer_scene(context)
        count = api.export_subtitles(scene, path, selected=self.selected, offset=self.offset)
        report(self, {"INFO"}, f"{count} cues written to {path}")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_subtitles_export,)
