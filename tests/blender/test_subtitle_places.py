"""Where imported subtitles stand: in time, on channels and in the picture, and what is shown of their characters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import part
from tests.helpers.blender.subtitles import load, save, span, texts


@pytest.fixture
def film(scene: Any) -> Any:
    scene.render.fps, scene.frame_end = 24, 500
    scene.render.resolution_x, scene.render.resolution_y = 1920, 1080
    return scene


def numbered(count: int, word: str) -> str:
    stamps = [f"{n // 1800:02d}:{n // 30 % 60:02d}:{n * 2 % 60:02d}" for n in range(count)]
    return "\n".join(f"{n}\n{at},000 --> {at},900\n{word}\n" for n, at in enumerate(stamps))


@pytest.mark.one_blender
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


@pytest.mark.one_blender
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


@pytest.mark.one_blender
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
