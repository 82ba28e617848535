"""Remove frames that nothing uses."""

from __future__ import annotations

from typing import Any

import bpy

from ..models import cache
from .blender.jobs import live
from .blender.preferences import frames_root
from .blender.reporting import reporting


class LATENT_STRIPS_OT_cache_clean(bpy.types.Operator):
    """Remove generated frames that no strip of this file uses. They can be made again"""

    bl_idname = "latent_strips.cache_clean"
    bl_label = "Remove unused frames"
    bl_options = {"REGISTER"}

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first: other files may share the folder."""
        return context.window_manager.invoke_confirm(self, event)

    @reporting
    def execute(self, _context: Any) -> set[str]:
        """Remove the folders of all recipes that no strip, image or job of this file uses."""
        removed, freed = cache.clean(frames_root(), live.used_folders())
        self.report({"INFO"}, f"Removed the frames of {removed} unused strips, {freed / 1e6:.1f} MB")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_cache_clean,)
