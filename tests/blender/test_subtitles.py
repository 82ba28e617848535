"""Subtitles on the timeline: in, edited, and out again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import move, part

SRT = """1
00:00:00,000 --> 00:00:01,500
<i>Hello</i>

2
00:00:01,000 --> 00:00:03,001
two
lines

3
00:00:05,000 --> 00:00:06,000
{\\an8}<font color="#ff0000">above</font>
"""


def texts() -> list[Any]:
    return list(part("operators.blender.timeline.text_strips").texts(bpy.context.scene))


def load(tmp_path: Path, text: str = SRT, **settings: Any) -> list[Any]:
    path = tmp_path / "film.srt"
    path.write_text(text, "utf-8")
    assert bpy.ops.latent_strips.subtitles_import(filepath=str(path), **settings) == {"FINISHED"}
    return texts()


def save(tmp_path: Path, name: str = "out.srt", **settings: Any) -> str:
    bpy.ops.latent_strips.subtitles_export(filepath=str(tmp_path / name), **settings)
    return (tmp_path / name).read_text("utf-8")


def span(strip: Any) -> tuple[int, int]:
    compat = part("operators.blender.compat")
    return compat.left(strip), compat.left(strip) + compat.length(strip)


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


def test_a_huge_file_is_refused_before_it_is_read(film: Any, tmp_path: Path) -> None:
    with (tmp_path / "huge.srt").open("wb") as file:
        file.truncate(3_000_000_000)  # takes no room on the disk
    with pytest.raises(RuntimeError, match=r"huge\.srt has 3000 MB, far more than subtitles have"):
        bpy.ops.latent_strips.subtitles_import(filepath=str(tmp_path / "huge.srt"))


def numbered(count: int, word: str) -> str:
    stamps = [f"{n // 1800:02d}:{n // 30 % 60:02d}:{n * 2 % 60:02d}" for n in range(count)]
    return "\n".join(f"{n}\n{at},000 --> {at},900\n{word}\n" for n, at in enumerate(stamps))


def test_many_cues_are_work_in_proportion(film: Any, tmp_path: Path) -> None:
    """Counted in calls: how long Blender itself takes to add a strip grows with the strips that are there."""
    counts = []
    for count in (200, 400, 800):
        for strip in texts():
            part("operators.blender.compat").strips(film).remove(strip)
        calls = 0

        def note(_frame: Any, event: str, _what: Any) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        sys.setprofile(note)
        try:
            strips = load(tmp_path, numbered(count, "the same"))
        finally:
            sys.setprofile(None)
        assert len({strip.name for strip in strips}) == count
        counts.append(calls)
    assert counts[1] - counts[0] == pytest.approx((counts[2] - counts[1]) / 2, rel=0.1)


def test_names_of_other_strips_are_left_alone(film: Any, tmp_path: Path) -> None:
    load(tmp_path)
    load(tmp_path)
    long = "漢" * 60
    load(tmp_path, f"00:00:09,000 --> 00:00:10,000\n{long}\n\n00:00:09,000 --> 00:00:10,000\n{long}\n")
    names = [strip.name for strip in texts()]
    assert len(set(names)) == len(names) == 8
    assert {"Hello", "Hello.001", "two lines", "two lines.001"} < set(names)


def test_too_many_cues_are_refused_at_once(film: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="10,001 cues; at most 10,000 are read"):
        load(tmp_path, numbered(10_001, "x"))
    assert texts() == []


def test_a_cue_shorter_than_a_frame_moves_no_other_one(film: Any, tmp_path: Path, capsys: Any) -> None:
    def cue(start: str, end: str, text: str) -> str:
        return f"00:00:{start} --> 00:00:{end}\n{text}\n\n"

    text = cue("05,000", "05,000", "note") + cue("05,000", "08,000", "real") + cue("08,000", "08,010", "lost")
    text += cue("08,000", "09,000", "next")
    note, real, after = load(tmp_path, text)
    assert [span(strip) for strip in (note, real, after)] == [(120, 121), (121, 193), (193, 217)]
    assert {strip.channel for strip in (note, real, after)} == {1}
    assert {round(strip.location[1], 3) for strip in (note, real, after)} == {0.05}
    assert "Dropped: it is shorter than a frame, and the frames beside it show other cues (line 7)" in (
        capsys.readouterr().out
    )


def test_cues_at_the_top_and_at_the_bottom_do_not_push_one_another(film: Any, tmp_path: Path) -> None:
    both = "00:00:01,000 --> 00:00:03,000\n{}\n\n"
    load(tmp_path, "".join(both.format(text) for text in ("low", "{\\an8}high", "second")))
    heights = {strip.text: round(strip.location[1], 3) for strip in texts()}
    assert (heights["low"], heights["high"]) == (0.05, 0.95)
    assert 0.15 < heights["second"] < 0.25
    assert len({strip.channel for strip in texts()}) == 3


def test_automatic_captions_come_in_on_one_channel(film: Any, tmp_path: Path) -> None:
    """As the site of videos saves them: a line of one blank, word times, and cues of 10 ms between the others."""
    film.render.fps = 25
    (tmp_path / "auto.vtt").write_text(
        "WEBVTT\nKind: captions\nLanguage: en\n\n"
        "00:00:00.160 --> 00:00:02.629 align:start position:0%\n \n"
        "hello<00:00:00.480><c> and</c><00:00:00.640><c> welcome</c>\n\n"
        "00:00:02.629 --> 00:00:02.639 align:start position:0%\nhello and welcome\n \n\n"
        "00:00:02.639 --> 00:00:04.950 align:start position:0%\nhello and welcome\nto<00:00:02.800><c> the</c> show\n",
        "utf-8",
    )  # fmt: skip
    bpy.ops.latent_strips.subtitles_import(filepath=str(tmp_path / "auto.vtt"))
    assert [(strip.text, span(strip), strip.channel) for strip in texts()] == [
        ("hello and welcome", (5, 67), 1),
        ("hello and welcome\nto the show", (67, 125), 1),
    ]


@pytest.mark.parametrize(("size", "share"), [((1920, 1080), 0.15), ((1080, 1920), 0.2), ((1080, 1080), 0.3)])
def test_two_lines_take_a_small_share_of_any_picture(
    film: Any, tmp_path: Path, size: tuple[int, int], share: float
) -> None:
    film.render.resolution_x, film.render.resolution_y = size
    words = "It was a bright cold day in April"
    (strip,) = load(tmp_path, f"00:00:01,000 --> 00:00:02,000\n{words}\nand the clocks were striking one\n")
    layout = part("models.text.layout").lay_out(spec(film, strip))
    left, top, right, bottom = layout.rect
    assert 0 <= left < right <= size[0]
    assert (bottom - top) / size[1] < share


def spec(scene: Any, strip: Any) -> Any:
    return part("models.text.spec").Spec.from_json(part("operators.blender.timeline.text_strips").layout(scene, strip))


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
def test_a_line_without_blanks_is_broken_to_fit_and_written_whole(
    film: Any, tmp_path: Path, size: tuple[int, int]
) -> None:
    film.render.resolution_x, film.render.resolution_y = size
    line = "我们今天去看电影吧，你觉得怎么样？我觉得很好，那我们什么时候出发呢？等我做完作业就走吧。"
    text = f"1\n00:00:01,000 --> 00:00:02,000\n{line}\n"
    (strip,) = load(tmp_path, text)
    assert strip.text.replace("\n", "") == line
    assert not any(part[0] in "，。？" for part in strip.text.split("\n"))
    layout = part("models.text.layout").lay_out(spec(film, strip))
    assert 0 <= layout.rect[0] < layout.rect[2] <= size[0]
    assert save(tmp_path) == text
    strip.text = "改了"
    assert "改了" in save(tmp_path)


def test_what_is_never_drawn_is_kept_for_the_overlay_and_the_export(film: Any, tmp_path: Path) -> None:
    film.render.resolution_x, film.render.resolution_y = 320, 180
    marked = "\u2067שלום\u2069 a\u2060b\u200b\ufeff"
    text = f"1\n00:00:00,100 --> 00:00:00,200\n{marked}\n\n2\n00:00:01,000 --> 00:00:01,200\nsecond\n"
    first, _ = load(tmp_path, text)
    assert first.text == "שלום ab\u200b"
    assert spec(film, first).text == marked
    assert save(tmp_path) == text
    for strip in texts():
        strip.select = True
    assert bpy.ops.latent_strips.text_style(style="neon") == {"FINISHED"}
    assert sum(strip.type == "IMAGE" for strip in part("operators.blender.compat").all_strips(film)) == 2


def test_encodings_can_be_chosen_and_a_guess_is_reported(film: Any, tmp_path: Path, capsys: Any) -> None:
    operator = bpy.ops.latent_strips.subtitles_import.get_rna_type().properties["encoding"]
    offered = {item.identifier: item.name for item in operator.enum_items}
    assert offered["cp1255"] == "Hebrew (CP1255)"
    assert set(offered) == {"AUTO", *part("models.subtitles").ENCODINGS}
    line = "שלום לכולם, מה שלומכם היום? אני כאן"
    (tmp_path / "old.srt").write_bytes(f"00:00:01,000 --> 00:00:02,000\n{line}\n".encode("cp1255"))
    for encoding in ("AUTO", "cp1255"):
        bpy.ops.latent_strips.subtitles_import(filepath=str(tmp_path / "old.srt"), encoding=encoding)
        assert [strip.text for strip in texts()] == [line] * len(texts())
        said = capsys.readouterr().out
        assert ("The encoding was guessed: CP1255 (Hebrew)" in said) == (encoding == "AUTO")


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
