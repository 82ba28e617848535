"""Strips that only Blender can show: rendered by a second one, and masked as they are seen."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from models.rendered import Rendered
from tests.blender.test_footage import movie, psnr
from tests.blender.test_mattes import named, rendered, select
from tests.blender.tools import active, files, part


def inside(strip: Any) -> list[Any]:
    return list(strip.strips if hasattr(strip, "strips") else strip.sequences)


def meta(scene: Any) -> Any:
    """Two strips in one, the upper one smaller."""
    compat = part("operators.blender.compat")
    for name, channel in (("film", 1), ("other", 2)):
        movie(name, channel)
    upper = named("other")
    upper.transform.scale_x = upper.transform.scale_y = 0.4
    upper.use_flip_x, upper.blend_type = True, "ALPHA_OVER"
    found = compat.strips(scene).new_meta("both", 3, 1)
    for name in ("film", "other"):
        named(name).move_to_meta(named("both"))
    compat.set_right(named("both"), 25)
    compat.set_left(named("both"), 4)
    named("both").transform.rotation = 0.3
    return named(found.name)


def retimed(scene: Any) -> Any:
    strip = movie()
    strip.retiming_keys.add(timeline_frame=9)
    strip = named("film")
    strip.retiming_keys.add(timeline_frame=25)
    strip.retiming_keys[1].timeline_frame = 17
    return named("film")


def interlaced(scene: Any) -> Any:
    movie().use_deinterlace = True
    return named("film")


def another_scene(scene: Any) -> Any:
    """A scene that has strips itself: those need no graphics card."""
    other = bpy.data.scenes.new("other")
    other.render.resolution_x, other.render.resolution_y = 64, 48
    compat = part("operators.blender.compat")
    path = Path(bpy.data.filepath).with_name("film.mkv")
    movie()
    compat.strips(scene).remove(named("film"))
    compat.strips(other).new_movie("film", str(path), 1, 1)
    other.frame_end = 24
    strip = compat.strips(scene).new_scene("scene", other, 1, 1)
    strip.scene_input = "SEQUENCER"
    return named("scene")


def text(scene: Any) -> Any:
    strip = part("operators.blender.compat").new_text(scene, "text", 1, 1, 10)
    strip.text = "Mask"
    strip.blend_type = "ALPHA_OVER"
    return named("text")


def seen(strip: Any, frames: list[int]) -> list[np.ndarray]:
    """What a second Blender renders, over black, in 0…1."""
    scene, compat = bpy.context.scene, part("operators.blender.compat")
    shot = part("operators.blender.shots").write(scene, strip)
    shown = Rendered(shot)
    try:
        pixels = [shown.frame(frame - compat.content_start(named(strip.name))) for frame in frames]
    finally:
        shown.close()
    assert not shot.parent.exists()
    return [(each[..., :3] / 255.0) * (each[..., 3:] / 255.0) for each in pixels]


@pytest.mark.parametrize("make", [meta, retimed, interlaced, another_scene, text], ids=lambda make: make.__name__)
def test_a_second_blender_renders_what_this_one_shows(scene: Any, make: Any) -> None:
    strip, compat = make(scene), part("operators.blender.compat")
    frames = [compat.left(strip), compat.left(strip) + 7, compat.right(strip) - 1]
    for frame, found in zip(frames, seen(strip, frames), strict=True):
        assert psnr(found, rendered(frame)) > 35
    assert rendered(frames[1]).std() > 0.02
