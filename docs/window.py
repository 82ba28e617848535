"""Photograph the real panel in a real Blender window for the README: `nox -s window`.

Needs what the tests in a window need (see `tests/gui`): a Blender command in LATENT_STRIPS_BLENDER, Xvfb, xdotool and
ImageMagick. The add-on's button is pressed by the mouse.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.helpers.gui.window import Window, build_for  # noqa: E402

LENGTH = 48
PREPARE = f"""
scene = bpy.context.scene
scene.render.resolution_x, scene.render.resolution_y = 960, 540
scene.frame_end = {LENGTH}
settings = scene.latent_strips.texture
settings.generator = "{{generator}}"
settings.length, settings.style, settings.seed = {LENGTH}, "{{style}}", 7
bpy.context.area.spaces.active.view_type = "SEQUENCER_PREVIEW"
"""
LOOK = """
with bpy.context.temp_override(region=next(r for r in bpy.context.area.regions if r.type == "WINDOW")):
    bpy.ops.sequencer.view_all()
with bpy.context.temp_override(region=next(r for r in bpy.context.area.regions if r.type == "PREVIEW")):
    bpy.ops.sequencer.view_all_preview()
"""


def main() -> None:
    """Write `docs/pictures/panel.png`."""
    command = shlex.split(os.environ["LATENT_STRIPS_BLENDER"])
    zip_file = build_for(command, ROOT)
    with tempfile.TemporaryDirectory() as folder, Window(command, Path(folder), "Latent Strips", zip_file) as window:
        window.ready()
        shots = (("latent_materials", "slate", LENGTH), ("grown_elements", "lava", LENGTH + LENGTH // 2))
        for generator, style, wait_for in shots:
            window.python(PREPARE.format(generator=generator, style=style))
            window.press("latent_strips.texture_add")
            while len(window.frames()) < wait_for:
                time.sleep(0.1)
            window.python(LOOK)
        time.sleep(1)
        window.screenshot(ROOT / "docs" / "pictures" / "panel.png")


if __name__ == "__main__":
    main()
