"""Stop jobs, or take ended ones off the list."""

from __future__ import annotations

import bpy

from .blender.jobs import live
from .blender.text import overlays


class LATENT_STRIPS_OT_cancel(bpy.types.Operator):
    """Stop making frames; those that are made stay"""

    bl_idname = "latent_strips.cancel"
    bl_label = "Cancel"
    bl_options = {"INTERNAL"}

    job: bpy.props.StringProperty(
        name="Job", description="Identity of the job to stop, or to take off the list. Empty: all unfinished ones"
    )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """There is a job."""
        if not live.queue.jobs:
            cls.poll_message_set("Nothing is being made")
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Let the Esc key stop jobs only while there are unfinished ones: it is for others, too."""
        if event.type == "ESC" and not live.queue.unfinished():
            return {"PASS_THROUGH"}
        return self.execute(context)

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Stop one job or all."""
        if not self.job:
            overlays.forget()
        for job in [job for job in live.queue.jobs if self.job in ("", job.id)]:
            if job.unfinished:
                live.queue.cancel(job)
            elif self.job:
                live.queue.dismiss(job)
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_cancel,)
