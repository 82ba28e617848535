"""Let a generator be run again that has brought the worker down."""

from __future__ import annotations

import bpy

from ..models.library import user
from .blender.preferences import library
from .blender.reporting import reporting


class LATENT_STRIPS_OT_generator_release(bpy.types.Operator):
    """Let a generator be run again that has brought the worker down"""

    bl_idname = "latent_strips.generator_release"
    bl_label = "Release"
    bl_options = {"REGISTER"}

    generator: bpy.props.StringProperty(name="Generator", description="Identifier of the generator")

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Take it out of quarantine."""
        user.release(user.changeable(library().latest(self.generator)))
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_generator_release,)
