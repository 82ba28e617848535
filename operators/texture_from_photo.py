"""A texture of one's own: a photograph becomes a generator that tiles, loops and evolves."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..models.errors import MediaError
from .blender.library import imports
from .blender.reporting import is_live, report, reporting


class LATENT_STRIPS_OT_texture_from_photo(bpy.types.Operator):
    """Make a texture generator of a photograph"""

    bl_idname = "latent_strips.texture_from_photo"
    bl_label = "Texture from Photo"
    bl_description = (
        "Make a texture generator of a photograph of a material, in seconds. It tiles, loops and evolves like all "
        "others, and is stored in your library"
    )
    bl_options = {"REGISTER"}

    filepath: bpy.props.StringProperty(
        name="File", description="The photograph", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_image: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_folder: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    label: bpy.props.StringProperty(
        name="Name", description="What the generator is called in menus. Empty: after its file", options={"SKIP_SAVE"}
    )
    credit: bpy.props.StringProperty(
        name="Credit", description="Whose picture it is, and under which license", options={"SKIP_SAVE"}
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Take the file that is given, else let the file browser ask for it."""
        if self.filepath:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw what the file browser shows at its side."""
        self.layout.use_property_split = True
        self.layout.prop(self, "label")
        self.layout.prop(self, "credit")

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Make it: live for a person, complete for a script."""
        if not self.filepath:
            raise MediaError("No picture was named. Choose an image file.")
        path = Path(bpy.path.abspath(self.filepath))
        job = imports.develop(context, path, self.label, self.credit, is_live(self))
        if job.event:
            report(self, {"INFO"}, imports.summary(job.event))
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_texture_from_photo,)
