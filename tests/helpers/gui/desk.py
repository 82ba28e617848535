"""A window whose timeline is prepared by a script, then worked on by clicks."""

from __future__ import annotations

import time

from tests.helpers.gui.window import Window

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
#: What earlier tests left: strips and jobs, markers, keys, scenes, chosen settings, and what buttons were last given.
CLEAR = """
from bl_ext.user_default.latent_strips.operators.blender.jobs import live
for strip in list(strips()):
    strips().remove(strip)
for job in live.queue.unfinished():
    live.queue.cancel(job)
scene.timeline_markers.clear()
scene.animation_data_clear()
scene.frame_current = 1
for other in [other for other in bpy.data.scenes if other != scene]:
    bpy.data.scenes.remove(other)

def unset(group):
    for property in group.bl_rna.properties:
        if property.type == "POINTER" and not property.is_readonly:
            unset(getattr(group, property.identifier))
        elif not property.is_readonly:
            group.property_unset(property.identifier)

scene.latent_strips.property_unset("making")
for kind in scene.latent_strips.bl_rna.properties:
    if kind.type == "POINTER" and kind.identifier != "rna_type":
        unset(getattr(scene.latent_strips, kind.identifier))
for name in dir(bpy.ops.latent_strips):
    if last := bpy.context.window_manager.operator_properties_last("latent_strips." + name):
        unset(last)
"""


class Desk:
    """The window, and the code that prepares its scenes. Each test begins with `prepare`, and so with nothing left."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.opened: set[str] = set()
        footage = window.folder / "footage"
        footage.mkdir()
        self.helpers = SCENE.format(folder=str(footage))

    def prepare(self, code: str) -> None:
        """Put all back as it was when Blender started, and run code that fills the timeline."""
        # A script's changes are no step of their own: without one, undo would take them away, too.
        self.window.python(f"{self.helpers}{CLEAR}{code}\nbpy.ops.ed.undo_push(message='Prepared')")

    def open(self, panel: str) -> None:
        """Leave one panel in the sidebar, and open it by a click on its header."""
        self.check(f"lone({panel!r})")
        if panel not in self.opened:  # Blender remembers which were open
            time.sleep(1)
            x, top, _, _ = self.window.state()["regions"]["UI"]
            self.window.click(x + 60, top + 16)
            self.opened.add(panel)

    def create(self, entry: str) -> None:
        """Leave *Create* alone in the sidebar, for one kind of strips."""
        self.check(f"lone('LATENT_STRIPS_PT_create')\nscene.latent_strips.making = {entry!r}")
        time.sleep(1)

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
        idle = "import importlib, sys\nlive = sys.modules[next(n for n in sys.modules if n.endswith('.jobs.live'))]\n"
        while True:
            try:
                return self.check(idle + "assert not live.queue.unfinished()")
            except AssertionError:
                assert time.monotonic() < end, self.window.log.read_text()[-2000:]
                time.sleep(0.5)
