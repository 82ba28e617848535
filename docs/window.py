"""Photograph the steps of a first film in a real Blender window, in English and Chinese: `nox -s window`.

Needs what the tests in a window need (see `tests/gui`): a Blender command in LATENT_STRIPS_BLENDER, Xvfb, xdotool and
ImageMagick. The add-on's buttons are pressed by the mouse. Words after `--` choose languages: `nox -s window -- en_US`.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.helpers.gui.window import Window, build_for  # noqa: E402

LANGUAGES = ("en_US", "zh_HANS")
FOLDER = ROOT / "docs" / "pictures" / "window"
#: For each language, what the texts on the timeline say.
TITLES = {"en_US": "Midnight", "zh_HANS": "午夜"}
BEGIN = """
view = bpy.context.preferences.view
view.language, view.use_translate_interface = "{language}", True
view.use_translate_new_dataname = False
scene = bpy.context.scene
scene.render.resolution_x, scene.render.resolution_y, scene.frame_end = 640, 360, 60
space = bpy.context.area.spaces.active
space.view_type, space.timeline_overlay.show_strip_source = "SEQUENCER_PREVIEW", False
"""
CHOOSE = """
scene = bpy.context.scene
scene.latent_strips.making = "{making}"
settings = scene.latent_strips.{kind}
for name, value in {settings!r}.items():
    setattr(settings, name, value)
strips = scene.sequence_editor.strips if scene.sequence_editor else []
"""
TITLE = """
strip = strips.new_effect(name="Title", type="TEXT", channel=6, frame_start=1, length=60)
strip.text, strip.font_size, strip.location = "{title}", 84.0, (0.5, 0.5)
for each in strips:
    each.select = each == strip
scene.sequence_editor.active_strip = strip
scene.frame_current = 12
"""
BOTH = """
shown = sorted((each for each in strips if each.type == "IMAGE"), key=lambda each: each.left_handle)
for each in strips:
    each.select = each in shown
scene.sequence_editor.active_strip = shown[-1]
scene.frame_current = 31
"""
LOOK = """
with bpy.context.temp_override(region=next(r for r in bpy.context.area.regions if r.type == "WINDOW")):
    bpy.ops.sequencer.view_all()
with bpy.context.temp_override(region=next(r for r in bpy.context.area.regions if r.type == "PREVIEW")):
    bpy.ops.sequencer.view_all_preview()
"""
IDLE = """
from bl_ext.user_default.latent_strips.operators.blender.jobs import live
assert not live.queue.unfinished()
"""


class Steps:
    """The steps of a film in one window: each chooses a kind, is photographed, presses the button, and again."""

    def __init__(self, window: Window, language: str) -> None:
        self.window, self.language = window, language
        window.ready()
        window.python(BEGIN.format(language=language))

    def texture(self, name: str, start: int, **settings: object) -> None:
        """Choose a texture, and add it at a frame."""
        self.choose("texture", "texture", f"scene.frame_current = {start}", length_from="frames", length=36, **settings)
        if start == 1:
            self.gallery()
        self.press("latent_strips.texture_add")
        self.photograph(name)

    def gallery(self) -> None:
        """Open the gallery, and close it again."""
        x, y = self.window.find_button("latent_strips.gallery")
        self.window.click(x, y)
        time.sleep(6)
        self.window.screenshot(FOLDER / f"gallery-{self.language}.jpg")
        self.window.key("Escape")

    def choose(self, making: str, kind: str, then: str = "", **settings: object) -> None:
        """Choose what is made, as the switch and the settings do."""
        self.window.python(CHOOSE.format(making=making, kind=kind, settings=settings) + then)
        time.sleep(2)

    def press(self, operator: str, having: str = "") -> None:
        """Press a button, and wait until nothing more is made."""
        self.window.press(operator, having)
        time.sleep(2)
        self.window.wait(lambda _: self._is_idle(), "all is made", 300)

    def _is_idle(self) -> bool:
        try:
            self.window.python(IDLE)
        except AssertionError:
            return False
        return True

    def photograph(self, name: str) -> None:
        """Save the window as it is, with all of the timeline in view."""
        self.window.python(LOOK)
        time.sleep(3)
        self.window.screenshot(FOLDER / f"{name}-{self.language}.jpg")


def photograph(command: Sequence[str], zip_file: Path, language: str) -> None:
    """Go through the steps in one language."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Window(list(command), Path(folder), "Latent Strips", zip_file) as window,
    ):
        steps = Steps(window, language)
        steps.texture("1-texture", 1, generator="latent_materials", style="black_marble")
        steps.texture("2-texture", 25, generator="grown_elements", style="nebula")
        steps.choose("transition", "matte", BOTH, style="ink")
        steps.press("latent_strips.transition_add")
        steps.photograph("3-transition")
        steps.choose("text_effect", "text_effect", TITLE.format(title=TITLES[language]), style="gold")
        steps.press("latent_strips.text_style")
        steps.photograph("4-title")
        steps.choose("sound", "sound", "scene.frame_current = 25", style="thunder")
        steps.press("latent_strips.sound_add")
        steps.photograph("5-sound")


def main() -> None:
    """Write `docs/pictures/window`."""
    command = shlex.split(os.environ["LATENT_STRIPS_BLENDER"])
    zip_file = build_for(command, ROOT)
    for language in sys.argv[1:] or LANGUAGES:
        photograph(command, zip_file, language)


if __name__ == "__main__":
    main()
