"""Bring frames that were made before the file was saved beside it."""

from __future__ import annotations

import bpy

from .. import api
from .blender.reporting import report, reporting
from .blender.timeline import moving


class LATENT_STRIPS_OT_frames_move(bpy.types.Operator):
    """Copy the frames that were made before the file was saved beside it, and let the strips use those"""

    bl_idname = "latent_strips.frames_move"
    bl_label = "Move Frames Beside File"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There is a strip whose frames are elsewhere."""
        if not any(moving.elsewhere()):
            cls.poll_message_set("No frames lie in the user folder, or the file is not saved yet")
            return False
        return True

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Move the frames of all strips."""
        count = api.move_frames()
        report(self, {"INFO"}, f"The frames of {count} strips lie beside the file now")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_frames_move,)
