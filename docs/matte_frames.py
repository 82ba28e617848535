"""Remake the strips of frames in `docs/mattes.md`, rendered by Blender: `python docs/matte_frames.py`.

Needs a Python that has `bpy`. Nothing but the pictures is written, no settings of yours are touched.
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


def mask() -> list[np.ndarray]:
    """A meta strip of clouds, rendered by a second Blender; what is not blue in it; and that over lava."""
    inner = strips()[texture("clouds", 101, 2, seed=3, speed=2.0)]
    meta = strips().new_meta("Sky", 3, 101)
    inner.move_to_meta(meta)
    end = "right_handle" if hasattr(meta, "right_handle") else "frame_final_end"
    setattr(strips()["Sky"], end, 101 + LENGTH)
    frames = [101, 106, 111, 116, 121]
    rows = [row(frames)]
    texture("lava", 101, 1)
    select("Sky")
    bpy.ops.latent_strips.mask_add(style="blue_screen", feather=1.0)
    mask = strips()[bpy.context.scene.sequence_editor.active_strip.name]
    mask.mute, strips()["Sky"].mute, mask.blend_type = False, True, "REPLACE"
    rows.append(row(frames))
    mask = strips()[mask.name]
    mask.mute, strips()["Sky"].mute = True, False
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
    write("mask-frames.jpg", mask())


if __name__ == "__main__":
    main()
    sys.stdout.flush()
