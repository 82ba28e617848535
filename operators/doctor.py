"""Is everything there that strips are made with?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import bpy

from .. import api
from ..models.doctor import ACTIONS
from ..models.library import parts, user
from .blender.jobs import live
from .blender.library import doctor
from .blender.preferences import frames_root, library, preferences, user_folder
from .blender.reporting import report, reporting


class LATENT_STRIPS_OT_doctor(bpy.types.Operator):
    """Check the installation"""

    bl_idname = "latent_strips.doctor"
    bl_label = "Doctor"
    bl_description = (
        "Check the installation: libraries and their versions, generators, folders, free space. Each problem is "
        "reported with what to do, and a button that does it"
    )
    bl_options = {"REGISTER"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Run the checks and report what was found; the preferences keep it."""
        found = api.doctor()
        for finding in found:
            if finding.state != "fine":
                fix = f". {finding.fix}" if finding.fix else ""
                report(self, {"WARNING"}, f"{finding.name}: {finding.text}{fix}")
        bad = sum(finding.state == "error" for finding in found)
        if not bad:
            report(self, {"INFO"}, f"{len(found)} checks, nothing is broken")
        return {"CANCELLED"} if bad else {"FINISHED"}


def _folder(_target: str) -> str:
    """Frames go where they can be written: where they usually are, else to the extension's own folder."""
    chosen = preferences()
    chosen.folder = ""
    if not _can_write(frames_root()):
        chosen.folder = str(user_folder("frames"))
    return f"Frames are made in {frames_root()} from now on"


def _can_write(folder: Path) -> bool:
    near = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=near, prefix=".latent-strips-"):
            return True
    except OSError:
        return False


def _clean(_target: str) -> str:
    removed, freed = api.remove_unused()
    return f"Removed the frames of {removed} unused strips, {freed / 1e6:.1f} MB"


def _show(section: str, words: str) -> str:
    if not bpy.app.background:
        bpy.ops.screen.userpref_show(section=section)
    return words


def _provider(_target: str) -> str:
    preferences().provider = "auto"
    live.stop()  # the worker that runs was started with the other one
    return "A trial chooses what computes"


def _release(target: str) -> str:
    entry = library().latest(target)
    user.release(entry)
    return f"{entry.card.label} may be run again"


def _discard(target: str) -> str:
    user.discard(user_folder("generators"), target)
    return f"{target} is removed"


def _tidy(_target: str) -> str:
    return f"{parts.tidy(user_folder('generators'))} parts of files are removed"


def _copy(target: str) -> str:
    bpy.context.window_manager.clipboard = target
    return f"Copied: {target}"


#: Label, icon, and what it does, of each action of a finding.
FIXES: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "folder": ("Use Another Folder", "FILE_FOLDER", _folder),
    "clean": ("Remove Unused Frames", "TRASH", _clean),
    "extensions": (
        "Show Extensions", "PREFERENCES",
        lambda _: _show("EXTENSIONS", "Uninstall Latent Strips in Preferences › Get Extensions, and install it again"),
    ),
    "addons": (
        "Show Add-ons", "PREFERENCES",
        lambda _: _show("ADDONS", "Disable the other add-on in Preferences › Add-ons, and start Blender again"),
    ),
    "provider": ("Choose Automatically", "FILE_REFRESH", _provider),
    "release": ("Release", "UNLOCKED", _release),
    "discard": ("Remove File", "TRASH", _discard),
    "tidy": ("Remove Leftovers", "TRASH", _tidy),
    "copy": ("Copy", "COPYDOWN", _copy),
}  # fmt: skip


_ITEMS = [(name, FIXES[name][0], "") for name in ACTIONS]


class LATENT_STRIPS_OT_doctor_fix(bpy.types.Operator):
    """Do what the doctor advises, and check again"""

    bl_idname = "latent_strips.doctor_fix"
    bl_label = "Fix"
    bl_options = {"REGISTER"}

    action: bpy.props.EnumProperty(name="Action", description="What to do", items=_ITEMS)
    target: bpy.props.StringProperty(name="Target", description="Which generator or file it is done to")

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first where files are deleted."""
        if self.action in ("clean", "discard", "tidy"):
            return context.window_manager.invoke_confirm(self, event)
        return self.execute(context)

    @reporting
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Do it. What the checks found is looked at again where something was changed."""
        told = FIXES[self.action][2](self.target)
        if self.action not in ("copy", "extensions", "addons"):
            doctor.run()
        report(self, {"INFO"}, told)
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_doctor, LATENT_STRIPS_OT_doctor_fix)
