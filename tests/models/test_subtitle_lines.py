"""SubRip and WebVTT as they come: what is unusual is read or reported, and never gets into the cue before."""

from __future__ import annotations

import pytest

from models.subtitles import Look, Track, read

FIRST = "1\n00:00:01,000 --> 00:00:02,000\nfirst\n\n"
THIRD = "3\n00:00:05,000 --> 00:00:06,000\nthird\n"
VTT = "WEBVTT\n\n"


def texts(text: str) -> list[str]:
    return [cue.text for cue in read(text.encode()).cues]


def spans(track: Track) -> list[tuple[int, int]]:
    return [(cue.start, cue.end) for cue in track.cues]


@pytest.mark.parametrize(
    ("line", "span"),
    [
        ("0:00:03,200.0000000000582 --> 00:00:04,000", (3200, 4000)),
        ("00:00:03,95 --> 00:00:04,0:", (3950, 4000)),
        ("00: 00: 03,000 --> 00: 00: 04,000", (3000, 4000)),
        ("00：00：03，000 --> 00：00：04，000", (3000, 4000)),
        ("００:００:０３,０００ --> 00:00:04,000", (3000, 4000)),
        ("00:00:03,000 -> 00:00:04,000", (3000, 4000)),
        ("00:00:03,000 - > 00:00:04,000", (3000, 4000)),
        ("00:00:03,000 –> 00:00:04,000", (3000, 4000)),
        ("00:00:03,000 → 00:00:04,000", (3000, 4000)),
        ("00:00:03;000 --> 00:00:04;000", (3000, 4000)),
        ("0:03.0-->0:04", (3000, 4000)),
        ("00:00:03,000 --> 00:00:04,000 X1:100 X2:200 Y1:1 Y2:2", (3000, 4000)),
    ],
)
def test_times_are_read_as_people_and_programs_write_them(line: str, span: tuple[int, int]) -> None:
    track = read(f"{FIRST}2\n{line}\nsecond\n\n{THIRD}".encode())
    assert [cue.text for cue in track.cues] == ["first", "second", "third"]
    assert spans(track)[1] == span
    assert not track.summary.dropped


