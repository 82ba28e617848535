"""The other formats: MicroDVD, MPL2, TMP, SAMI, TTML and what of ASS is no override."""

from __future__ import annotations

from fractions import Fraction

import pytest

from models.errors import SubtitleError
from models.subtitles import Cue, Look, Track, read, write

ASS = "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
FORMAT = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
LINE = "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,"


def shown(track: Track) -> list[tuple[int, int, str]]:
    return [(cue.start, cue.end, cue.text) for cue in track.cues]


def ttml(body: str, root: str = "") -> Track:
    return read(f"<tt {root}><body>{body}</body></tt>".encode())


def time(expression: str, root: str = "") -> int:
    return ttml(f'<div><p begin="{expression}" end="99999999s">x</p></div>', root).cues[0].start


def test_microdvd_tells_its_rate_in_its_first_line() -> None:
    text = b"\n{1}{1}25\n{25}{50}Hello|there\n{100}{125}\n{100}{125}x\n"
    track = read(text, fps=Fraction(24))
    assert shown(track) == [(1000, 2000, "Hello\nthere"), (4000, 5000, "x")]
    assert track.summary.dropped == {"it has no text": [4]}
    assert not track.summary.remarks
    (cue,) = read(b"{1}{1}23,976\n{24000}{24001}x\n", fps=Fraction(24)).cues
    assert cue.start == 1_001_001
    track = read(b"{24}{48}Hello\n{1}{1}25\n", fps=Fraction(24))
    assert shown(track)[0] == (1000, 2000, "Hello")
    assert track.summary.remarks == ["It counts frames and doesn't say at which rate; 24 fps is taken."]
    assert read(b"{1}{1}0\n{24}{48}x\n", fps=Fraction(24)).cues[0].text == "0"


def test_microdvd_codes() -> None:
    text = (
        "{1}{1}25\n{25}{}{y:i}one|two\n{50}{75}{Y:b,u}all|of it\n{100}{125}{c:$0000ff}red\n{150}{175}{P:1,2}/x\nlost\n"
    )
    track = read(text.encode())
    one, all_, red, x = track.cues
    assert (one.text, one.end, one.look) == ("one\ntwo", 1969, Look())
    assert (all_.text, all_.look) == ("all\nof it", Look(bold=True))
    assert red.look == Look(color=(1.0, 0.0, 0.0))
    assert x.text == "/x"
    assert track.summary.changed == {
        "italic of a part of the text is not shown": [2], "underline is not shown": [3], "{P:…} is not shown": [5],
    }  # fmt: skip
    assert track.summary.dropped == {"the line can't be read": [6]}


def test_mpl2_and_tmp() -> None:
    track = read(b"[10][25]/one|two\n[30][]three\n[35][40]four\nlost\n")
    assert shown(track) == [(1000, 2500, "one\ntwo"), (3000, 3500, "three"), (3500, 4000, "four")]
    assert track.summary.format == "mpl2"
    assert track.summary.dropped == {"the line can't be read": [4]}
    track = read(b"00:00:01:one|two\n00:00:02:a longer line\n01:00:00:end\n")
    assert shown(track)[:2] == [(1000, 1969, "one\ntwo"), (2000, 3371, "a longer line")]
    assert track.summary.format == "tmp"


def test_sami_lasts_until_the_next_one() -> None:
    text = (
        "<SAMI><HEAD><STYLE>P {x}</STYLE></HEAD><BODY>\n"
        "<SYNC Start=1000><P Class=ENCC>one<br>\n <i>two</i> &amp; <b>3\n"
        "<SYNC Start=4000><P Class=ENCC>&nbsp;\n"
        "<Sync start='5000'><p class=ENCC><font color=red>x</font><p class=FRCC>y\n"
        "<SYNC>lost</BODY></SAMI>"
    )
    track = read(text.encode())
    assert shown(track) == [(1000, 4000, "one\ntwo & 3"), (5000, 5567, "x")]
    assert track.cues[1].look == Look(color=(1.0, 0.0, 0.0))
    assert track.summary.format == "sami"
    assert track.summary.remarks == ["It has 2 languages; only ENCC is shown."]
    assert track.summary.dropped == {"a SYNC without a start": [6]}


