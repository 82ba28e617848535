"""Write a generator's card to a file."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..models.library import user
from .blender.preferences import library
from .blender.reporting import report, reporting, reporting_invoke


class LATENT_STRIPS_OT_generator_export_card(bpy.types.Operator):
    """Write a generator's card to a file, for whoever has the same network"""

    bl_idname = "latent_strips.generator_export_card"
    bl_label = "Export Card"
    bl_options = {"REGISTER"}

    generator: bpy.props.StringProperty(name="Generator", description="Identifier of the generator", options={"HIDDEN"})
    filepath: bpy.props.StringProperty(
        name="File", description="Where to write the card", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )

    @reporting_invoke
    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask where."""
        self.filepath = f"{library().latest(self.generator).card.id}.json"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Write it."""
        entry = library().latest(self.generator)
        user.write(Path(bpy.path.abspath(self.filepath)), user.exported(entry))
        report(self, {"INFO"}, f"The card of {entry.card.label} is written")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_generator_export_card,)
