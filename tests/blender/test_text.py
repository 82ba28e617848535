"""Overlays of text strips: where they are, what follows an edit, and what doesn't."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from tests.helpers.blender.strips import digests, files, move, part, tick_until
from tests.helpers.blender.texts import overlays, style, text_strip, texts


def picture(path: Path) -> np.ndarray:
    """A PNG file as RGBA `[H,W,4]` in 0…1, from the top."""
    image = bpy.data.images.load(str(path), check_existing=False)
    pixels = np.array(image.pixels[:], np.float32).reshape(image.size[1], image.size[0], 4)[::-1]
    bpy.data.images.remove(image)
    return pixels


def render(scene: Any, tmp_path: Path, name: str) -> np.ndarray:
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode = "PNG", "RGBA"
    scene.render.film_transparent = True
    scene.render.filepath = str(tmp_path / name)
    scene.frame_set(2)
    bpy.ops.render.render(write_still=True)
    return picture(tmp_path / name)


@pytest.fixture
def film(scene: Any) -> Any:
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.render.resolution_x, scene.render.resolution_y = 320, 180
    scene.view_settings.view_transform = "Standard"
    return scene


@pytest.mark.parametrize(
    "settings",
    [{}, {"text": "Two lines\nof text", "use_bold": True}, {"text": "wraps at some place here", "wrap_width": 0.5},
     {"text": "Slanted", "use_italic": True, "location": (0.4, 0.31)}, {"text": "字幕 AV", "font_size": 33.0}],
    ids=["plain", "bold", "wrapped", "italic", "wide"],
)  # fmt: skip
def test_letters_lie_where_the_text_strip_shows_them(film: Any, tmp_path: Path, settings: Any) -> None:
    text_strip(film, **settings)
    before = render(film, tmp_path, "text.png")[..., 3]
    overlay = style(style="plain", strength=0.0, outline=0.0)
    assert texts()[0].mute
    assert overlay.blend_type == "ALPHA_OVER"
    after = render(film, tmp_path, "overlay.png")[..., 3]
    assert before.sum() > 100
    assert np.minimum(before, after).sum() / np.maximum(before, after).sum() > 0.99
    assert np.abs(before - after).max() < 0.02


def alike(film: Any, tmp_path: Path, tolerance: float, **style_settings: Any) -> None:
    """Compare what the text strip shows and what its overlay shows, in color over gray."""
    before = render(film, tmp_path, "text.png")
    style(style="plain", strength=0.0, outline=0.0, legibility=0.0, **style_settings)
    after = render(film, tmp_path, "overlay.png")
    assert before[..., 3].sum() > 100
    difference = np.abs(before * before[..., 3:] - after * after[..., 3:])
    assert difference.mean() < 0.002
    assert np.quantile(difference, 0.999) < tolerance


def test_the_outline_is_as_the_text_strip_shows_it(film: Any, tmp_path: Path) -> None:
    text_strip(film, "Edge", use_outline=True, font_size=50.0, outline_width=0.12, outline_color=(0.0, 0.6, 0.0, 0.8))
    alike(film, tmp_path, 0.02)


@pytest.mark.parametrize(
    "settings",
    [{}, {"shadow_angle": 3.5, "shadow_offset": 0.4, "shadow_color": (0.9, 0.1, 0.2, 0.8)},
     {"shadow_blur": 0.7, "shadow_offset": 1.2, "shadow_color": (0.0, 0.0, 1.0, 1.0), "use_outline": True}],
    ids=["usual", "colored", "blurred"],
)  # fmt: skip
def test_the_shadow_is_as_the_text_strip_shows_it(film: Any, tmp_path: Path, settings: Any) -> None:
    text_strip(film, "Shade", use_shadow=True, font_size=44.0, **settings)
    alike(film, tmp_path, 0.02)


@pytest.mark.parametrize(
    "transform",
    [{"offset_x": 40, "offset_y": -21}, {"scale_x": 0.5, "scale_y": 1.5}, {"rotation": 0.5, "offset_x": 12},
     {"rotation": -0.3, "scale_x": 1.3}],
    ids=["moved", "scaled", "turned", "both"],
)  # fmt: skip
def test_an_overlay_follows_the_transform_of_its_text(film: Any, tmp_path: Path, transform: Any) -> None:
    text = text_strip(film, "Place", font_size=44.0, location=(0.4, 0.6))
    for name, value in transform.items():
        setattr(text.transform, name, value)
    alike(film, tmp_path, 0.35)  # a picture that is turned is sampled anew


def test_an_overlay_follows_flips_and_opacity_and_a_later_change_makes_it_stale(film: Any, tmp_path: Path) -> None:
    text = text_strip(film, "Flip", font_size=44.0, location=(0.4, 0.6), use_flip_x=True, blend_alpha=0.5)
    alike(film, tmp_path, 0.02)
    state, (overlay,) = part("operators.blender.timeline.state"), overlays()
    assert overlay.blend_alpha == 0.5
    assert not state.is_stale(film, overlay)
    overlay.blend_alpha = 0.9  # the overlay's own
    text = texts()[0]
    text.transform.offset_x = 30
    assert state.is_stale(film, overlay)
    bpy.ops.latent_strips.regenerate(scope="ALL")
    (overlay,) = overlays()
    assert not state.is_stale(film, overlay)
    assert round(overlay.blend_alpha, 3) == 0.9
    assert abs(overlay.transform.offset_x) > 1


def test_what_is_animated_is_told_and_kept_as_at_the_start(film: Any, capsys: Any) -> None:
    text = text_strip(film, "Moves", start=5, length=10)
    for frame, size, place in ((5, 20.0, (0.3, 0.4)), (15, 60.0, (0.7, 0.6))):
        text.font_size, text.location, text.transform.offset_x = size, place, frame
        for path, owner in (("font_size", text), ("location", text), ("offset_x", text.transform)):
            owner.keyframe_insert(path, frame=frame)
    film.frame_set(14)
    overlay = style(style="gold")
    told = capsys.readouterr().out
    assert "its font size, place, transform are animated; the overlay keeps what holds at the strip's start" in told
    spec = part("models.text.layout").Spec.from_json(overlay.latent_layout)
    assert (spec.size, spec.location) == (20.0, (0.3, 0.4))


def test_what_an_overlay_has_no_way_to_show_is_told(film: Any, capsys: Any) -> None:
    text = text_strip(film, "Cut", color_saturation=0.5)
    text.crop.min_x = 20
    text.transform.origin, text.transform.rotation = (0.2, 0.5), 0.4
    part("operators.blender.compat").show_everywhere(film)  # 5.0 and 5.1 crash at the next line otherwise
    text.modifiers.new("b", "BRIGHT_CONTRAST")
    style(style="gold")
    told = capsys.readouterr().out
    for sentence in (
        "its pivot is not in the middle",
        "it is cropped",
        "its modifiers are not",
        "its color multiplier and saturation",
    ):
        assert sentence in told


def test_an_overlay_is_as_long_as_its_text_and_no_larger_than_it_needs(film: Any) -> None:
    text_strip(film, start=5, length=9)
    overlay = style(style="fire")
    compat = part("operators.blender.compat")
    assert (compat.left(overlay), compat.length(overlay), overlay.channel) == (5, 9, 2)
    assert len(overlay.elements) == 9
    height, width = picture(files(overlay)[0]).shape[:2]
    assert width < 140
    assert height < 100
    frames = digests(overlay)
    assert frames[:4] == frames[5:9]  # a loop of five frames
    assert len(set(frames)) == 5


def test_editing_the_text_makes_its_overlay_stale_and_regenerating_renews_it_alone(film: Any) -> None:
    text_strip(film, "First")
    style(style="gold")
    text_strip(film, "Second", start=20)
    style(style="gold")
    first, second = overlays()
    kept = [path.stat().st_mtime_ns for path in files(second)]
    state = part("operators.blender.timeline.state")
    assert not state.is_stale(film, first)
    next(strip for strip in texts() if strip.text == "First").text = "Changed"
    assert [state.is_stale(film, strip) for strip in overlays()] == [True, False]
    before = digests(overlays()[0])
    assert bpy.ops.latent_strips.regenerate(scope="ALL") == {"FINISHED"}
    assert not any(state.is_stale(film, strip) for strip in overlays())
    assert digests(overlays()[0]) != before
    assert [path.stat().st_mtime_ns for path in files(overlays()[1])] == kept


def test_an_overlay_follows_a_text_that_was_moved_and_trimmed(film: Any) -> None:
    text_strip(film)
    style(style="ice")
    compat = part("operators.blender.compat")
    move(texts()[0], 11, 15)
    assert part("operators.blender.timeline.state").is_stale(film, overlays()[0])
    bpy.ops.latent_strips.regenerate(scope="ALL")
    (overlay,) = overlays()
    assert (compat.left(overlay), compat.length(overlay), len(overlay.elements)) == (11, 4, 4)


def test_styling_again_changes_the_overlay_that_is_there(film: Any) -> None:
    text_strip(film)
    first = digests(style(style="gold"))
    texts()[0].select = True
    again = style(style="neon")
    assert len(overlays()) == 1
    assert again.latent_style == "neon"
    assert digests(again) != first


@pytest.mark.one_blender
def test_equal_text_in_equal_style_is_made_once(film: Any) -> None:
    text_strip(film)
    one = style(style="lava")
    linked = {path.stat().st_ino for path in files(one)}
    text_strip(film, start=30)
    assert {path.stat().st_ino for path in files(style(style="lava"))} == linked


@pytest.mark.one_blender
def test_transitions_begin_with_nothing_and_leave_the_middle_alone(film: Any) -> None:
    text_strip(film, length=24)
    overlay = style(style="plain", outline=0.0, appear="dissolve", appear_time=0.25, vanish="burn", vanish_time=0.25)
    alpha = [picture(path)[..., 3].sum() for path in files(overlay)]
    assert alpha[0] < 0.35 * alpha[12]
    assert alpha[-1] < 0.5 * alpha[12]
    assert np.ptp(alpha[8:16]) == 0
    assert all(a <= b + 1e-3 for a, b in pairwise(alpha[:7]))


@pytest.mark.one_blender
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"style": "cheese"}, "no style 'cheese'"),
        ({"strength": 9.0}, "outside 0 to 2"),
        ({"generator": "x"}, "no generator 'x'"),
    ],
)
def test_bad_settings_are_refused_and_leave_the_text_as_it_was(film: Any, settings: Any, message: str) -> None:
    text_strip(film)
    with pytest.raises(RuntimeError, match=message):
        style(**settings)
    assert not texts()[0].mute
    assert overlays() == []


def test_nothing_selected_and_nothing_said(film: Any) -> None:
    text_strip(film, select=False).select = False
    with pytest.raises(RuntimeError, match="No text strip is selected"):
        style()
    text_strip(film, "   ", start=20)
    with pytest.raises(RuntimeError, match="has no text"):
        style()


def test_missing_glyphs_are_told_but_styled(film: Any, capsys: Any) -> None:
    text_strip(film, "ok \ue123\ue123")
    overlay = style(style="gold")
    assert all(path.exists() for path in files(overlay))
    assert "2 characters are in none of the fonts" in capsys.readouterr().out


def test_an_emoji_of_blenders_own_fonts_is_shown(film: Any, tmp_path: Path, capsys: Any) -> None:
    text_strip(film, "A \U0001f600", font_size=44.0)
    alike(film, tmp_path, 0.02)
    assert "in none of the fonts" not in capsys.readouterr().out


def test_a_font_whose_file_is_gone_is_told_and_blenders_default_is_used(film: Any, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "Gone.ttf"
    shutil.copyfile(next((Path(bpy.utils.system_resource("DATAFILES")) / "fonts").glob("*.woff2")), path)
    text = text_strip(film, "Where")
    text.font = bpy.data.fonts.load(str(path))
    text.font.name = "Gone"
    path.unlink()
    overlay = style(style="gold")
    assert all(path.exists() for path in files(overlay))
    assert "the font Gone is missing; Blender's default one is used" in capsys.readouterr().out


def test_a_text_of_more_than_3000_characters_is_refused_and_of_3000_is_made(film: Any) -> None:
    texts_ = part("operators.blender.timeline.text_strips")
    strip = text_strip(film, "word " * 600, font_size=8.0)
    if len(strip.text) < 3000:
        pytest.skip("this Blender's text strips hold 511 bytes")
    assert texts_.layout(film, strip)
    strip.text = "word " * 600 + "x"
    with pytest.raises(RuntimeError, match=r"has 3001 characters. Styled text can have at most 3000"):
        style()


def test_subtitles_in_two_scripts_in_one_go(film: Any, tmp_path: Path) -> None:
    (tmp_path / "film.srt").write_text(
        "1\n00:00:00,000 --> 00:00:00,200\nHello\n\n2\n00:00:00,500 --> 00:00:00,700\nمرحبا بالعالم\n", "utf-8"
    )
    path = str(tmp_path / "film.srt")
    assert bpy.ops.latent_strips.subtitles_add(filepath=path, style="fire", period=0.2) == {"FINISHED"}
    assert len(overlays()) == len(texts()) == 2
    assert all(strip.mute for strip in texts())
    assert all(path.exists() for strip in overlays() for path in files(strip))
    assert bpy.ops.latent_strips.verify(scope="ALL") == {"FINISHED"}


def test_many_texts_are_styled_one_after_another_from_the_playhead_on(film: Any) -> None:
    for start in (1, 20, 40):
        text_strip(film, f"at {start}", start)
    made = part("operators.blender.text.overlays")
    values = {p.name: p.default for p in made.text_kind().parameters if p.type != "text"}
    film.frame_current = 25
    made.style_later(film, [strip.name for strip in texts()], values | {"seed": 0, "generator": "", "style": "gold"})
    assert made.waiting() == 3
    made._next()
    assert [strip.mute for strip in texts()] == [False, True, False]  # that under the playhead comes first
    texts()[0].text = ""
    tick_until(lambda: not part("operators.blender.jobs.live").queue.unfinished() and (made._next() is None))
    assert [strip.mute for strip in texts()] == [False, True, True]
    assert all(path.exists() for strip in overlays() for path in files(strip))


def test_copies_of_a_text_get_identities_of_their_own(film: Any) -> None:
    texts_, words = (
        part("operators.blender.timeline.text_strips"),
        [text_strip(film, f"at {n}", 1 + 20 * n) for n in range(4)],
    )
    (first,) = texts_.owned_ids(film, words[:1])
    for copy in words[1:3]:
        copy[texts_.TEXT_ID] = first
    found = texts_.owned_ids(film, words)
    assert len(set(found)) == 4
    assert first in found
    assert texts_.owned_ids(film, words) == found
    assert [texts_.owned_id(film, strip) for strip in words] == found


def test_texts_that_wait_are_left_when_all_is_canceled(film: Any) -> None:
    for start in (1, 20):
        text_strip(film, f"at {start}", start)
    made = part("operators.blender.text.overlays")
    values = {p.name: p.default for p in made.text_kind().parameters if p.type != "text"}
    made.style_later(film, [strip.name for strip in texts()], values | {"seed": 0, "generator": ""})
    made._next()
    bpy.ops.latent_strips.cancel()
    assert made.waiting() == 0
    assert made._next() is None


@pytest.mark.one_blender
def test_the_command_line(film: Any, tmp_path: Path, capsys: Any) -> None:
    run = part("operators.blender.cli.main").main
    (tmp_path / "film.srt").write_text("00:00:00,000 --> 00:00:00,200\nHello\n", "utf-8")
    assert run(["subtitles", str(tmp_path / "film.srt"), "--style", "gold", "--period", "0.2"]) == 0
    assert "1 of 1 texts styled" in capsys.readouterr().out
    assert run(["text-style", "--style", "neon", "--period", "0.2"]) == 0
    assert overlays()[0].latent_style == "neon"
    assert run(["text-style", "--style", "cheese"]) == 2
