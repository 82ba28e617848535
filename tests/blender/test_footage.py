"""Masks of what strips show: the frames that Blender itself shows, wired at once, and stale when the source changes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import bpy
import numpy as np
import pytest

from tests.helpers.blender.pictures import named, psnr, rendered, select
from tests.helpers.blender.strips import active, files, part

SIZE = 64, 48


def picture(n: int, size: tuple[int, int]) -> np.ndarray:
    """A ground without sharp edges that says its number, and a green square that moves."""
    y, x = np.mgrid[: size[1], : size[0]]
    waves = 127 + 100 * np.sin(x / 9 + n / 3), 40 + 30 * np.cos(y / 7), (n * 9) % 256 + 0 * x
    pixels = np.stack(waves, axis=-1).astype(np.uint8)
    pixels[12:30, 10 + n : 28 + n] = (0, 230, 0)
    return pixels


def write(path: Path, count: int = 24, rate: int = 24, size: tuple[int, int] = SIZE, varying: bool = False) -> Path:
    """A movie without loss, so that only the place and the number of a frame can differ."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264rgb", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "rgb24"
        stream.options = {"crf": "0", "g": "10"}
        for n in range(count):
            frame = av.VideoFrame.from_ndarray(picture(n, size), format="rgb24")
            frame.pts, frame.time_base = (
                (2 * n if varying and n < count // 2 else n + count // 2 * varying),
                Fraction(1, rate),
            )
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def movie(name: str = "film", channel: int = 1, **how: Any) -> Any:
    path = write(Path(bpy.data.filepath).with_name(f"{name}.mkv"), **how)
    compat = part("operators.blender.compat")
    return compat.strips(bpy.context.scene).new_movie(name, str(path), channel, 1)


def decoded(strip: Any, frame: int) -> np.ndarray:
    """What the worker sees of a strip at a scene frame, `[H,W,3]`."""
    scene, compat = bpy.context.scene, part("operators.blender.compat")
    footage, kind = part("operators.blender.footage.describe"), part("models.kinds").kind("restyle")
    start, length = compat.left(strip), compat.length(strip)
    shown = footage.describe(scene, strip, start, length)
    card, recipe = part("models.cards.card"), part("models.recipe").Recipe
    image = part("models.cards.port").Port("x", "image", 3)
    own = card.Card("none", "restyle", "None", "CC0-1.0", "0" * 64, (image,), (image,), ())
    made = recipe("restyle", "none", "0" * 64, *SIZE, length, 24.0, 0, dict(shown.settings), dict(shown.tracks))
    take = kind.take(made, own)
    take.attach([Path(path) for path in footage.readable(scene, strip)])
    return take.placed_frame(frame - start).whole[:3].transpose(1, 2, 0)


def trim(strip: Any) -> None:
    part("operators.blender.compat").set_left(strip, 6)


def cut_content(strip: Any) -> None:
    name = "content_trim_start" if hasattr(strip, "content_trim_start") else "animation_offset_start"
    setattr(strip, name, 4)


def place(strip: Any) -> None:
    strip.transform.scale_x, strip.transform.scale_y, strip.transform.offset_x = 1.4, 0.7, 9
    strip.transform.rotation, strip.transform.origin = 0.4, (0.2, 0.6)


def crop(strip: Any) -> None:
    strip.crop.min_x, strip.crop.max_y, strip.use_flip_x = 10, 6, True


def animate(strip: Any) -> None:
    for frame, value in ((1, 0.0), (20, 30.0)):
        strip.transform.offset_x = value
        strip.transform.keyframe_insert("offset_x", frame=frame)


WAYS: dict[str, Any] = {
    "plain": lambda strip: None,
    "trimmed": trim,
    "content cut off": cut_content,
    "reversed": lambda strip: setattr(strip, "use_reverse_frames", True),
    "strobe": lambda strip: setattr(strip, "strobe", 3),
    "cropped and mirrored": crop,
    "scaled and turned": place,
    "animated": animate,
    "held": lambda strip: part("operators.blender.compat").set_right(strip, 40),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_worker_sees_what_blender_shows(scene: Any, way: str) -> None:
    WAYS[way](movie())
    compat = part("operators.blender.compat")
    first, last = compat.left(named("film")), compat.right(named("film")) - 1
    for frame in (first, first + 5, last):
        assert psnr(decoded(named("film"), frame), rendered(frame)) > 35


@pytest.mark.parametrize("how", [{"size": (63, 51)}, {"varying": True}, {"rate": 12}, {"size": (256, 96)}], ids=str)
def test_odd_sizes_and_rates_are_seen_as_blender_shows_them(scene: Any, how: dict[str, Any]) -> None:
    strip = movie(**how)
    if "rate" in how and hasattr(scene.sequence_editor, "sequences"):
        strip = named("film")
    for frame in (1, 2, 9, 20):
        assert psnr(decoded(named("film"), frame), rendered(frame)) > 35
    assert strip


def turned(path: Path, turns: int) -> Path:
    """Say in the file's track header that the picture is to be shown turned by quarters, as telephones do."""
    with av.open(str(path.with_suffix(".mkv"))) as given, av.open(str(path), "w") as made:
        stream = made.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                made.mux(packet)
    data = bytearray(path.read_bytes())
    one = 1 << 16
    matrix = {1: (0, one, -one, 0), 2: (-one, 0, 0, -one), 3: (0, -one, one, 0)}[turns]
    at = data.index(b"tkhd") + 4 + 40
    for place, value in zip((0, 4, 12, 16), matrix, strict=True):
        data[at + place : at + place + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_movie_with_a_rotation_flag_is_seen_as_blender_shows_it(scene: Any, turns: int) -> None:
    path = Path(bpy.data.filepath).with_name("phone.mp4")
    write(path.with_suffix(".mkv"))
    part("operators.blender.compat").strips(scene).new_movie("film", str(turned(path, turns)), 1, 1)
    for frame in (1, 9):
        assert psnr(decoded(named("film"), frame), rendered(frame)) > 35


def test_pictures_are_not_turned_by_what_their_camera_says(scene: Any) -> None:
    """Orientation 6, "turn right", in the Exif data of a JPEG."""
    path = Path(bpy.data.filepath).with_name("photo.jpg")
    image = bpy.data.images.new("photo", *SIZE)
    image.pixels = np.dstack((picture(3, SIZE)[::-1] / 255, np.ones(SIZE[::-1]))).ravel()
    scene.render.image_settings.file_format, scene.render.image_settings.quality = "JPEG", 100
    image.save_render(str(path), scene=scene)
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:])
    part("operators.blender.compat").strips(scene).new_image("film", str(path), 1, 1)
    assert psnr(decoded(named("film"), 1), rendered(1)) > 35


def test_a_strip_is_seen_through_its_mask_at_once(scene: Any) -> None:
    select(movie())
    assert bpy.ops.latent_strips.mask_add(style="green_screen", invert=True) == {"FINISHED"}
    mask, film = active(), named("film")
    assert (mask.mute, len(files(mask)), film.modifiers[0].input_mask_strip.name) == (True, 24, mask.name)
    seen = rendered(9)
    assert seen[14:28, 20:34].mean(axis=(0, 1)) == pytest.approx([0, 230 / 255, 0], abs=0.05)
    assert seen[36:].max() < 0.05


def test_a_mask_can_be_a_strip_of_its_own(scene: Any) -> None:
    select(movie())
    assert bpy.ops.latent_strips.mask_add(style="green_screen", onto="NONE") == {"FINISHED"}
    assert not active().mute
    assert not len(named("film").modifiers)
    assert 0.7 < rendered(3).mean() < 0.95


@pytest.mark.parametrize(
    "generator",
    ["keyer", *(pytest.param(name, marks=pytest.mark.one_blender) for name in ("latent_subjects", "people"))],
)
def test_a_strip_of_one_frame(scene: Any, generator: str) -> None:
    compat = part("operators.blender.compat")
    compat.set_right(movie(), 9)
    compat.set_left(named("film"), 8)
    select(named("film"))
    assert bpy.ops.latent_strips.mask_add(generator=generator) == {"FINISHED"}
    assert (compat.left(active()), len(files(active()))) == (8, 1)
    assert named("film").modifiers[0].input_mask_strip.name == active().name


def test_white_with_alpha_lies_over_what_is_below_as_much_as_the_mask_is_white(scene: Any) -> None:
    scene.render.image_settings.color_mode = "RGB"
    select(movie())
    bpy.ops.latent_strips.mask_add(style="bright", onto="NONE")
    luma = rendered(5)
    select(named("film"))
    bpy.ops.latent_strips.mask_add(style="bright", onto="NONE", mask_shown="alpha")
    active().blend_type = "ALPHA_OVER"
    for strip in part("operators.blender.compat").strips(scene):
        strip.mute = strip.name != active().name
    assert luma.std() > 0.05
    assert psnr(rendered(5), luma) > 40


def test_a_change_of_the_source_makes_the_mask_stale_and_touches_its_own_frames_only(scene: Any) -> None:
    select(movie())
    bpy.ops.latent_strips.mask_add(style="green_screen")
    name, state, compat = active().name, part("operators.blender.timeline.state"), part("operators.blender.compat")
    assert not state.is_stale(scene, named(name))
    assert bpy.ops.latent_strips.verify(scope="ALL") == {"FINISHED"}
    named("film").transform.offset_x = 8
    assert state.is_stale(scene, named(name))
    assert bpy.ops.latent_strips.regenerate(scope="ALL") == {"FINISHED"}
    assert not state.is_stale(scene, named(name))
    named("film").name = "another name"
    assert not state.is_stale(scene, named(name))
    write(Path(bpy.data.filepath).with_name("film.mkv"), 20)
    assert state.is_stale(scene, named(name))
    assert bpy.ops.latent_strips.verify(scope="ALL") == {"CANCELLED"}
    compat.strips(scene).remove(named("another name"))
    assert not state.is_stale(scene, named(name))  # nothing better can be made any more


@pytest.mark.one_blender
def test_what_cant_be_read_is_told(scene: Any) -> None:
    strip = movie()
    select(strip)
    Path(bpy.data.filepath).with_name("film.mkv").unlink()
    with pytest.raises(RuntimeError, match=r"film\.mkv: the footage is not there"):
        bpy.ops.latent_strips.mask_add(style="green_screen")


def test_a_strip_in_another_look_lies_above_it_and_is_seen(scene: Any) -> None:
    select(movie())
    plain = rendered(9)
    assert bpy.ops.latent_strips.restyle_add() == {"FINISHED"}
    strip = active()
    assert (strip.name, len(files(strip))) == ("Painted looks: Oil painting", 24)
    assert strip.channel > named("film").channel
    oil = rendered(9)
    assert 15 < psnr(oil, plain) < 35  # another picture, of the same things
    strip.latent_style, strip.latent_knob_6 = "comic", -1.0
    assert bpy.ops.latent_strips.regenerate(scope="ALL") == {"FINISHED"}
    gray = rendered(9)
    assert np.ptp(gray, axis=2).max() < 0.02 < np.ptp(oil, axis=2).max()


@pytest.mark.one_blender
def test_a_damaged_movie_is_masked_as_far_as_it_goes_and_the_strip_says_so(scene: Any) -> None:
    strip, path = movie(), Path(bpy.data.filepath).with_name("film.mkv")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    select(strip)
    assert bpy.ops.latent_strips.mask_add(style="bright", onto="NONE") == {"FINISHED"}
    mask, state = active(), part("operators.blender.timeline.state")
    assert len(files(mask)) == 24
    assert "film.mkv: frame " in mask[state.WARNING]
    path.write_bytes(whole)
    assert bpy.ops.latent_strips.regenerate(scope="ALL") == {"FINISHED"}
    assert state.WARNING not in active()


def test_an_image_sequence_is_footage_too(scene: Any) -> None:
    from tests.helpers.blender.pictures import color

    select(color("red", (1.0, 0.0, 0.0), 1, 1, 5, frames=5))
    assert bpy.ops.latent_strips.mask_add(style="bright", onto="NONE") == {"FINISHED"}
    assert len(files(active())) == 5
    assert psnr(decoded(named("red"), 3), np.array([1.0, 0, 0]) + np.zeros((48, 64, 3))) > 50
