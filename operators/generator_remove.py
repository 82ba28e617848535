"""Delete a generator of the user's own from the library."""

from __future__ import annotations

import bpy

from ..models.library import user
from .blender.preferences import library
from .blender.reporting import report, reporting
from .blender.timeline import recipes, strips


class LATENT_STRIPS_OT_generator_remove(bpy.types.Operator):
    """Delete an imported generator from the library; strips that it made keep their frames"""

    bl_idname = "latent_strips.generator_remove"
    bl_label = "Remove Generator"
    bl_options = {"REGISTER"}

    generator: bpy.props.StringProperty(name="Generator", description="Identifier of the generator")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_confirm(self, event)

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Remove it, and name the strips that used it."""
        entry = user.changeable(library().latest(self.generator))
        users = [strip.name for _, strip in strips.everywhere() if recipes.stored(strip).generator == entry.card.id]
        user.remove(entry)
        text = f"{entry.card.label} is removed"
        if users:
            text += f". {len(users)} strips of this file were made by it and keep their frames: {', '.join(users[:5])}"
        report(self, {"WARNING" if users else "INFO"}, text)
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_generator_remove,)
