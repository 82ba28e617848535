"""Is everything there that strips are made with?"""

from __future__ import annotations

from typing import Any

import bpy

from .blender import checks


class LATENT_STRIPS_OT_doctor(bpy.types.Operator):
    """Check the installation."""

    bl_idname = "latent_strips.doctor"
    bl_label = "Doctor"
    bl_description = (
        "Check the installation: libraries and their versions, models, folders, free space. Each problem is told with "
        "what to do"
    )
    bl_options = {"REGISTER"}

    def execute(self, _context: Any) -> set[str]:
        """Run the checks and report what was found; the panel Generators keeps it."""
        found = checks.run()
        for finding in found:
            if finding.state != "fine":
                fix = f". {finding.fix}" if finding.fix else ""
                self.report({"WARNING"}, f"{finding.name}: {finding.text}{fix}")
        bad = sum(finding.state == "error" for finding in found)
        if not bad:
            self.report({"INFO"}, f"{len(found)} checks, nothing is broken")
        return {"CANCELLED"} if bad else {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_doctor,)
