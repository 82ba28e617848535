"""Do strips still show what their recipes say?"""

from __future__ import annotations

import bpy

from .. import api
from .blender.reporting import is_live, report, reporting
from .blender.timeline.scope import poll, scope_property, strips_in


class LATENT_STRIPS_OT_verify(bpy.types.Operator):
    """Look for frames that are missing, damaged or older than the strip's settings"""

    bl_idname = "latent_strips.verify"
    bl_label = "Verify"
    bl_options = {"REGISTER"}

    scope: scope_property("Strips to verify")

    poll = classmethod(poll)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Verify each strip of the scope; a script finds what is wrong in the report."""
        live, fine = is_live(self), True
        for _, id in strips_in(context, self.scope):
            strip = api.Strip(id)
            found = strip.verify(wait=not live)
            if not live:  # else the panel says it, when it is known
                fine &= found.is_up_to_date
                plain = found.is_up_to_date and not found.unfollowed
                report(self, {"INFO" if plain else "WARNING"}, f"{strip.name}: {found}")
        return {"FINISHED"} if fine else {"CANCELLED"}


CLASSES = (LATENT_STRIPS_OT_verify,)
