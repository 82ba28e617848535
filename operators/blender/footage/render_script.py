"""The second Blender, which renders one strip: run by itself, as a script, with the path of a `shot.json`.

See `models.footage.rendered` for whom it works, and `renders` for what it is given. It reads numbers of frames, and
writes pictures: 8 bits, straight alpha, in the colors of the strip's own file.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import bpy

MARK = "latent-strips:"


def _compat() -> Any:
    """Return the package one folder up, by itself: this file is a script here, and not part of a package."""
    spec = importlib.util.spec_from_file_location("compat", Path(__file__).parents[1] / "compat" / "__init__.py")
    assert spec
    assert spec.loader
    module = sys.modules["compat"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _alone(compat: Any, scene: bpy.types.Scene, name: str) -> None:
    """Let the scene show that strip and nothing else, as it is before it is blended with what lies below."""
    for strip in compat.strips(scene):
        strip.mute = strip.name != name
    strip = compat.named(scene, name)
    strip.blend_type = "REPLACE"
    for modifier in strip.modifiers:
        if modifier.type == "MASK":  # often the very mask that is being made
            modifier.mute = True
    for channel in scene.sequence_editor.channels:
        channel.mute = False


def _plain(compat: Any, scene: bpy.types.Scene) -> None:
    """Pictures without anything that is done to the scene's, at full size."""
    render, view = scene.render, scene.view_settings
    render.use_sequencer, render.use_compositing = True, False
    render.use_multiview = render.use_border = render.use_stamp = False
    render.resolution_percentage, render.dither_intensity, render.use_file_extension = 100, 0.0, True
    view.view_transform, view.look, view.exposure, view.gamma = "Standard", "None", 0.0, 1.0
    view.use_curve_mapping = False
    compat.write_png(scene)


def main(path: Path) -> None:
    """Render what standard input asks for, until it ends."""
    shot = json.loads(path.read_text("utf-8"))
    bpy.ops.wm.open_mainfile(filepath=str(path.with_name("shot.blend")), load_ui=False, use_scripts=False)
    compat, scene = _compat(), bpy.data.scenes[shot["scene"]]
    compat.show_everywhere(scene)
    _alone(compat, scene, shot["strip"])
    _plain(compat, scene)
    for line in sys.stdin:
        number = int(line)
        scene.frame_set(shot["first"] + number)
        scene.render.filepath = str(path.with_name(f"{number}.png"))
        try:
            bpy.ops.render.render(write_still=True, scene=scene.name)
        except RuntimeError as error:
            print(f"{MARK} failed {str(error).splitlines()[0]}", flush=True)
            return
        print(f"\n{MARK} frame {number}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[-1]))
