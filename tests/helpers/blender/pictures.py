"""Strips of plain pictures and movies, and what Blender renders of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from tests.helpers.blender.strips import part
from tests.helpers.movies import write


def color(name: str, rgb: tuple[float, ...], channel: int, start: int, length: int, frames: int = 1) -> Any:
    """A strip of plain pictures: of one, which can be drawn out, or of as many as there are frames."""
    path = Path(bpy.data.filepath).with_name(f"{name}.png")
    image = bpy.data.images.new(name, 64, 48)
    image.pixels = [*rgb, 1.0] * (64 * 48)
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    compat = part("operators.blender.compat")
    strip = compat.strips(bpy.context.scene).new_image(name, str(path), channel, start)
    for _ in range(frames - 1):
        strip.elements.append(path.name)
    if frames > 1:
        compat.set_files(bpy.context.scene, strip, str(path.parent), [path.name] * frames)
        content = part("operators.blender.timeline.content")
        content.lay(bpy.context.scene, strip, content.Place(start, start, start + frames))
    compat.set_right(strip, start + length)
    return strip


def select(*strips: Any) -> None:
    """Select strips and no others; the first is the active one."""
    for strip in part("operators.blender.compat").all_strips(bpy.context.scene):
        strip.select = strip.name in [other.name for other in strips]
    bpy.context.scene.sequence_editor.active_strip = strips[0]


def named(name: str) -> Any:
    """The strip of that name, in a meta strip or not."""
    strips = part("operators.blender.compat").all_strips(bpy.context.scene)
    return next(strip for strip in strips if strip.name == name)


def rendered(frame: int) -> np.ndarray:
    """What Blender shows at a frame, `[H,W,3]`."""
    scene = bpy.context.scene
    scene.frame_set(frame)
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = str(Path(bpy.data.filepath).with_name("rendered.png"))
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.array(image.pixels[:]).reshape(image.size[1], image.size[0], -1)[::-1, :, :3]
    bpy.data.images.remove(image)
    return pixels


def movie(name: str = "film", channel: int = 1, **how: Any) -> Any:
    """A strip of a new movie of `movies.write`."""
    path = write(Path(bpy.data.filepath).with_name(f"{name}.mkv"), **how)
    compat = part("operators.blender.compat")
    return compat.strips(bpy.context.scene).new_movie(name, str(path), channel, 1)


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """How alike two pictures in 0…1 are, in dB."""
    return float(10 * np.log10(1 / max(np.square(a - b).mean(), 1e-9)))