@pytest.mark.parametrize(
    "namespace",
    ['xmlns="http://www.w3.org/ns/ttml"', 'xmlns="http://www.w3.org/2006/10/ttaf1"', 'xmlns="http://www.w3.org/2006/04/ttaf1"',
     "", 'xmlns="x" xml:lang="en"'],
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["", "tt:"])
def test_ttml_of_any_namespace(namespace: str, prefix: str) -> None:
    text = f"""<?xml version="1.0" encoding="utf-8"?>
<!-- a comment --><{prefix}tt {namespace}><{prefix}head><{prefix}metadata>none</{prefix}metadata></{prefix}head>
<{prefix}body><{prefix}div>
  <{prefix}p begin="00:00:00.000" end="00:00:01.000">
    <{prefix}span>First line</{prefix}span>
    <{prefix}br/>
    <{prefix}span>Second</{prefix}span> <{prefix}span>line &amp; more</{prefix}span>
  </{prefix}p></{prefix}div></{prefix}body></{prefix}tt>"""
    track = read(text.encode())
    assert shown(track) == [(0, 1000, "First line\nSecond line & more")]
    assert track.cues[0].line == 4


@pytest.mark.parametrize(
    ("expression", "root", "ms"),
    [
        ("00:00:10.5", "", 10_500), ("1h", "", 3_600_000), ("1.5m", "", 90_000), ("2s", "", 2000), ("250ms", "", 250),
        ("00:10", "", 10_000), ("3", "", 3000), ("00:00:10,500", "", 10_500),
        ("00:00:10:12", 'ttp:frameRate="25"', 10_480), ("00:00:10:15", "", 10_500), ("50f", 'ttp:frameRate="25"', 2000),
        ("00:00:10:12", 'frameRate="24" frameRateMultiplier="1000 1001"', 10_501),
        ("00:00:10:12.1", 'frameRate="25" subFrameRate="2"', 10_500),
        ("48f", 'frameRate="24" frameRateMultiplier="1000:1001"', 2002),
        ("20000000t", 'ttp:tickRate="10000000"', 2000), ("50t", 'frameRate="25"', 2000), ("2t", "", 2000),
        ("01:00:00:00", 'timeBase="smpte" frameRate="30" frameRateMultiplier="1000 1001"', 3_603_600),
        ("01:00:00:00", 'timeBase="smpte" dropMode="dropNTSC" frameRate="30" frameRateMultiplier="1000 1001"',
         3_599_996),
    ],
)  # fmt: skip
def test_ttml_times(expression: str, root: str, ms: int) -> None:
    assert time(expression, root) == ms


def test_ttml_times_lie_in_one_another() -> None:
    body = '<div begin="10s"><p begin="1s" dur="2s">a</p><p begin="4s" end="5s">b</p></div>'
    assert shown(ttml(body)) == [(11_000, 13_000, "a"), (14_000, 15_000, "b")]
    body = '<div timeContainer="seq"><p dur="2s">a</p><p begin="1s" dur="2s">b</p><p dur="1s">c</p></div>'
    assert shown(ttml(body)) == [(0, 2000, "a"), (3000, 5000, "b"), (5000, 6000, "c")]
    body = '<div end="5s"><p begin="1s">a</p></div><div><p begin="9s">last</p></div>'
    assert shown(ttml(body)) == [(1000, 5000, "a"), (9000, 9768, "last")]
    body = '<div><p><span begin="1s" end="2s">by</span> <span begin="2s" end="3s">word</span></p></div>'
    track = ttml(body)
    assert shown(track) == [(1000, 3000, "by word")]
    assert track.summary.changed == {"karaoke times is not shown": [1]}


def test_ttml_looks() -> None:
    track = read(
        b"""<tt><head><styling><style xml:id="s" tts:color="#ff0000" tts:fontStyle="italic"/></styling>
        <layout><region xml:id="top" tts:displayAlign="before"/>
        <region xml:id="low"><style tts:origin="10% 80%"/><style tts:extent="80% 20%"/></region></layout></head>
        <body><div>
        <p begin="1s" end="2s" style="s">red</p>
        <p begin="1s" end="2s" region="top"><span tts:fontWeight="bold">high</span></p>
        <p begin="1s" end="2s" region="low">low <span style="s">part</span></p></div></body></tt>"""
    )
    red, high, low = track.cues
    assert red.look == Look(italic=True, color=(1.0, 0.0, 0.0))
    assert high.look == Look(bold=True, anchor=8)
    assert (low.text, low.look) == ("low part", Look())
    assert "italic of a part of the text is not shown" in track.summary.changed


