"""Remake the strips of frames in `docs/mattes.md`, rendered by Blender: `python docs/matte_frames.py [FOOTAGE]`.

Needs a Python that has `bpy`. Nothing but the pictures is written, no settings of yours are touched. FOOTAGE is
`car-detection.mp4` of Intel's sample videos (github.com/intel-iot-devkit/sample-videos, CC BY 4.0); without it, the
picture of filmed footage stays as it is.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = tempfile.TemporaryDirectory(prefix="latent-strips-docs-")
os.environ["BLENDER_USER_RESOURCES"] = FOLDER.name  # before bpy is imported
_extensions = Path(FOLDER.name, "extensions", "user_default")
_extensions.mkdir(parents=True)
(_extensions / "latent_strips").symlink_to(ROOT, target_is_directory=True)

import bpy  # noqa: E402, I001
import addon_utils  # noqa: E402
import numpy as np  # noqa: E402

HANDLES = {"left": "frame_final_start", "right": "frame_final_end"}  # up to Blender 4.5
SIZE, LENGTH, GAP = (320, 180), 24, 4  # px, frames, px


def strips() -> Any:
    """The strips on the timeline."""
    editor = bpy.context.scene.sequence_editor
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def select(*names: str) -> None:
    """Select strips, the first of them active."""
    for strip in strips():
        strip.select = strip.name in names
    bpy.context.scene.sequence_editor.active_strip = strips()[names[0]]


def frame(number: int) -> np.ndarray:
    """What Blender renders at a frame, `[H,W,3]` in 0…1, with a rim."""
    scene = bpy.context.scene
    scene.frame_set(number)
    scene.render.filepath = str(Path(FOLDER.name, "frame.png"))
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.array(image.pixels[:]).reshape(image.size[1], image.size[0], -1)[::-1, :, :3]
    bpy.data.images.remove(image)
    return np.pad(pixels, ((0, GAP), (0, GAP), (0, 0)), constant_values=1)


def row(frames: list[int]) -> np.ndarray:
    """Some frames side by side."""
    return np.concatenate([frame(number) for number in frames], axis=1)


def texture(style: str, start: int, channel: int, **settings: Any) -> str:
    """A texture strip; its name."""
    bpy.ops.latent_strips.texture_add(style=style, length=LENGTH, frame_start=start, channel=channel, **settings)
    return str(bpy.context.scene.sequence_editor.active_strip.name)


def transition() -> np.ndarray:
    """Wood burns away over clouds."""
    first, second = texture("wood", 1, 1), texture("clouds", 13, 2, seed=3)
    select(first, second)
    bpy.ops.latent_strips.transition_add(
        style="paper", length=12, with_glow=True, growth="direction", led=0.6, scale=1.0
    )
    return row([12, 16, 18, 20, 25])


def footage(path: str) -> list[np.ndarray]:
    """A car as it was filmed; the mask of what moves; and that over clouds."""
    strips().new_movie("Car", path, 2, 201)
    strips()["Car"].transform.scale_x = strips()["Car"].transform.scale_y = SIZE[0] / 768
    for side, place in (("right", 301), ("left", 246)):
        setattr(strips()["Car"], f"{side}_handle" if hasattr(strips()["Car"], "left_handle") else HANDLES[side], place)
    frames = [266, 273, 280, 287, 294]
    rows = [row(frames)]
    bpy.ops.latent_strips.texture_add(style="clouds", length=55, frame_start=246, channel=1)
    select("Car")
    bpy.ops.latent_strips.mask_add(generator="latent_subjects")
    mask = strips()[bpy.context.scene.sequence_editor.active_strip.name]
    mask.mute, strips()["Car"].mute, mask.blend_type = False, True, "REPLACE"
    rows.append(row(frames))
    mask = strips()[mask.name]
    mask.mute, strips()["Car"].mute = True, False
    return [*rows, row(frames)]


def write(name: str, rows: list[np.ndarray]) -> None:
    """A picture of some rows, one below the other."""
    whole = np.concatenate(rows, axis=0)[:-GAP, :-GAP]
    image = bpy.data.images.new(name, whole.shape[1], whole.shape[0])
    image.pixels = np.dstack((whole, np.ones(whole.shape[:2])))[::-1].astype(np.float32).ravel()
    image.filepath_raw, image.file_format = str(ROOT / "docs" / "pictures" / name), "JPEG"
    image.save(quality=88)
    print(image.filepath_raw)


def main() -> None:
    """Write the pictures."""
    assert addon_utils.enable("bl_ext.user_default.latent_strips", default_set=True)
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format, scene.render.image_settings.color_mode = "PNG", "RGB"
    scene.sequence_editor_create()
    bpy.ops.wm.save_as_mainfile(filepath=str(Path(FOLDER.name, "docs.blend")))
    write("transition-frames.jpg", [transition()])
    if sys.argv[1:]:
        write("footage-frames.jpg", footage(sys.argv[1]))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