@pytest.mark.parametrize(
    "line",
    [
        "00:00:0x,000 --> 00:00:04,000", "00:00:03,000 --> 00:00:1O,000", "00:00:03,000 --> ",
        "00.00.03,000 --> 00.00.04,000",
        "00:00:03,000 -> soon", "00:00:03,000 00:00:04,000", "00:00:03,000",
    ],
)  # fmt: skip
def test_a_cue_whose_times_cant_be_read_is_reported_and_gets_into_no_other(line: str) -> None:
    track = read(f"{FIRST}2\n{line}\nsecond\n\n{THIRD}".encode())
    assert [cue.text for cue in track.cues] == ["first", "third"]
    assert track.summary.dropped == {"the times can't be read": [6]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # no empty lines between cues
        ("1\n00:01 --> 00:02\nHello\n2\n00:03 --> 00:04\nWorld\n3\n00:05 --> 00:06\nEnd\n", ["Hello", "World", "End"]),
        # a countdown, with counters and without
        ("00:01 --> 00:02\n3\n\n00:02 --> 00:03\n2\n\n00:03 --> 00:04\nGo\n", ["3", "2", "Go"]),
        ("00:01 --> 00:02\n3\n00:02 --> 00:03\n2\n00:03 --> 00:04\nGo\n", ["3", "2", "Go"]),
        ("1\n00:01 --> 00:02\n3\n\n2\n00:02 --> 00:03\n2\n\n3\n00:03 --> 00:04\nGo\n", ["3", "2", "Go"]),
        # a number that is text, after an empty line, and counters that begin anywhere
        ("7\n00:01 --> 00:02\nIn\n\n1984\n\n8\n00:03 --> 00:04\nx\n", ["In\n\n1984", "x"]),
        # an empty line after every line
        ("1\n\n00:01 --> 00:02\n\nHello\n\nyou\n\n2\n\n00:03 --> 00:04\n\nWorld\n", ["Hello\nyou", "World"]),
        ("1\r\r\n00:01 --> 00:02\r\r\nHello\r\r\n\r\r\n2\r\r\n00:03 --> 00:04\r\r\nWorld\r\r\n", ["Hello", "World"]),
        # arrows in a text
        ("1\n00:01 --> 00:02\nOpen\n9:00 -> 17:00\nhere --> there\n", ["Open\n9:00 -> 17:00\nhere --> there"]),
        # the first counter is lost
        ("00:01 --> 00:02\nHello\n\n2\n00:03 --> 00:04\nWorld\n", ["Hello", "World"]),
        # a section of another format in a text
        ("1\n00:01 --> 00:02\n[Events]\n", ["[Events]"]),
        ("1\n00:01 --> 00:02\nWEBVTT <sync start=1> <tt >\n", ["WEBVTT <sync start=1> <tt >"]),
    ],
)  # fmt: skip
def test_subrip_is_taken_apart_where_its_writer_meant_it(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_what_stands_before_the_first_times_is_reported() -> None:
    track = read(b"Subtitles by somebody\n\n" + FIRST.encode())
    assert [cue.text for cue in track.cues] == ["first"]
    assert track.summary.dropped == {"it stands before the first times": [1]}


@pytest.mark.parametrize(
    ("text", "plain", "look"),
    [
        ('<FONT COLOR="#FF0000">red</FONT>', "red", Look(color=(1.0, 0.0, 0.0))),
        ("<font color=red>red</font>", "red", Look(color=(1.0, 0.0, 0.0))),
        ("<Font Color='#f00'><I>red</I></Font>", "red", Look(italic=True, color=(1.0, 0.0, 0.0))),
        ("Q&A &lt;b&gt; &#233; &nosuch;", "Q&A <b> é &nosuch;", Look()),
        ("<laughs> a < b > c", "<laughs> a < b > c", Look()),
        ("{not a tag} {\\an8}above", "{not a tag} above", Look(anchor=8)),
        ("{\\a6}above", "above", Look(anchor=8)),
        ("{\\a13}{\\a4}{\\a-1}{\\a99999}low", "low", Look()),
        ("{\\pos(nan,1)}{\\pos(1e999,2)}{\\pos(1)}{\\pos(1,2,3)}low", "low", Look()),
    ],
)
def test_tags_of_subrip(text: str, plain: str, look: Look) -> None:
    (cue,) = read(f"00:01 --> 00:02\n{text}\n".encode()).cues
    assert (cue.text, cue.look) == (plain, look)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a line of one blank, or of a no-break space, ends nothing
        ("00:01.000 --> 00:02.000\nOne\n \nThree\n", ["One\n\nThree"]),
        ("00:01.000 --> 00:02.000\nOne\n\u00a0\nThree\n", ["One\n\nThree"]),
        ("00:01.000 --> 00:02.000\n \nafter\n", ["after"]),
        # settings glued to the time
        ("00:00.000 --> 00:01.000line:40%\nglued\n", ["glued"]),
        # names that are words of the format
        ("STYLE\n00:01.000 --> 00:02.000\nnamed\n\nNOTE\n00:03.000 --> 00:04.000\nother\n", ["named", "other"]),
        # an arrow ends a cue, and what is before it is no text when it is a counter
        ("1\n00:01.000 --> 00:02.000\none\n2\n00:03.000 --> 00:04.000\ntwo\n", ["one", "two"]),
        ("00:01.000 --> 00:02.000\none\n \nname\n00:03.000 --> 00:04.000\ntwo\n", ["one", "two"]),
        ("00:01,000 --> 00:02,000\ncommas\n", ["commas"]),
    ],
)
def test_webvtt_blocks_are_those_of_its_specification(text: str, expected: list[str]) -> None:
    track = read((VTT + text).encode())
    assert [cue.text for cue in track.cues] == expected
    assert not track.summary.dropped


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("00:01.000 -> 00:02.000\nlost\n", "a block without times", 3),
        ("lost\n\n00:01.000 --> 00:02.000\nx\n", "a block without times", 3),
        ("STYLE\n::cue {}\n\n00:01.000 --> 00:02.000\nx\n", "a STYLE block is not followed", 3),
        ("00:01.000 --> 00:02.000\nx\n\nSTYLE\n::cue {}\n", "a STYLE block is not followed, and stands after a cue", 6),
        ("00:01.zzz --> 00:02.000\nlost\n", "the times can't be read", 3),
        ("00:01.000 --> 00:02.000\nx\n00:61.zzz --> 00:02.000\nlost\n", "the times can't be read", 5),
    ],
)
def test_webvtt_blocks_that_are_not_shown_are_reported(text: str, reason: str, line: int) -> None:
    track = read((VTT + text).encode())
    assert track.summary.dropped == {reason: [line]}
    assert not any("lost" in cue.text or "-->" in cue.text for cue in track.cues)


