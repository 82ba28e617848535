"""The extension's preferences, and the folders that follow from them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import bpy

from ...models.cache.cleaning import UNSAVED
from ...models.library.catalog import SHIPPED, Glimpse, Library

#: `bl_ext.<repository>.latent_strips`: preferences and user folders go by this name.
ROOT = __package__.removesuffix(".operators.blender")
#: What panels draw below the settings: a function of the layout each.
DRAWN: list[Callable[[bpy.types.UILayout], None]] = []
_PROVIDERS = [
    ("auto", "Automatic", "Fastest device found by a short trial, if it gives the same result as the processor"),
    ("cpu", "Processor", "Runs on every computer"),
]
if sys.platform == "darwin":
    _PROVIDERS.append(("coreml", "Core ML", "Apple Neural Engine and GPU"))


class LatentStripsPreferences(bpy.types.AddonPreferences):
    """Where frames go, how much they may take, and what makes them."""

    bl_idname = ROOT

    folder: bpy.props.StringProperty(
        name="Frames Folder",
        description="Folder for all generated frames. Leave empty to store them beside each .blend file",
        subtype="DIR_PATH",
    )
    cap: bpy.props.FloatProperty(
        name="Size Limit",
        description="Maximum size of the frames folder in GB. The oldest unused frames are deleted "
        "first, 0 disables the limit",
        default=20.0,
        min=0.0,
        soft_max=500.0,
        precision=1,
    )
    threads: bpy.props.IntProperty(
        name="Threads",
        description="Number of processor threads used to generate frames. 0 uses all of them",
        min=0,
        max=256,
    )
    provider: bpy.props.EnumProperty(name="Device", description="Device that runs the networks", items=_PROVIDERS)

    quick_look: bpy.props.BoolProperty(
        name="Quick Look",
        description="Show one frame of what will be generated as settings change",
        default=True,
    )
    memory: bpy.props.FloatProperty(
        name="Memory Limit",
        description="Maximum memory of an imported generator in GB. It is stopped when it needs more",
        default=4.0,
        min=0.25,
        soft_max=64.0,
        precision=1,
    )
    patience: bpy.props.FloatProperty(
        name="Time Limit",
        description="Maximum time of an imported generator per frame in seconds. It is stopped when it takes longer",
        default=60.0,
        min=1.0,
        soft_max=600.0,
        precision=0,
    )

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the preferences' panel."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "folder")
        layout.prop(self, "cap", text="Size Limit (GB)")
        layout.prop(self, "threads")
        layout.prop(self, "provider")
        layout.prop(self, "quick_look")
        column = layout.column(heading="Imported Generators", align=True)
        column.prop(self, "memory", text="Memory Limit (GB)")
        column.prop(self, "patience", text="Time Limit (s)")
        for draw in DRAWN:
            draw(layout)


def preferences() -> Any:
    """Return the preferences that hold now."""
    return bpy.context.preferences.addons[ROOT].preferences


@cache
def user_folder(name: str) -> Path:
    """Return a folder of the extension's own, which updates leave alone."""
    return Path(bpy.utils.extension_path_user(ROOT, path=name, create=True))


def font_folders() -> list[Path]:
    """Where fonts are looked for: Blender's own, and the folder that fonts of text strips are copied to."""
    return [Path(bpy.utils.system_resource("DATAFILES", path="fonts")), user_folder("fonts")]


def library() -> Library:
    """Return the generators at hand: those that ship, and those in the user's own folder."""
    return Library((SHIPPED, user_folder("generators")))


def seen_library() -> Library:
    """Return the generators at hand as menus and panels show them, which ask for them many times at each redraw."""
    return Glimpse((SHIPPED, user_folder("generators")))


def frames_root() -> Path:
    """Where this file's frames are made: the preferred folder, else beside the .blend, else a folder of the user."""
    if chosen := preferences().folder:
        return Path(bpy.path.abspath(chosen))
    if bpy.data.filepath:
        blend = Path(bpy.data.filepath)
        return blend.parent / "latent_strips" / blend.stem
    return user_folder("frames")


def project() -> str:
    """Return what this file's frames are noted as used by: its path, or this session while it has none."""
    return bpy.data.filepath or f"{UNSAVED}{os.getpid()}"


def is_ours(root: Path) -> bool:
    """Whether `root` is a folder that frames of this file may be written to, whatever name the file had then."""
    beside = Path(bpy.data.filepath).parent / "latent_strips" if bpy.data.filepath else None
    return root in (frames_root(), user_folder("frames")) or (beside is not None and root.parent == beside)
