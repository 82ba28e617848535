"""Mattes over strips, transitions and masks, each with one click, checked by what Blender then renders."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gui.window import Window

TAB = "Latent Strips"
#: Plain strips, and one in which a green square moves; `lone` keeps just one panel.
SCENE = """
import os, sys
import numpy as np

def pictures(name, channel, start, count, draw):
    folder = os.path.join({folder!r}, name)
    os.makedirs(folder, exist_ok=True)
    for n in range(count):
        pixels = np.ones((96, 160, 4), np.float32)
        draw(pixels, n)
        image = bpy.data.images.new("picture", 160, 96)
        image.pixels = pixels.ravel()
        image.filepath_raw, image.file_format = os.path.join(folder, f"{{n:03d}}.png"), "PNG"
        image.save()
        bpy.data.images.remove(image)
    strip = strips().new_image(name, os.path.join(folder, "000.png"), channel, start)
    for n in range(1, count):
        strip.elements.append(f"{{n:03d}}.png")
    strip.right_handle = start + count

def strips():
    return bpy.context.scene.sequence_editor.strips

def plain(rgb):
    def draw(pixels, n):
        pixels[..., :3] = rgb
    return draw

def moving(pixels, n):
    y, x = np.mgrid[:96, :160]
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = x / 160, 0.2, y / 96
    pixels[30:66, 20 + 4 * n : 56 + 4 * n, :3] = 0.05, 0.9, 0.1

def select(*names):
    for strip in strips():
        strip.select = strip.name in names
    bpy.context.scene.sequence_editor.active_strip = strips()[names[0]]

def lone(panel):
    found = [cls for cls in bpy.types.Panel.__subclasses__() if cls.__name__.startswith("LATENT_STRIPS_PT_")]
    for cls in sorted(found, key=lambda cls: not getattr(cls, "bl_parent_id", "")):
        if cls.is_registered:
            bpy.utils.unregister_class(cls)
    cls = next(cls for cls in found if cls.__name__ == panel)
    bpy.utils.register_class(cls)

def share(frame, channel):
    scene = bpy.context.scene
    scene.frame_set(frame)
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = os.path.join({folder!r}, "rendered.png")
    scene.view_settings.view_transform = "Standard"
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.array(image.pixels[:]).reshape(image.size[1], image.size[0], -1)[..., :3]
    bpy.data.images.remove(image)
    return float((pixels[..., channel] > 0.5).mean())

scene = bpy.context.scene
scene.render.resolution_x, scene.render.resolution_y = 160, 96
"""


class Desk:
    """The window, and the code that prepares its scenes."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.opened: set[str] = set()
        self.helpers = SCENE.format(folder=str(window.folder / "footage"))

    def prepare(self, code: str) -> None:
        """Empty the timeline, and run code that fills it again."""
        clear = "for strip in list(strips()): strips().remove(strip)\nscene.frame_current = 1\n"
        # A script's changes are no step of their own: without one, undo would take them away, too.
        self.window.python(f"{self.helpers}{clear}{code}\nbpy.ops.ed.undo_push(message='Prepared')")

    def open(self, panel: str) -> None:
        """Leave one panel in the sidebar, and open it by a click on its header."""
        self.check(f"lone({panel!r})")
        if panel not in self.opened:  # Blender remembers which were open
            time.sleep(1)
            x, top, _, _ = self.window.state()["regions"]["UI"]
            self.window.click(x + 60, top + 16)
            self.opened.add(panel)

    def check(self, code: str) -> None:
        """Run code that asserts something."""
        self.window.python(self.helpers + code)

    def wait_for(self, count: int, seconds: float = 120) -> None:
        """Wait until so many strips are there, and the worker is at rest."""
        try:
            self.window.wait(lambda state: len(state["strips"]) == count, f"{count} strips are there", 30)
        except AssertionError:
            self.window.screenshot(self.window.folder / "missing-strips.png")
            raise
        end = time.monotonic() + seconds
        idle = (
            "import importlib, sys\nlive = sys.modules[next(n for n in sys.modules if n.endswith('.blender.live'))]\n"
        )
        while True:
            try:
                return self.check(idle + "assert not live.queue.unfinished()")
            except AssertionError:
                assert time.monotonic() < end, self.window.log.read_text()[-2000:]
                time.sleep(0.5)


@pytest.fixture(scope="module")
def desk(blender_command: list[str], zip_for_window: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One Blender for the tests of this file."""
    with Window(blender_command, tmp_path_factory.mktemp("gui"), TAB, zip_for_window) as window:
        window.ready()
        yield Desk(window)


def test_a_click_lets_a_strip_be_seen_through_a_matte(desk: Desk, screenshots: Path) -> None:
    desk.prepare(
        "pictures('below', 1, 1, 12, plain((1, 0, 0)))\npictures('above', 2, 1, 12, plain((0, 0, 1)))\n"
        "select('above')\nscene.latent_strips.matte.scale = 0.3"
    )
    desk.open("LATENT_STRIPS_PT_matte")
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
        "select('b', 'a')\nscene.latent_strips.matte.scale = 0.3"
    )
    desk.open("LATENT_STRIPS_PT_matte")
    desk.window.press("latent_strips.transition_add", "with_glow=True")
    desk.wait_for(4)
    desk.window.screenshot(screenshots / "transition.png")
    desk.check("assert (share(8, 2), share(9, 2), share(16, 2)) == (0, 0, 1)\nassert 0.1 < share(12, 2) < 0.9")


def test_a_click_leads_from_one_strip_to_the_next(desk: Desk, screenshots: Path) -> None:
    desk.prepare(
        "pictures('a', 1, 1, 40, plain((1, 0, 0)))\npictures('b', 1, 45, 40, plain((0, 0, 1)))\n"
        "select('a')\nscene.latent_strips.matte.scale = 0.3"
    )
    desk.open("LATENT_STRIPS_PT_matte")
    desk.window.press("latent_strips.transition_add", "hold=True")
    desk.wait_for(3)  # and no light, though the button before asked for it
    desk.window.screenshot(screenshots / "transition-to-next.png")
    desk.check("assert (share(30, 2), share(31, 2), share(54, 2)) == (0, 0, 1)\nassert 0.1 < share(43, 2) < 0.9")


def test_a_click_masks_what_a_strip_shows(desk: Desk, screenshots: Path) -> None:
    desk.prepare("pictures('clip', 1, 1, 16, moving)\nselect('clip')")
    desk.open("LATENT_STRIPS_PT_footage_mask")
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
    desk.open("LATENT_STRIPS_PT_footage_mask")
    desk.window.press("latent_strips.mask_add")
    desk.wait_for(2)
    desk.window.screenshot(screenshots / "mask-of-meta.png")
    desk.check("assert 0.05 < share(5, 1) < 0.12\nassert share(5, 0) == 0")


def test_a_click_shows_a_strip_in_another_look(desk: Desk, screenshots: Path) -> None:
    desk.prepare("pictures('clip', 1, 1, 12, moving)\nselect('clip')\nscene.latent_strips.restyle.style = 'ink'")
    desk.open("LATENT_STRIPS_PT_restyle")
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
    desk.open("LATENT_STRIPS_PT_footage_mask")
    desk.window.press("latent_strips.mask_add")
    desk.wait_for(2)
    desk.window.screenshot(screenshots / "mask-of-3d-scene.png")
    desk.check("assert 0.05 < share(2, 1) < 0.2, share(2, 1)\nassert share(2, 0) == 0, share(2, 0)")
