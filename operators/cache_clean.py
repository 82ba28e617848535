"""Remove frames that nothing uses."""

from __future__ import annotations

import bpy

from .. import api
from .blender.reporting import report, reporting


class LATENT_STRIPS_OT_cache_clean(bpy.types.Operator):
    """Delete generated frames that only this file has used and no longer uses; they can be regenerated"""

    bl_idname = "latent_strips.cache_clean"
    bl_label = "Remove Unused Frames"
    bl_options = {"REGISTER"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first: other files may share the folder."""
        return context.window_manager.invoke_confirm(self, event)

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Remove the folders of recipes that were this file's alone, and that no strip, image or job of it uses."""
        removed, freed = api.remove_unused()
        report(self, {"INFO"}, f"Removed the frames of {removed} unused strips, {freed / 1e6:.1f} MB")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_cache_clean,)
