"""Subtitles on the timeline: in, edited, and out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import move, part
from tests.helpers.blender.subtitles import SRT, load, save, span, texts


@pytest.fixture
def film(scene: Any) -> Any:
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.render.resolution_x, scene.render.resolution_y = 1920, 1080
    scene.frame_end = 500
    return scene


def test_cues_become_text_strips(film: Any, tmp_path: Path) -> None:
    first, second, third = load(tmp_path)
    assert [span(strip) for strip in (first, second, third)] == [(1, 37), (25, 73), (121, 145)]
    assert (first.text, first.use_italic, second.text, second.use_italic) == ("Hello", True, "two\nlines", False)
    assert (first.channel, second.channel, third.channel) == (1, 2, 1)
    assert second.location[1] > first.location[1]  # they are seen together
    assert tuple(third.color) == (1.0, 0.0, 0.0, 1.0)
    assert part("operators.blender.compat").text_anchor(third)[:2] == ("CENTER", "TOP")
    assert first.font_size == 60


def test_ntsc_rates_are_kept_exactly(film: Any, tmp_path: Path) -> None:
    film.render.fps, film.render.fps_base = 30, 1.001
    (strip,) = load(tmp_path, "09:00:00,000 --> 09:00:01,000\nlate\n")
    assert span(strip)[0] == 1 + 971_029  # 32,400 s × 30000/1001


def test_untouched_strips_are_written_as_they_were(film: Any, tmp_path: Path) -> None:
    load(tmp_path)
    assert save(tmp_path) == SRT


def test_what_was_edited_is_written(film: Any, tmp_path: Path) -> None:
    load(tmp_path)
    texts()[0].text = "Goodbye"
    move(texts()[1], 49, 97)
    texts()[2].use_bold = True
    written = save(tmp_path)
    assert "1\n00:00:00,000 --> 00:00:01,500\n<i>Goodbye</i>\n" in written
    assert "00:00:02,000 --> 00:00:04,000\ntwo\nlines\n" in written
    assert '<b><font color="#ff0000">above</font></b>' in written


def test_other_formats_and_selection(film: Any, tmp_path: Path) -> None:
    load(tmp_path)
    for strip in texts():
        strip.select = strip.text == "Hello"
    assert "above" not in save(tmp_path, "out.vtt", selected=True)
    assert "Dialogue:" in save(tmp_path, "out.ass")
    with pytest.raises(RuntimeError, match="as 'doc'"):
        save(tmp_path, "out.doc")


@pytest.mark.one_blender
def test_a_refused_file_adds_nothing(film: Any, tmp_path: Path) -> None:
    for data, message in ((b"", "empty"), (b"\x00\x01\x02" * 999, "binary"), (b"a letter", "not a subtitle file")):
        (tmp_path / "bad.srt").write_bytes(data)
        with pytest.raises(RuntimeError, match=message):
            bpy.ops.latent_strips.subtitles_import(filepath=str(tmp_path / "bad.srt"))
    with pytest.raises(RuntimeError, match="can't be read"):
        bpy.ops.latent_strips.subtitles_import(filepath=str(tmp_path / "nowhere.srt"))
    assert texts() == []


def test_a_long_text_is_written_whole_even_where_blender_holds_less(film: Any, tmp_path: Path) -> None:
    load(tmp_path, "00:00:01,000 --> 00:00:02,000\n" + "word " * 500 + "end\n")
    assert "word end\n" in save(tmp_path)


def test_cues_beyond_the_last_frame_are_told(film: Any, tmp_path: Path) -> None:
    strips = load(tmp_path, SRT + "\n4\n99:00:00,000 --> 99:00:01,000\ntoo late\n")
    assert len(strips) == 3


def test_cues_outside_of_the_frame_range_are_kept_and_told(film: Any, tmp_path: Path, capsys: Any) -> None:
    assert len(load(tmp_path, "00:00:01,000 --> 00:00:02,000\nin\n\n00:01:00,000 --> 00:01:01,000\nout\n")) == 2
    assert "1 cues lie outside of the scene's frame range" in capsys.readouterr().out


@pytest.mark.one_blender
def test_a_huge_file_is_refused_before_it_is_read(film: Any, tmp_path: Path) -> None:
    with (tmp_path / "huge.srt").open("wb") as file:
        file.truncate(3_000_000_000)  # takes no room on the disk
    with pytest.raises(RuntimeError, match=r"huge\.srt has 3000 MB, far more than subtitles have"):
        bpy.ops.latent_strips.subtitles_import(filepath=str(tmp_path / "huge.srt"))


@pytest.mark.one_blender
def test_the_command_line(film: Any, tmp_path: Path, capsys: Any) -> None:
    run = part("operators.blender.cli.main").main
    (tmp_path / "in.srt").write_text(SRT, "utf-8")
    assert run(["subtitles-import", str(tmp_path / "in.srt"), "--save"]) == 0
    assert "3 cues (SRT, utf-8)" in capsys.readouterr().out
    assert run(["subtitles-export", str(tmp_path / "out.srt")]) == 0
    assert (tmp_path / "out.srt").read_text("utf-8") == SRT
    assert run(["subtitles-import", str(tmp_path / "none.srt")]) == 1
    assert "Error: " in capsys.readouterr().err


ASS = """[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColor, SecondaryColor, OutlineColor, BackColor, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Sign,Georgia,28,&H0000FFFF,&H000000FF,&H00000000,&H00000000,0,-1,0,0,100,100,0,0,1,2,2,8,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 3,0:00:01.00,0:00:02.03,Sign,Ann,0,0,25,,{\\fad(100,100)}first\\Nsecond
Dialogue: 0,0:00:03.00,0:00:04.00,Sign,,0,0,0,,{\\pos(320,90)}there
"""


def events(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("Dialogue:")]


def test_substation_keeps_its_header_styles_and_tags_through_a_saved_file(film: Any, tmp_path: Path) -> None:
    (tmp_path / "in.ass").write_text(ASS, "utf-8")
    bpy.ops.latent_strips.subtitles_import(filepath=str(tmp_path / "in.ass"))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "film.blend"))
    written = save(tmp_path, "out.ass")
    assert events(written) == events(ASS)
    assert "PlayResX: 640" in written
    assert "Style: Sign,Georgia,28,&H0000FFFF," in written
    texts()[0].text = "retyped"
    move(texts()[0], 13, 37)
    texts()[1].location = (0.25, 0.5)
    texts()[1].use_bold = True
    first, second = events(save(tmp_path, "out.ass"))
    assert first == "Dialogue: 3,0:00:00.50,0:00:01.50,Sign,Ann,0,0,25,,retyped"
    assert second == "Dialogue: 0,0:00:03.00,0:00:04.00,Sign,,0,0,0,,{\\b1\\pos(160,180)}there"


def test_an_edge_that_was_not_moved_keeps_its_milliseconds(film: Any, tmp_path: Path) -> None:
    load(tmp_path, "00:00:01,011 --> 00:00:02,017\nhere\n")
    move(texts()[0], 25, 97)
    assert "00:00:01,011 --> 00:00:04,000\nhere\n" in save(tmp_path)


def test_what_somebody_wrote_into_a_strip_is_not_trusted(film: Any, tmp_path: Path) -> None:
    (tmp_path / "in.ass").write_text(ASS, "utf-8")
    bpy.ops.latent_strips.subtitles_import(filepath=str(tmp_path / "in.ass"))
    first, second = texts()
    keys = part("operators.blender.custom_properties")
    first[keys.CUE_HEADER], second[keys.CUE] = "no header", '{"start": "never"}'
    assert len(events(save(tmp_path, "out.ass"))) == 2
    first[keys.CUE], second[keys.CUE_HEADER] = 7, 7
    assert len(events(save(tmp_path, "out.ass"))) == 2
