"""Bring your own generator: any ONNX file, from the file browser, by drag and drop, or from a script."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..models.cards.port import RATES
from .blender.library import imports
from .blender.reporting import is_live, report, reporting


class LATENT_STRIPS_OT_generator_import(bpy.types.Operator):
    """Import a generator"""

    bl_idname = "latent_strips.generator_import"
    bl_label = "Import Generator"
    bl_description = (
        "Import an ONNX file that generates pictures or sounds from a latent vector. It is inspected and "
        "tried in a separate process, and stored in your library"
    )
    bl_options = {"REGISTER"}

    filepath: bpy.props.StringProperty(
        name="File",
        description="The ONNX file, or a folder of which all are imported",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    directory: bpy.props.StringProperty(
        name="Folder",
        description="The folder that the files are in",
        subtype="DIR_PATH",
        options={"HIDDEN", "SKIP_SAVE"},
    )
    files: bpy.props.CollectionProperty(
        name="Files", description="Names of several files in the folder", type=bpy.types.OperatorFileListElement,
        options={"HIDDEN", "SKIP_SAVE"},
    )  # fmt: skip
    filter_glob: bpy.props.StringProperty(
        name="Filter", description="What the file browser shows", default="*.onnx", options={"HIDDEN"}
    )
    label: bpy.props.StringProperty(
        name="Name", description="What the generator is called in menus. Empty: after its file", options={"SKIP_SAVE"}
    )
    control_flow: bpy.props.BoolProperty(
        name="Allow Control Flow",
        description="Take a file with Loop, Scan or If, which may run until the time limit. For files that you trust",
        default=False,
        options={"SKIP_SAVE"},
    )

    rate: bpy.props.IntProperty(
        name="Sample Rate",
        description="Samples a second of a generator of sounds. 0: what its file says, or a guess from its length",
        default=0,
        min=0,
        max=RATES[1],
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Files that were dropped are given; else the file browser asks for them."""
        if self.filepath or self.files:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw what the file browser shows at its side."""
        self.layout.use_property_split = True
        self.layout.prop(self, "label")
        self.layout.prop(self, "rate")
        self.layout.prop(self, "control_flow")

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Import: live for a person, complete for a script."""
        names = [file.name for file in self.files if file.name]
        path = Path(bpy.path.abspath(self.directory if names and self.directory else self.filepath or self.directory))
        paths = imports.files(path, names if self.directory else ())
        label = self.label if len(paths) == 1 else ""
        if is_live(self):
            imports.start(paths, label, self.control_flow, self.rate)
            return {"FINISHED"}
        jobs = imports.run(paths, label, self.control_flow, self.rate)
        imports.choose(context, jobs)
        for job, line in zip(sorted(jobs, key=lambda job: not job.event), imports.outcome(jobs), strict=True):
            report(self, {"INFO"} if job.event else {"WARNING"}, line)
        return {"FINISHED"} if any(job.event for job in jobs) else {"CANCELLED"}


class LATENT_STRIPS_FH_onnx(bpy.types.FileHandler):
    """ONNX files that are dropped on the Sequencer become generators."""

    bl_idname = "LATENT_STRIPS_FH_onnx"
    bl_label = "Generator"
    bl_import_operator = "latent_strips.generator_import"
    bl_file_extensions = ".onnx"

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Return whether dropped on the Sequencer."""
        return context.area is not None and context.area.type == "SEQUENCE_EDITOR"


CLASSES = (LATENT_STRIPS_OT_generator_import, LATENT_STRIPS_FH_onnx)
