"""Strips that only Blender can show: rendered by a second one, and masked as they are seen."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from models.errors import Canceled, MediaError
from models.footage.rendered import Rendered
from tests.helpers.blender.pictures import movie, named, psnr, rendered, select
from tests.helpers.blender.strips import active, files, part
from tests.helpers.tiny_network import negative


def name_of(function: Any) -> str:
    return str(function.__name__)


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
    """Slowed down, and then more so in its first part."""
    select(movie())
    if bpy.app.version >= (5, 1, 0):
        named("film").retiming_keys.add(timeline_frame=9)
        named("film").retiming_keys.add(timeline_frame=25)
    else:  # up to 5.0 the first key that a script adds crashes Blender, but not one that an operator adds
        window = bpy.context.window_manager.windows[0]
        area = window.screen.areas[0]
        area.type = "SEQUENCE_EDITOR"
        area.spaces.active.view_type = "SEQUENCER"
        if hasattr(window.workspace, "sequencer_scene"):
            window.workspace.sequencer_scene = scene
        region = next(region for region in area.regions if region.type == "WINDOW")
        with bpy.context.temp_override(window=window, area=area, region=region):
            assert bpy.ops.sequencer.retiming_segment_speed_set(speed=80.0) == {"FINISHED"}
            assert bpy.ops.sequencer.retiming_key_add(timeline_frame=9) == {"FINISHED"}
    named("film").retiming_keys[1].timeline_frame = 17
    return named("film")


def interlaced(scene: Any) -> Any:
    movie().use_deinterlace = True
    return named("film")


def stereoscopic(scene: Any) -> Any:
    movie().use_multiview = True
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
    """What a second Blender renders, straight color in 0…1, as it is in the file of a render."""
    scene, compat = bpy.context.scene, part("operators.blender.compat")
    shot = part("operators.blender.footage.renders").write(scene, strip)
    shown = Rendered(shot)
    try:
        pixels = [shown.frame(frame - compat.content_start(named(strip.name))) for frame in frames]
    finally:
        shown.close()
    assert not shot.parent.exists()
    return [each[..., :3] / 255.0 for each in pixels]


@pytest.mark.parametrize("make", [meta, retimed, interlaced, stereoscopic, another_scene, text], ids=name_of)
def test_a_second_blender_renders_what_this_one_shows(scene: Any, make: Any) -> None:
    strip, compat = make(scene), part("operators.blender.compat")
    frames = [compat.left(strip), compat.left(strip) + 7, compat.right(strip) - 1]
    for frame, found in zip(frames, seen(strip, frames), strict=True):
        assert psnr(found, rendered(frame)) > 35
    assert rendered(frames[1]).std() > 0.02


def test_a_meta_strip_is_seen_through_a_mask_of_what_it_shows(scene: Any) -> None:
    select(meta(scene))
    assert bpy.ops.latent_strips.mask_add(style="green_screen", invert=True) == {"FINISHED"}
    mask, compat = active(), part("operators.blender.compat")
    assert (mask.mute, len(files(mask)), compat.left(mask)) == (True, 21, 4)
    assert named("both").modifiers[0].input_mask_strip.name == mask.name
    pixels = rendered(9)
    assert 0.02 < (pixels[..., 1] > 0.7).mean() < 0.4  # the green squares
    assert pixels[..., 0].mean() < 0.15  # and little else
    lost = files(named(mask.name))[5]
    lost.unlink()
    assert psnr(rendered(9), pixels) > 50  # made again before the render, as all that is missing
    assert lost.exists()
    end = time.monotonic() + 5  # the worker says that it has ended, and then tidies up
    while list(Path(bpy.app.tempdir).glob("latent-shot-*")):
        assert time.monotonic() < end
        time.sleep(0.05)


ONE = pytest.mark.one_blender  # what each of them shows is compared in all of them above


@pytest.mark.parametrize(
    "make", [pytest.param(meta, marks=ONE), retimed, pytest.param(another_scene, marks=ONE)], ids=name_of
)
def test_a_rendered_strip_in_another_look(scene: Any, library: Path, tmp_path: Path, make: Any) -> None:
    (tmp_path / "anime.onnx").write_bytes(negative())
    assert bpy.ops.latent_strips.generator_import(filepath=str(tmp_path / "anime.onnx")) == {"FINISHED"}
    source, compat = make(scene), part("operators.blender.compat")
    name, channel, left, length = source.name, source.channel, compat.left(source), compat.length(source)
    scene.render.image_settings.color_mode = "RGB"
    plain = rendered(left + 7)
    select(source)
    own = next(entry.card.id for entry in part("operators.blender.preferences").library().of_kind("restyle")[1:])
    assert bpy.ops.latent_strips.restyle_add(generator=own) == {"FINISHED"}
    strip = active()
    assert (compat.left(strip), compat.length(strip), len(files(strip))) == (left, length, length)
    assert strip.channel > channel  # above its source
    assert not strip.mute
    assert not len(named(name).modifiers)
    assert psnr(rendered(left + 7)[16:32, 20:44], 1 - plain[16:32, 20:44]) > 35
    if make is not meta:  # which is turned, and so leaves the frame's corners as they are
        assert psnr(rendered(left + 7), 1 - plain) > 35


@pytest.mark.parametrize("make", [retimed, pytest.param(another_scene, marks=ONE)], ids=name_of)
def test_a_strip_of_another_speed_or_scene_is_seen_through_its_mask(scene: Any, make: Any) -> None:
    strip, compat = make(scene), part("operators.blender.compat")
    name, length = strip.name, compat.length(strip)
    select(strip)
    assert bpy.ops.latent_strips.mask_add(style="green_screen", invert=True) == {"FINISHED"}
    assert len(files(active())) == length
    for frame in (3, length - 3):
        pixels = rendered(frame)
        green = pixels[..., 1] > 0.7
        assert 0.05 < green.mean() < 0.2  # the square of 18 px, where it is in that frame
        assert pixels[..., 0].mean() < 0.1  # and little else
    assert named(name).modifiers[0].input_mask_strip.name == active().name


def test_what_is_rendered_becomes_stale_with_all_that_it_shows(scene: Any) -> None:
    strip, state = meta(scene), part("operators.blender.timeline.state")
    select(strip)
    bpy.ops.latent_strips.mask_add(onto="NONE")
    name = active().name
    scene.frame_set(9)
    named("both").mute = True
    named("both").name = "another name"
    assert not state.is_stale(scene, named(name))
    inner = inside(named("another name"))[0]
    inner.crop.min_x = 5
    assert state.is_stale(scene, named(name))
    inside(named("another name"))[0].crop.min_x = 0
    assert not state.is_stale(scene, named(name))
    inner = inside(named("another name"))[1]
    for frame, value in ((1, 0.2), (20, 1.0)):
        inner.blend_alpha = value
        inner.keyframe_insert("blend_alpha", frame=frame)
    assert state.is_stale(scene, named(name))
    assert bpy.ops.latent_strips.regenerate(scope="ALL") == {"FINISHED"}
    scene.frame_set(15)  # a keyed value is another one now, but the keys are the same
    assert not state.is_stale(scene, named(name))


def test_moving_a_rendered_strip_in_time_changes_where_it_is_seen_only(scene: Any) -> None:
    shots, compat = part("operators.blender.footage.renders"), part("operators.blender.compat")
    strip = meta(scene)
    name = "content_start" if hasattr(strip, "content_start") else "frame_start"
    setattr(strip, name, getattr(strip, name) + 2)  # a new meta strip learns only now how long its content is
    before, left = shots.digest(scene, named("both")), compat.left(named("both"))
    setattr(named("both"), name, getattr(named("both"), name) + 7)
    assert compat.left(named("both")) == left + 7
    assert shots.digest(scene, named("both")) == before


def test_a_scene_strip_is_new_whenever_it_is_used_anew(scene: Any) -> None:
    shots = part("operators.blender.footage.renders")
    strip = another_scene(scene)
    before = shots.digest(scene, strip)
    assert shots.digest(scene, strip) == before
    shots.renew(strip)
    assert shots.digest(scene, strip) != before


def test_a_3d_scene_is_seen_where_there_is_a_graphics_card_and_else_refused_with_a_word(scene: Any) -> None:
    other = bpy.data.scenes.new("3D")
    other.render.engine, other.frame_end = "BLENDER_WORKBENCH", 2
    other.render.resolution_x, other.render.resolution_y = 64, 48
    other.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    other.camera.location.z = 5
    mesh = bpy.data.meshes.new("triangle")
    mesh.from_pydata([(-1, -1, 0), (1, -1, 0), (0, 1, 0)], [], [(0, 1, 2)])
    for thing in (other.camera, bpy.data.objects.new("triangle", mesh)):
        other.collection.objects.link(thing)
    strip = part("operators.blender.compat").strips(scene).new_scene("scene", other, 1, 1)
    try:
        (found,) = seen(strip, [1])
    except MediaError as error:
        assert "need a graphics card" in str(error) or "can't render it" in str(error)  # noqa: PT017
    else:
        assert found.std() > 0.02
        assert psnr(found, rendered(1)) > 35


def test_canceling_ends_the_other_blender(scene: Any) -> None:
    shot = part("operators.blender.footage.renders").write(scene, text(scene))
    shown = Rendered(shot, lambda: True)
    with pytest.raises(Canceled, match="Stopped"):
        shown.frame(0)
    assert shown._process is not None
    assert shown._process.poll() is not None
    assert not shot.parent.exists()


def test_what_has_no_picture_of_its_own_is_refused_with_a_word(scene: Any) -> None:
    compat, footage = part("operators.blender.compat"), part("operators.blender.footage.describe")
    for name, channel in (("a", 1), ("b", 2)):
        movie(name, channel)
    end = {"length": 20} if bpy.app.version >= (5, 0, 0) else {"frame_end": 21}
    inputs = ("input1", "input2") if bpy.app.version >= (4, 5, 0) else ("seq1", "seq2")
    given = dict(zip(inputs, (named("a"), named("b")), strict=True))
    cross = compat.strips(scene).new_effect(name="cross", type="CROSS", channel=3, frame_start=1, **end, **given)
    with pytest.raises(part("models.errors").RecipeError, match="cross has no picture of its own"):
        footage.describe(scene, cross, 1, 1)
    select(named("cross"))
    assert not bpy.ops.latent_strips.mask_add.poll()
