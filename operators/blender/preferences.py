"""The extension's preferences, and the folders that follow from them."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import bpy

from ...models.library.catalog import SHIPPED, Library

#: `bl_ext.<repository>.latent_strips`: preferences and user folders go by this name.
ROOT = __package__.removesuffix(".operators.blender")
_PROVIDERS = [
    ("auto", "Automatic", "What a short trial finds to be fastest, if it draws the same picture as the processor"),
    ("cpu", "Processor", "Runs everywhere"),
]
if sys.platform == "darwin":
    _PROVIDERS.append(("coreml", "Core ML", "Apple's neural engine and graphics"))


class LatentStripsPreferences(bpy.types.AddonPreferences):
    """Where frames go, how much they may take, and what makes them."""

    bl_idname = ROOT

    folder: bpy.props.StringProperty(
        name="Frames folder",
        description="Folder for all generated frames. Empty: beside each .blend file",
        subtype="DIR_PATH",
    )
    cap: bpy.props.FloatProperty(
        name="Size limit",
        description="Gigabytes that a frames folder may hold before what no strip uses is removed, oldest first; "
        "0 is no limit",
        default=20.0,
        min=0.0,
        soft_max=500.0,
        precision=1,
    )
    threads: bpy.props.IntProperty(
        name="Threads", description="Processor threads used to make frames; 0 is all of them", min=0, max=256
    )
    provider: bpy.props.EnumProperty(name="Compute with", description="What runs the networks", items=_PROVIDERS)

    memory: bpy.props.FloatProperty(
        name="Memory limit",
        description="Gigabytes that a generator of your own may take; what needs more is stopped",
        default=4.0,
        min=0.25,
        soft_max=64.0,
        precision=1,
    )
    patience: bpy.props.FloatProperty(
        name="Time limit",
        description="Seconds that a generator of your own may take for a frame; what takes longer is stopped",
        default=60.0,
        min=1.0,
        soft_max=600.0,
        precision=0,
    )

    def draw(self, _context: Any) -> None:
        """Draw the preferences' panel."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "folder")
        layout.prop(self, "cap", text="Size limit (GB)")
        layout.prop(self, "threads")
        layout.prop(self, "provider")
        column = layout.column(heading="Own generators", align=True)
        column.prop(self, "memory", text="Memory limit (GB)")
        column.prop(self, "patience", text="Time limit (s)")
        row = layout.row(align=True)
        row.operator("latent_strips.generator_import", icon="IMPORT")
        row.operator("latent_strips.doctor", icon="HEART")


def preferences() -> Any:
    """The preferences that hold now."""
    return bpy.context.preferences.addons[ROOT].preferences


@cache
def user_folder(name: str) -> Path:
    """A folder of the extension's own, which updates leave alone."""
    return Path(bpy.utils.extension_path_user(ROOT, path=name, create=True))


def font_folders() -> list[Path]:
    """Where fonts are looked for: Blender's own, and the folder that fonts of text strips are copied to."""
    return [Path(bpy.utils.system_resource("DATAFILES", path="fonts")), user_folder("fonts")]


def library() -> Library:
    """The generators at hand: those that ship, and those in the user's own folder."""
    return Library((SHIPPED, user_folder("generators")))


def frames_root() -> Path:
    """Where this file's frames are made: the preferred folder, else beside the .blend, else a folder of the user."""
    if chosen := preferences().folder:
        return Path(bpy.path.abspath(chosen))
    if bpy.data.filepath:
        blend = Path(bpy.data.filepath)
        return blend.parent / "latent_strips" / blend.stem
    return user_folder("frames")


def is_ours(root: Path) -> bool:
    """Whether `root` is a folder that frames of this file may be written to, whatever name the file had then."""
    beside = Path(bpy.data.filepath).parent / "latent_strips" if bpy.data.filepath else None
    return root in (frames_root(), user_folder("frames")) or (beside is not None and root.parent == beside)
