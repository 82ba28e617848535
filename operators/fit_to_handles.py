"""Let the content of strips begin and end where they do."""

from __future__ import annotations

import bpy

from .. import api
from .blender.reporting import is_live, report, reporting
from .blender.timeline.scope import poll, scope_property, strips_in


class LATENT_STRIPS_OT_fit_to_handles(bpy.types.Operator):
    """Regenerate with as many frames as the strip shows, so that a loop closes and a score ends where the strip ends"""

    bl_idname = "latent_strips.fit_to_handles"
    bl_label = "Fit to Handles"
    bl_options = {"REGISTER", "UNDO"}

    scope: scope_property("Strips to fit")

    poll = classmethod(poll)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Fit each strip of the scope."""
        for _, id in strips_in(context, self.scope):
            strip = api.Strip(id)
            made = strip.fit_to_handles(wait=not is_live(self))
            if not is_live(self):
                report(self, {"INFO"}, f"{strip.name}: {made} files made")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_fit_to_handles,)
