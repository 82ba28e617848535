"""What has changed is seen at once, in a preview and a timeline beside each other, without stepping a frame."""

from __future__ import annotations

import time
from pathlib import Path

from tests.helpers.gui.window import Window

PREPARE = """
from bl_ext.user_default import latent_strips
scene = bpy.context.scene
scene.render.resolution_x, scene.render.resolution_y = 320, 180
latent_strips.texture(scene, style="marble", seed=7, length=20, start=1, channel=1)
latent_strips.texture(scene, style="rust", seed=3, length=20, start=11, channel=2)
scene.frame_set(15)
for strip in scene.sequence_editor.strips:
    strip.select = True
for area in bpy.context.window.screen.areas:
    if area.type == "SEQUENCE_EDITOR" and area.spaces.active.view_type == "PREVIEW":
        area.spaces.active.show_overlays = False
        area.spaces.active.show_gizmo = False
"""
PRESS = """
editor = bpy.context.scene.sequence_editor
editor.active_strip = editor.strips["Rust"]
bpy.ops.latent_strips.{}("INVOKE_DEFAULT"{})
"""
IDLE = """
from bl_ext.user_default.latent_strips.operators.blender.jobs import live
assert not live.queue.unfinished()
"""
REFRESH = """
bpy.ops.sequencer.refresh_all()
"""


def idle(window: Window) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            window.python(IDLE)
        except AssertionError:
            assert time.monotonic() < end
            time.sleep(0.2)
        else:
            time.sleep(1)
            return


def test_a_transition_and_a_mask_are_seen_at_once(
    blender_command: list[str], zip_for_window: Path, tmp_path: Path, screenshots: Path
) -> None:
    with Window(blender_command, tmp_path, "Latent Strips", zip_for_window, editing=True) as window:
        window.ready()
        window.python(PREPARE)
        time.sleep(1)
        seen = [window.preview()]
        for operator, more in (("transition_add", ""), ("mask_add", ', generator="keyer", style="bright"')):
            window.python(PRESS.format(operator, more))
            idle(window)
            window.screenshot(screenshots / f"redraw-{operator}.png")
            seen.append(window.preview())
            assert seen[-1] != seen[-2], f"{operator} left the old picture"
            window.python(REFRESH)
            time.sleep(1)
            assert window.preview() == seen[-1], f"{operator} left a picture that Blender draws otherwise"
