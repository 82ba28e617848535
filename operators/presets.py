"""Presets: apply, save, rename, remove and reset; export and import of files, which hold settings and no code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..models.errors import PresetError
from ..models.kinds import kinds
from ..models.presets import store
from .blender import compat
from .blender.gallery import target
from .blender.presets import settings
from .blender.presets.folder import folder
from .blender.reporting import report, reporting

_KINDS = [(made.name, made.label, made.description) for made in kinds().values()]
_NAME = "Name of the preset"
_SUFFIX = ".json"


class _OfKind:
    """What operators on the settings of one kind have in common."""

    bl_options = {"UNDO", "INTERNAL"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Return whether settings can be changed: a linked scene's can't."""
        if compat.sequencer_scene(context).library:
            cls.poll_message_set("This scene is linked from another file")  # type: ignore[attr-defined]
            return False
        return True


def _operator(base: type, name: str, label: str, **more: Any) -> Any:
    """Return an operator with a kind, what it is for and a preset's name."""
    fields = {
        "kind": bpy.props.EnumProperty(name="Kind", description="Kind of strip", items=_KINDS),
        "target": bpy.props.EnumProperty(name="For", description="What the settings are for", items=target.ITEMS),
        "preset": bpy.props.StringProperty(name="Name", description=_NAME, options={"SKIP_SAVE"}),
        **more,
    }
    about = {"__annotations__": fields, "__doc__": base.__doc__, "bl_label": label}
    about |= {"bl_idname": f"latent_strips.preset_{name}", "bl_description": base.__doc__}
    return type(f"LATENT_STRIPS_OT_preset_{name}", (base, bpy.types.Operator), about)


class _Named(_OfKind):
    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the name."""
        asked: set[str] = context.window_manager.invoke_props_dialog(self)
        return asked


class _Apply(_OfKind):
    """Use the settings of this preset"""

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set them."""
        options: Any = self
        settings.apply(context, options.kind, options.target, options.preset)
        compat.redraw()
        report(self, {"INFO"}, f"Preset {options.preset}")
        return {"FINISHED"}


class _Save(_Named):
    """Save these settings as a preset"""

    bl_options = {"REGISTER"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the name."""
        self.layout.prop(self, "preset")  # type: ignore[attr-defined]

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write the file."""
        options: Any = self
        one = settings.taken(context, options.kind, options.target, options.preset)
        store.save(folder(), one)
        report(self, {"INFO"}, f"Saved the preset {one.name}")
        return {"FINISHED"}


class _Rename(_Named):
    """Give this preset another name"""

    bl_options = {"REGISTER"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the name, beginning with the present one."""
        options: Any = self
        options.new = options.preset
        return super().invoke(context, event)

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the new name."""
        self.layout.prop(self, "new")  # type: ignore[attr-defined]

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Move the file."""
        options: Any = self
        store.rename(folder(), options.kind, options.preset, options.new)
        return {"FINISHED"}


class _Remove(_OfKind):
    """Remove this preset"""

    bl_options = {"REGISTER"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first: a removed file is gone."""
        asked: set[str] = context.window_manager.invoke_confirm(self, event)
        return asked

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Delete the file."""
        options: Any = self
        store.remove(folder(), options.kind, options.preset)
        return {"FINISHED"}


class _Reset(_OfKind):
    """Set everything but the generator to its default"""

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Reset."""
        options: Any = self
        settings.reset(context, options.kind, options.target)
        compat.redraw()
        return {"FINISHED"}


class _File:
    """What export and import have in common."""

    bl_options = {"REGISTER"}

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the file, unless it was dropped."""
        options: Any = self
        if options.filepath:
            done: set[str] = options.execute(context)
            return done
        options.filepath = "" if isinstance(self, LATENT_STRIPS_OT_preset_import) else f"presets{_SUFFIX}"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}


class LATENT_STRIPS_OT_preset_export(_File, bpy.types.Operator):
    """Write all saved presets to one file, for others"""

    bl_idname = "latent_strips.preset_export"
    bl_label = "Export Presets"

    filepath: bpy.props.StringProperty(
        name="File", description="The file to write", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: bpy.props.StringProperty(
        name="Filter", description="What the file browser shows", default="*.json", options={"HIDDEN"}
    )

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Write the file whole, or not at all."""
        if not self.filepath.strip():
            raise PresetError("No file was named. Give the path of one, such as presets.json.")
        path = Path(bpy.path.abspath(self.filepath))
        path = path if path.suffix.lower() == _SUFFIX else path.with_name(path.name + _SUFFIX)
        found = store.mine(folder())
        store.export(path, found)
        report(self, {"INFO"}, f"{len(found)} presets written to {path}")
        return {"FINISHED"}


class LATENT_STRIPS_OT_preset_import(_File, bpy.types.Operator):
    """Take in the presets of a file. Presets of the same name are replaced"""

    bl_idname = "latent_strips.preset_import"
    bl_label = "Import Presets"

    filepath: bpy.props.StringProperty(
        name="File", description="The file to read", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_glob: bpy.props.StringProperty(
        name="Filter", description="What the file browser shows", default="*.json", options={"HIDDEN"}
    )

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Read all of the file before anything is kept of it."""
        if not self.filepath.strip():
            raise PresetError("No file was named. Give the path of one that was exported.")
        found = store.imported(Path(bpy.path.abspath(self.filepath)))
        for one in found:
            store.save(folder(), one)
        report(self, {"INFO"}, f"Presets imported: {len(found)}")
        return {"FINISHED"}


class LATENT_STRIPS_FH_presets(bpy.types.FileHandler):
    """Files of presets that are dropped on the Sequencer are imported."""

    bl_idname = "LATENT_STRIPS_FH_presets"
    bl_label = "Presets"
    bl_import_operator = "latent_strips.preset_import"
    bl_file_extensions = ".json"

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Return whether dropped on the Sequencer."""
        return context.area is not None and context.area.type == "SEQUENCE_EDITOR"


_NEW = bpy.props.StringProperty(name="New Name", description="New name of the preset", options={"SKIP_SAVE"})

CLASSES = (
    _operator(_Apply, "apply", "Use Preset"),
    _operator(_Save, "save", "Save Preset"),
    _operator(_Rename, "rename", "Rename Preset", new=_NEW),
    _operator(_Remove, "remove", "Remove Preset"),
    _operator(_Reset, "reset", "Reset to Defaults"),
    LATENT_STRIPS_OT_preset_export,
    LATENT_STRIPS_OT_preset_import,
    LATENT_STRIPS_FH_presets,
)
