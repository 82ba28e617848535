"""Several results to choose from, on channels above each other."""

from __future__ import annotations

import bpy

from .. import api
from .blender.reporting import is_live, reporting
from .blender.timeline.scope import poll, strips_in


class LATENT_STRIPS_OT_variations(bpy.types.Operator):
    """Add other seeds of the active strip above it, muted, to compare and choose from"""

    bl_idname = "latent_strips.variations"
    bl_label = "Variations"
    bl_options = {"REGISTER", "UNDO"}

    count: bpy.props.IntProperty(name="Count", description="Strips to add", default=3, min=1, max=16)
    near: bpy.props.BoolProperty(
        name="More Like This", description="Other takes of the same sound, instead of other seeds"
    )

    poll = classmethod(poll)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add them. Keyframes are not copied: each has the settings of the strip as they are now."""
        ((_, id),) = strips_in(context, "ACTIVE")
        api.variations(api.Strip(id), self.count, near=self.near, wait=not is_live(self))
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_variations,)
