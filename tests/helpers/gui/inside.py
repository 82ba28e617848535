"""Runs inside the Blender whose window is tested: `blender --python inside.py -- FOLDER TAB [ZIP]`.

It installs the extension as a user would, lays the window out, and from then on tells the test what Blender sees. All
goes through files in FOLDER: `state.json`, written here about ten times a second, and `request.py`, code that a test
wants run to prepare a scene. What is tested itself is only ever clicked or typed.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import bpy

FOLDER, TAB, *ZIP = sys.argv[sys.argv.index("--") + 1 :]
STATE = Path(FOLDER, "state.json")
REQUEST = Path(FOLDER, "request.py")
INTERVAL = 0.1  # s
seen: dict[str, Any] = {"ready": False, "error": "", "answered": 0, "ticks": 0, "longest_pause": 0.0}
last_tick = time.monotonic()


def prepare() -> None:
    """Install the extension, and fill the window with a Sequencer that shows the sidebar."""
    preferences = bpy.context.preferences
    preferences.view.show_splash = False
    preferences.use_preferences_save = False
    if ZIP:
        bpy.ops.extensions.package_install_files(filepath=ZIP[0], repo="user_default", enable_on_install=True)
    scene = bpy.context.scene
    scene.sequence_editor_create()
    for workspace in bpy.data.workspaces:
        if hasattr(workspace, "sequencer_scene"):  # Blender 5.0 and later
            workspace.sequencer_scene = scene
    window = bpy.context.window_manager.windows[0]
    if editors(window):  # the Video Editing template has a preview and a timeline already
        timeline(window).spaces.active.show_region_ui = True
        return
    area = max(window.screen.areas, key=lambda area: area.width * area.height)
    area.ui_type = "SEQUENCE_EDITOR"
    area.spaces.active.show_region_ui = True
    with bpy.context.temp_override(window=window, area=area):
        bpy.ops.screen.screen_full_area()


def editors(window: Any) -> list[Any]:
    """Return the Sequencers of the window."""
    return [area for area in window.screen.areas if area.type == "SEQUENCE_EDITOR"]


def timeline(window: Any) -> Any:
    """Return the Sequencer that shows strips."""
    found = editors(window)
    return next((area for area in found if area.spaces.active.view_type == "SEQUENCER"), found[0])


def preview(window: Any) -> list[int]:
    """Return the place of the preview on the screen (x, y, width, height), empty where there is none of its own."""
    for area in editors(window):
        if area.spaces.active.view_type == "PREVIEW":
            region = next(region for region in area.regions if region.type == "PREVIEW")
            return [region.x, window.height - region.y - region.height, region.width, region.height]
    return []


def sequencer() -> tuple[Any, Any, Any]:
    """Return the window, its Sequencer and the sidebar's region."""
    window = bpy.context.window_manager.windows[0]
    area = timeline(window)
    return window, area, next(region for region in area.regions if region.type == "UI")


def tick() -> float:
    """Run what the test asks for and write what there is to see."""
    global last_tick
    window, area, sidebar = sequencer()
    with bpy.context.temp_override(window=window, area=area, region=sidebar):
        if REQUEST.exists():
            answer()
        if sidebar.width > 1 and sidebar.active_panel_category != TAB:
            show_tab(sidebar)
        now = time.monotonic()
        seen["longest_pause"] = max(seen["longest_pause"], now - last_tick - INTERVAL)
        seen["ready"] = sidebar.active_panel_category == TAB
        seen["hovered"] = hovered()
        seen["modal"] = [operator.bl_idname for operator in window.modal_operators]
        seen["regions"] = {r.type: [r.x, window.height - r.y - r.height, r.width, r.height] for r in area.regions}
        seen["strips"] = strips()
        seen["preview"] = preview(window)
    seen["ticks"] += 1
    partial = STATE.with_suffix(".part")
    partial.write_text(json.dumps(seen))
    os.replace(partial, STATE)
    last_tick = time.monotonic()
    return INTERVAL


def answer() -> None:
    """Run the code in the request."""
    code = REQUEST.read_text()
    REQUEST.unlink()
    try:
        exec(compile(code, str(REQUEST), "exec"), {"bpy": bpy})  # noqa: S102 - the test's own code
        seen["error"] = ""
    except Exception:  # noqa: BLE001 - whatever it is, the test shows it
        seen["error"] = traceback.format_exc()
    seen["answered"] += 1
    seen["longest_pause"] = 0.0


def show_tab(sidebar: Any) -> None:
    """Choose the tab, which exists only once the sidebar was drawn with a panel in it."""
    try:
        sidebar.active_panel_category = TAB
    except (AttributeError, TypeError):
        return
    sidebar.tag_redraw()


def hovered() -> str:
    """Return the Python call of the operator button under the mouse, which is how a test finds a button by name."""
    if not bpy.ops.ui.copy_python_command_button.poll():
        return ""
    bpy.context.window_manager.clipboard = ""
    bpy.ops.ui.copy_python_command_button()
    return str(bpy.context.window_manager.clipboard)


def strips() -> list[dict[str, Any]]:
    """Return the scene's strips."""
    editor = bpy.context.scene.sequence_editor
    found = (editor.strips if hasattr(editor, "strips") else editor.sequences) if editor else []
    keys = ("name", "type", "channel", "frame_final_start", "frame_final_duration")
    return [{key: getattr(strip, key) for key in keys} for strip in found]


prepare()
bpy.app.timers.register(tick, first_interval=1.0, persistent=True)
