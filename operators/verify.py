"""Do strips still show what their recipes say?"""

from __future__ import annotations

from typing import Any

import bpy

from .blender.jobs import make
from .blender.reporting import is_live, reporting
from .blender.timeline import state, strips
from .blender.timeline.scope import poll, scope_property, strips_in


class LATENT_STRIPS_OT_verify(bpy.types.Operator):
    """Look for frames that are missing, damaged or older than the strip's settings"""

    bl_idname = "latent_strips.verify"
    bl_label = "Verify"
    bl_options = {"REGISTER"}

    scope: scope_property("Strips to verify")

    poll = classmethod(poll)

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Verify each strip of the scope; a script finds what is wrong in the report."""
        live, sound = is_live(self), True
        for scene, id in strips_in(context, self.scope):
            found = strips.found(id)
            strip = found[1]
            job = make.verify(scene, strip, live)
            if live:
                continue
            words = [f"{len(job.missing)} missing", f"{len(job.changed)} changed"]
            words += ["settings have changed"] if state.is_stale(scene, strip) else []
            fine = not job.missing and not job.changed and len(words) == 2
            sound &= fine
            level = "INFO" if fine else "WARNING"
            self.report({level}, f"{job.title}: {'up to date' if fine else ', '.join(words)}")
        return {"FINISHED"} if sound else {"CANCELLED"}


CLASSES = (LATENT_STRIPS_OT_verify,)
