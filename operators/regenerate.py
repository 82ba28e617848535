"""Make what strips' settings and keyframes say now."""

from __future__ import annotations

import bpy

from .. import api
from .blender.reporting import is_live, report, reporting
from .blender.timeline.scope import poll, scope_property, strips_in


class LATENT_STRIPS_OT_regenerate(bpy.types.Operator):
    """Make the missing frames, and those that settings or keyframes have changed"""

    bl_idname = "latent_strips.regenerate"
    bl_label = "Regenerate"
    bl_options = {"REGISTER", "UNDO"}

    scope: scope_property("Strips to regenerate")
    fit: bpy.props.BoolProperty(
        name="Fit Length",
        description="Give handles that were drawn out beyond a strip's content frames. What handles hide stays hidden",
        default=True,
    )

    poll = classmethod(poll)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Regenerate each strip of the scope."""
        for _, id in strips_in(context, self.scope):
            strip = api.Strip(id)
            made = strip.regenerate(self.fit, wait=not is_live(self))
            if not is_live(self):
                report(self, {"INFO"}, f"{strip.name}: {made} files made")
            if told := strip.unfollowed:
                report(self, {"WARNING"}, f"{strip.name}: {told}")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_regenerate,)