@pytest.mark.parametrize(
    ("text", "plain", "lost"),
    [
        ("hello<00:00:00.480><c> and</c>", "hello and", ["karaoke times"]),
        ("hello<00:00:00.480<c> and</c>", "hello and", ["karaoke times"]),
        ("hello<00:00:00.480", "hello", []),
        ("hello<c", "hello", []),
        ("<laughs>hello", "hello", ["a tag that WebVTT doesn't have"]),
        ("a < b, <3 and c > d", "a < b, <3 and c > d", []),
        ("a <b unclosed", "a <b unclosed", []),
        ("<v Ann>&lt;Fish&gt; &amp; chips", "<Fish> & chips", ["voice"]),
        ("<ruby>漢<rt>kan</rt></ruby>字", "漢kan字", ["ruby"]),
        ("{\\an8}braces are text", "{\\an8}braces are text", []),
        ("<b><i>x</b> y</i>", "x y", []),
    ],
)
def test_webvtt_text_is_read_by_its_specification(text: str, plain: str, lost: list[str]) -> None:
    track = read(f"{VTT}00:01.000 --> 00:02.000\n{text}\n".encode())
    assert track.cues[0].text == plain
    assert list(track.summary.changed) == [f"{what} is not shown" for what in lost]


@pytest.mark.parametrize(
    ("settings", "look"),
    [
        ("line:-.", Look()), ("line:-", Look()), ("line:1.1.1%", Look()), ("line:nan", Look()),
        ("position:nan%", Look()),
        ("line:0", Look(anchor=8, position=(0.5, 0.0))), ("line:-1", Look(anchor=2, position=(0.5, 0.95))),
        ("line:90%,end position:25% align:left", Look(anchor=1, position=(0.25, 0.9))),
        ("align:start position:0%", Look(anchor=1)),
    ],
)  # fmt: skip
def test_webvtt_settings(settings: str, look: Look) -> None:
    track = read(f"{VTT}00:01.000 --> 00:02.000 {settings}\nx\n".encode())
    assert track.cues[0].look == look


def test_captions_that_were_made_automatically_read_well() -> None:
    text = (
        "Kind: captions\nLanguage: en\n\n00:00:00.160 --> 00:00:02.629 align:start position:0%\n \n"
        "hello<00:00:00.480><c> and</c><00:00:00.640><c> welcome</c>\n\n"
        "00:00:02.629 --> 00:00:02.639 align:start position:0%\nhello and welcome\n \n\n"
        "00:00:02.639 --> 00:00:04.950 align:start position:0%\nhello and welcome\nto<00:00:02.800><c> the</c> show\n"
    )
    track = read(("WEBVTT\n" + text).encode())
    assert [cue.text for cue in track.cues] == ["hello and welcome"] * 2 + ["hello and welcome\nto the show"]
    assert track.summary.changed == {"karaoke times is not shown": [5, 13]}


def test_control_characters_are_what_was_meant_or_nothing() -> None:
    text = "1\n00:00\x04:01,000 --> 00:00:02,000\nIt\x92s\x07 a\x85\x0bnew\u2028line\tend\x7f\n"
    assert texts(text) == ["It’s a…\nnew\nline end"]


def test_no_file_fills_the_summary_with_reasons() -> None:
    tags = "".join(f"{{\\x{'abcdefghij'[n // 10]}{'abcdefghij'[n % 10]}}}" for n in range(100))
    track = read(f"00:01 --> 00:02\n{tags}x\n".encode())
    assert len(list(track.summary.lines())) < 45
