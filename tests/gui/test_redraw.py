"""What has changed is seen at once, in a preview and a timeline beside each other, without stepping a frame."""

from __future__ import annotations

import subprocess
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


USERS = {
    "effect": "effect('Blur', 'GAUSSIAN_BLUR', 2, input1=strips['Marble'])",
    "meta": """
meta = strips.new_meta("Meta", 3, 1)
strips["Marble"].move_to_meta(meta)
meta.right_handle = 21
effect("Blur", "GAUSSIAN_BLUR", 4, input1=meta)
""",
    "adjustment": "effect('Over', 'ADJUSTMENT', 5).modifiers.new('Light', 'BRIGHT_CONTRAST').bright = 20",
    "camera": "effect('Camera', 'MULTICAM', 5).multicam_source = 1",
    "mask": """
modifier = effect("Color", "COLOR", 4).modifiers.new("Mask", "MASK")
modifier.input_mask_type, modifier.input_mask_strip = "STRIP", strips["Marble"]
""",
    "scene": """
other = bpy.data.scenes.new("Other")
other.render.resolution_x, other.render.resolution_y = 320, 180
shown = other.sequence_editor_create().strips.new_scene("Shown", scene, 1, 1)
shown.scene_input = "SEQUENCER"
other.frame_set(5)
for workspace in bpy.data.workspaces:
    workspace.sequencer_scene = other
""",
}
ONE = """
from bl_ext.user_default import latent_strips
scene = bpy.data.scenes[0]
scene.render.resolution_x, scene.render.resolution_y = 320, 180
for workspace in bpy.data.workspaces:
    workspace.sequencer_scene = scene
strips = scene.sequence_editor.strips
while len(strips):
    strips.remove(next((strip for strip in strips if getattr(strip, "input_1", None)), strips[0]))
scene.frame_set(5)
latent_strips.texture(scene, style="marble", seed=7, length=20, start=1, channel=1)

def effect(name, kind, channel, **inputs):
    return strips.new_effect(name=name, type=kind, channel=channel, frame_start=1, length=20, **inputs)

for area in bpy.context.window.screen.areas:
    if area.type == "SEQUENCE_EDITOR" and area.spaces.active.view_type == "PREVIEW":
        area.spaces.active.show_overlays = False
        area.spaces.active.show_gizmo = False
"""
OTHER = """
from bl_ext.user_default import latent_strips
editor = bpy.data.scenes[0].sequence_editor
strip = latent_strips.Strip.of(next(strip for strip in editor.strips_all if strip.get("latent_recipe")))
strip.style = "rust"
strip.regenerate(wait=False)
"""


def test_what_shows_a_strip_that_was_made_again_is_drawn_again(
    blender_command: list[str], zip_for_window: Path, tmp_path: Path, screenshots: Path
) -> None:
    with Window(blender_command, tmp_path, "Latent Strips", zip_for_window, editing=True) as window:
        window.ready()
        for user, code in USERS.items():
            window.python(ONE + code + REFRESH)
            time.sleep(1)
            before = window.preview()
            window.python(OTHER)
            idle(window)
            window.screenshot(screenshots / f"redraw-{user}.png")
            seen = window.preview()
            assert seen != before, f"{user} left the old picture"
            window.python(REFRESH)
            time.sleep(1)
            assert window.preview() == seen, f"{user} left a picture that Blender draws otherwise"


SOUND = """
from bl_ext.user_default import latent_strips
latent_strips.sound(bpy.context.scene, style="rain", length=120, start=1, channel=1, wait=False)
"""


def test_a_new_sound_shows_its_waveform_at_once(
    blender_command: list[str], zip_for_window: Path, tmp_path: Path, screenshots: Path
) -> None:
    with Window(blender_command, tmp_path, "Latent Strips", zip_for_window, editing=True) as window:
        window.ready()
        window.python(SOUND)
        idle(window)
        time.sleep(1)
        x, y, width, height = window.state()["regions"]["WINDOW"]
        picture = window.screenshot(screenshots / "waveform.png")
        window.python("for strip in bpy.context.scene.sequence_editor.strips: strip.show_waveform = False")
        time.sleep(1)
        flat = window.screenshot(tmp_path / "flat.png")
        crop = ["-metric", "AE", "-extract", f"{width}x{height}+{x}+{y}"]
        told = subprocess.run(["compare", *crop, picture, flat, "null:"], capture_output=True, text=True)
        assert float(told.stderr.split()[0]) > 1000, told.stderr  # px
