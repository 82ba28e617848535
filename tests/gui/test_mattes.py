"""Mattes over strips, transitions and masks, each with one click, checked by what Blender then renders."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.gui.desk import Desk


def test_a_click_lets_a_strip_be_seen_through_a_matte(desk: Desk, screenshots: Path) -> None:
    desk.prepare(
        "pictures('below', 1, 1, 12, plain((1, 0, 0)))\npictures('above', 2, 1, 12, plain((0, 0, 1)))\n"
        "select('above')\nscene.latent_strips.matte.scale_by, scene.latent_strips.matte.scale = 'pixels', 0.3"
    )
    desk.create("matte")
    desk.window.press("latent_strips.matte_add", "ACTIVE")
    desk.wait_for(3)
    desk.window.screenshot(screenshots / "matte.png")
    desk.check("assert strips()['above'].modifiers[0].input_mask_strip.mute\nassert 0.2 < share(6, 2) < 0.8")
    desk.window.key("ctrl+z")
    desk.window.wait(lambda state: len(state["strips"]) == 2, "one undo took the matte away", 10)
    desk.check("assert not len(strips()['above'].modifiers)")


def test_a_click_makes_a_transition_that_burns(desk: Desk, screenshots: Path) -> None:
    desk.prepare(
        "pictures('a', 1, 1, 16, plain((1, 0, 0)))\npictures('b', 2, 9, 16, plain((0, 0, 1)))\n"
        "select('b', 'a')\nscene.latent_strips.matte.scale_by, scene.latent_strips.matte.scale = 'pixels', 0.3"
    )
    desk.create("transition")
    desk.window.press("latent_strips.transition_add", "with_glow=True", aside=80)
    desk.wait_for(4)
    desk.window.screenshot(screenshots / "transition.png")
    desk.check("assert (share(8, 2), share(9, 2), share(16, 2)) == (0, 0, 1)\nassert 0.1 < share(12, 2) < 0.9")


def test_a_click_leads_from_one_strip_to_the_next(desk: Desk, screenshots: Path) -> None:
    desk.prepare(
        "pictures('a', 1, 1, 40, plain((1, 0, 0)))\npictures('b', 1, 45, 40, plain((0, 0, 1)))\n"
        "select('a')\nscene.latent_strips.matte.scale_by, scene.latent_strips.matte.scale = 'pixels', 0.3"
    )
    desk.create("transition")
    # As the other button leaves it.
    desk.check("bpy.context.window_manager.operator_properties_last('latent_strips.transition_add').with_glow = True")
    desk.window.press("latent_strips.transition_add", "hold=True")
    desk.wait_for(3)  # and no light
    desk.window.screenshot(screenshots / "transition-to-next.png")
    desk.check("assert (share(30, 2), share(31, 2), share(54, 2)) == (0, 0, 1)\nassert 0.1 < share(43, 2) < 0.9")


def test_a_click_masks_what_a_strip_shows(desk: Desk, screenshots: Path) -> None:
    desk.prepare("pictures('clip', 1, 1, 16, moving)\nselect('clip')")
    desk.create("footage_mask")
    desk.check("scene.latent_strips.footage_mask.generator = 'keyer'\nscene.latent_strips.footage_mask.invert = True")
    desk.window.press("latent_strips.mask_add")
    desk.wait_for(2)
    desk.window.screenshot(screenshots / "mask.png")
    desk.check("assert 0.05 < share(8, 1) < 0.12\nassert share(8, 0) == 0")


def test_a_click_masks_a_meta_strip_which_a_second_blender_renders(desk: Desk, screenshots: Path) -> None:
    desk.prepare(
        "pictures('clip', 1, 1, 16, moving)\nmeta = strips().new_meta('both', 2, 1)\n"
        "strips()['clip'].move_to_meta(strips()['both'])\nstrips()['both'].right_handle = 9\nselect('both')\n"
        "scene.latent_strips.footage_mask.generator = 'keyer'\nscene.latent_strips.footage_mask.invert = True"
    )
    desk.create("footage_mask")
    desk.window.press("latent_strips.mask_add")
    desk.wait_for(2)
    desk.window.screenshot(screenshots / "mask-of-meta.png")
    desk.check("assert 0.05 < share(5, 1) < 0.12\nassert share(5, 0) == 0")


def test_a_click_shows_a_strip_in_another_look(desk: Desk, screenshots: Path) -> None:
    desk.prepare("pictures('clip', 1, 1, 12, moving)\nselect('clip')\nscene.latent_strips.restyle.style = 'ink'")
    desk.create("restyle")
    desk.window.press("latent_strips.restyle_add")
    desk.wait_for(2)
    desk.window.screenshot(screenshots / "restyle.png")
    desk.check(
        "assert strips()[-1].name == 'Painted looks: Ink drawing', [strip.name for strip in strips()]\n"
        "red, green = share(8, 0), share(8, 1)\nassert 0.2 < red < 0.9, red\nassert abs(red - green) < 0.01, green"
    )
    desk.window.key("ctrl+z")
    desk.window.wait(lambda state: len(state["strips"]) == 1, "one undo took the look away", 10)


def test_a_click_masks_a_3d_scene_which_needs_a_screen(desk: Desk, screenshots: Path) -> None:
    desk.prepare(
        "other = bpy.data.scenes.new('3D')\nother.frame_end = 3\nother.render.engine = 'BLENDER_WORKBENCH'\n"
        "other.render.resolution_x, other.render.resolution_y = 160, 96\nshading = other.display.shading\n"
        "shading.light, shading.color_type, shading.single_color = 'FLAT', 'SINGLE', (0, 1, 0)\n"
        "other.camera = bpy.data.objects.new('camera', bpy.data.cameras.new('camera'))\n"
        "other.camera.location.z = 5\nmesh = bpy.data.meshes.new('square')\n"
        "mesh.from_pydata([(-1, -0.5, 0), (0, -0.5, 0), (0, 0.5, 0), (-1, 0.5, 0)], [], [(0, 1, 2, 3)])\n"
        "for thing in (other.camera, bpy.data.objects.new('square', mesh)):\n    other.collection.objects.link(thing)\n"
        "strips().new_scene('scene', other, 1, 1)\nselect('scene')\n"
        "scene.latent_strips.footage_mask.generator = 'keyer'\nscene.latent_strips.footage_mask.invert = True"
    )
    desk.create("footage_mask")
    desk.window.press("latent_strips.mask_add")
    desk.wait_for(2)
    desk.window.screenshot(screenshots / "mask-of-3d-scene.png")
    desk.check("assert 0.05 < share(2, 1) < 0.2, share(2, 1)\nassert share(2, 0) == 0, share(2, 0)")
