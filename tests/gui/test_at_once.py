"""A new strip shows its quick look at once, after undo and redo too, and then its frames; nothing flashes red."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from tests.helpers.gui.window import Window

PREPARE = """
scene = bpy.context.scene
scene.render.resolution_x, scene.render.resolution_y = 320, 180
settings = scene.latent_strips.texture
settings.generator = "latent_materials"
settings.style, settings.length_from, settings.length = "gold", "frames", 8
scene.view_settings.view_transform = "Standard"
for area in bpy.context.window.screen.areas:
    if area.type == "SEQUENCE_EDITOR" and area.spaces.active.view_type == "PREVIEW":
        area.spaces.active.show_overlays = False
        area.spaces.active.show_gizmo = False
"""
SEEN = """
from bl_ext.user_default.latent_strips.operators.blender.look import looks
from bl_ext.user_default.latent_strips.operators.blender.jobs import live
assert {looks} and not looks.create.problem, looks.create.problem
assert not live.queue.is_asked
"""
PID = """
from pathlib import Path
from bl_ext.user_default.latent_strips.operators.blender.jobs import live
Path({file!r}).write_text(str(live.queue.pid))
"""
CLICK = """
bpy.ops.ed.undo_push(message="before")
bpy.ops.latent_strips.texture_add("INVOKE_DEFAULT")
bpy.ops.ed.undo_push(message="Add Texture")
"""
REGENERATE = """
bpy.ops.latent_strips.regenerate("INVOKE_DEFAULT")
"""
IDLE = """
from bl_ext.user_default.latent_strips.operators.blender.jobs import live
assert not live.queue.unfinished()
"""
SEEDS = """
bpy.ops.latent_strips.variations("INVOKE_DEFAULT")
"""


def until(window: Window, code: str) -> None:
    end = time.monotonic() + 90
    while True:
        try:
            window.python(code)
        except AssertionError:
            assert time.monotonic() < end, code
            time.sleep(0.3)
        else:
            return


def color(window: Window) -> np.ndarray:
    """The mean color of the middle of the preview, 0…255."""
    width, height = window.state()["preview"][2:]
    shown = np.frombuffer(window.preview(), np.uint8).reshape(height, width, 3)
    return shown[height // 3 : -height // 3, width // 3 : -width // 3].mean(axis=(0, 1))


def test_the_quick_look_is_on_the_strip_before_its_first_frame(
    blender_command: list[str], zip_for_window: Path, tmp_path: Path, screenshots: Path
) -> None:
    with Window(blender_command, tmp_path, "Latent Strips", zip_for_window, editing=True) as window:
        window.ready()
        window.python(PREPARE)
        empty = color(window)
        until(window, SEEN.format(looks="looks.create.picture"))
        window.screenshot(screenshots / "quick-look.png")
        window.python(PID.format(file=str(tmp_path / "pid")))
        worker = int((tmp_path / "pid").read_text())
        os.kill(worker, signal.SIGSTOP)  # no frame can be made from here on
        window.python(CLICK)
        window.wait(lambda state: len(state["strips"]) == 1, "the strip is on the timeline", 10)
        time.sleep(1)
        window.screenshot(screenshots / "at-once.png")
        seen = color(window)
        assert not window.frames()
        assert seen[0] > seen[2] + 20, "gold is yellow, and what is missing isn't"
        assert np.abs(seen - empty).max() > 20
        x, y, width, height = window.state()["regions"]["WINDOW"]
        window.xdotool("mousemove", x + width // 2, y + height // 2)
        for key, count in (("ctrl+z", 0), ("ctrl+shift+z", 1)):
            window.key(key)
            window.wait(lambda state, count=count: len(state["strips"]) == count, f"{key} was done", 10)
        time.sleep(1)
        assert np.abs(color(window) - seen).max() < 3
        os.kill(worker, signal.SIGCONT)
        window.python(REGENERATE)  # undo has canceled the job
        until(window, IDLE)
        time.sleep(1)
        assert window.frames()
        assert np.abs(color(window) - seen).max() < 25
        window.python(SEEDS)
        until(window, SEEN.format(looks="all(look.picture for look in looks.seeds)"))
        time.sleep(1)
        window.screenshot(screenshots / "seeds.png")
