"""The panel in the Video Editing workspace: three clicks to a texture, and the same button under the mouse after."""

from __future__ import annotations

import time
from pathlib import Path

from tests.helpers.gui.window import Window

PREPARE = """
scene = bpy.context.scene
scene.render.resolution_x, scene.render.resolution_y = 160, 90
scene.frame_end = 12
scene.latent_strips.texture.scale_by = "pixels"
for channel in range(1, 21):
    scene.sequence_editor.strips.new_effect(name="plain", type="COLOR", channel=channel, frame_start=1, length=12)
for strip in scene.sequence_editor.strips:
    strip.select = False
"""
SEEN = """
strips = [strip for strip in bpy.context.scene.sequence_editor.strips if strip.get("latent_recipe")]
assert [strip.channel for strip in strips] == [21, 22], strips
assert len({strip.latent_seed for strip in strips}) == 2
assert {(strip.left_handle, strip.duration) for strip in strips} == {(1, 12)}
assert {strip.color_tag for strip in strips} == {"COLOR_04"}
areas = [area for area in bpy.context.screen.areas if area.type == "SEQUENCE_EDITOR"]
timeline = next(area for area in areas if area.spaces.active.view_type == "SEQUENCER")
region = next(region for region in timeline.regions if region.type == "WINDOW")
_, top = region.view2d.region_to_view(0, region.height)
assert top >= 23, top
"""


def test_a_click_adds_one_strip_after_another_and_shows_them(
    blender_command: list[str], zip_for_window: Path, tmp_path: Path, screenshots: Path
) -> None:
    with Window(blender_command, tmp_path, "Latent Strips", zip_for_window, editing=True) as window:
        window.ready()
        window.python(PREPARE)
        place = window.find_button("latent_strips.texture_add")
        for count in (21, 22):
            window.click(*place)
            window.wait(lambda state, count=count: len(state["strips"]) == count, "the strip is there", 20)  # type: ignore[misc]
            time.sleep(1)
        window.screenshot(screenshots / "panel.png")
        window.python(SEEN)