def test_ttml_that_is_damaged_or_has_a_time_that_is_none() -> None:
    track = ttml(
        '\n<div><p begin="1s" end="2s">a</p>\n<p begin="soon" end="2s">b</p>\n<p begin="2s" end="3s">c</p><p>d</broken>'
    )
    assert [cue.text for cue in track.cues] == ["a", "c"]
    assert track.summary.dropped == {
        "the times can't be read (soon)": [3], "the file is damaged (mismatched tag); what follows is lost": [4],
    }  # fmt: skip
    with pytest.raises(SubtitleError, match="declares a document type"):
        read(b'<!DOCTYPE tt [<!ENTITY a "b">]><tt><body><p begin="1s" end="2s">&a;</p></body></tt>')


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("{a comment}text{another}", "text"), ("{\\i1}a{comment \\b1}b", "ab"), ("Q&amp;A <b>", "Q&amp;A <b>"),
        ("an {open brace", "an {open brace"), ("a\\{b\\}", "a{b}"), ("{\\a13}{\\pos(nan,nan)}x", "x"),
        ("one\\Ntwo\\hthree", "one\ntwo\u00a0three"),
    ],
)  # fmt: skip
def test_substation_text_is_what_is_not_in_braces(text: str, plain: str) -> None:
    track = read(f"{ASS}{FORMAT}{LINE}{text}\n".encode())
    assert track.cues[0].text == plain
    again = read(write(track.cues, "ass").encode()).cues[0]
    assert again.text == plain
    assert again.origin
    assert again.origin.marked == text  # comments are kept


def test_substation_fields_are_in_the_order_that_the_file_says() -> None:
    text = f"{ASS}Format: Start, End, Style, Text\nDialogue: 0:00:01.00,0:00:02.00,Default,a, b\n"
    assert shown(read(text.encode())) == [(1000, 2000, "a, b")]
    text = "Dialogue: Marked=0,0:00:01.00,0:00:02.00,*Default,,0,0,0,,x\n"
    assert shown(read(text.encode())) == [(1000, 2000, "x")]


def test_each_line_of_substation_that_cant_be_read_is_reported() -> None:
    track = read(
        f"{ASS}{FORMAT}{LINE}a\nDialogue: 0,soon,0:00:02.00,,,0,0,0,,b\nDialogue: 0,0:00:01.00\n{LINE}c\n".encode()
    )
    assert [cue.text for cue in track.cues] == ["a", "c"]
    assert track.summary.dropped == {"the times can't be read": [7], "the line can't be read": [8]}


def test_what_would_be_markup_is_written_so_that_it_reads_back() -> None:
    words = [
        "a {b} <i> & </i> &amp; {\\an8}",
        "C:\\New\\home",
        "00:01 --> 00:02\n12:30 -> 13:00",
        "5\n\n7",
        "a < b, <3",
        "3",
    ]
    made = [Cue(1000 * n, 1000 * n + 900, word) for n, word in enumerate(words)]
    for format in ("srt", "vtt", "ass", "ssa"):
        assert [cue.text for cue in read(write(made, format).encode()).cues] == words


def test_text_of_one_format_is_no_markup_in_another() -> None:
    srt = read(b"00:01 --> 00:02\n<laughs> Q&A {x}\n\n5\n").cues
    for format in ("srt", "vtt", "ass"):
        assert read(write(srt, format).encode()).cues[0].text == srt[0].text == "<laughs> Q&A {x}\n\n5"
    vtt = read(b"WEBVTT\n\n00:01.000 --> 00:02.000 line:0\n<v Ann>&lt;i&gt; {\\an8} <b>x</b>\n").cues
    for format in ("srt", "vtt", "ass"):
        again = read(write(vtt, format).encode()).cues[0]
        assert again.text == "<i> {\\an8} x"
        assert again.look.anchor == 8
