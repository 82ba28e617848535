"""Subtitle files: each cue is kept, changed or dropped for a reason that is told; what is written reads the same."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import SubtitleError
from models.subtitles import Cue, Look, Origin, place, rate, read, to_frame, to_ms, write
from models.subtitles.encoding import decode
from models.subtitles.stored import Stored
from models.subtitles.substation import packed, unpacked
from models.text.invisible import visible
from tests.helpers.fuzz import fuzz

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "data" / "subtitles"
SRT = """1
00:00:00,000 --> 00:00:01,500
<i>Hello</i>

2
00:00:01,000 --> 00:00:03,000
one <b>bold</b> word
second line

3
00:00:05,000 --> 00:00:04,000
backwards
"""
VTT = """WEBVTT - a title

NOTE
not a cue 00:01.000 --> 00:02.000

STYLE
::cue { color: red }

intro
00:01.000 --> 00:02.000 line:0 align:start
<v Ann>Fish &amp; chips</v>

00:61.zzz --> 00:02.000
lost

10:00:00.000 --> 10:00:01.000
late
"""
STYLE = (
    "Format: Name, Fontname, Fontsize, PrimaryColor, SecondaryColor, OutlineColor, BackColor, Bold, Italic, "
    "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, "
    "MarginV, Encoding\n"
    "Style: Default,Arial,20,&H0000FFFF,&H000000FF,&H00000000,&H00000000,0,-1,0,0,100,100,0,0,1,2,2,8,10,10,10,1"
)
ASS = f"""[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
{STYLE}

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,a comment
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,first\\Nsecond
Dialogue: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,{{\\i0\\an3\\pos(320,90)\\c&H0000FF&}}red{{\\fad(10,10)}}
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{{\\p1}}m 0 0 l 10 10{{\\p0}}
"""


def cues(text: str) -> list[Cue]:
    return list(read(text.encode()).cues)


def test_subrip() -> None:
    track = read(SRT.encode())
    first, second, third = track.cues
    assert (first.start, first.end, first.text, first.look) == (0, 1500, "Hello", Look(italic=True))
    assert (second.text, second.look.bold) == ("one bold word\nsecond line", False)
    assert (third.start, third.end) == (4000, 5000)
    assert "bold of a part of the text is not shown (line 6)" in "\n".join(track.summary.lines())
    assert "the times were exchanged (line 11)" in "\n".join(track.summary.lines())
    assert track.summary.headline() == "3 cues (SRT, utf-8), 2 of them changed"


def test_webvtt() -> None:
    track = read(VTT.encode())
    assert [cue.text for cue in track.cues] == ["Fish & chips", "late"]
    assert track.cues[0].look == Look(anchor=7, position=(0.5, 0.0))
    assert track.cues[1].start == 36_000_000
    # By the specification an arrow in the second line of a block makes it a cue, whatever its first line says.
    assert track.summary.dropped == {"the times can't be read": [4, 13], "a STYLE block is not followed": [6]}
    assert track.summary.changed == {"voice is not shown": [10]}


def test_substation() -> None:
    track = read(ASS.encode())
    first, second = track.cues
    assert (first.text, first.look) == ("first\nsecond", Look(italic=True, color=(1.0, 1.0, 0.0), anchor=8))
    assert second.look == Look(color=(1.0, 0.0, 0.0), anchor=3, position=(0.5, 0.25))
    assert track.summary.dropped == {"a drawing, which is not text": [15]}
    assert track.summary.changed["\\fad is not shown"] == [14]
    assert any("1 comment" in line for line in track.summary.lines())


def test_substation_with_styles_that_cant_be_read_keeps_its_cues() -> None:
    track = read(ASS.replace("20,&H0000FFFF", "twenty,&H0000FFFF").encode())
    assert [cue.text for cue in track.cues] == ["first\nsecond", "red"]
    assert "styles can't be read" in "\n".join(track.summary.lines())


def test_a_format_that_counts_frames_needs_the_rate() -> None:
    assert read(b"{0}{48}Hello|there\n", fps=Fraction(24)).cues[0].end == 2000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\0\0\0\0", "empty"),
        (bytes(range(256)) * 40, "binary"),
        (b"Dear reader,\nthis is a letter.\n", "not a subtitle file"),
        (b"x" * 50_000_000, "50 MB"),
        (b"1\n00:00:01,000 --> 00:00:02,000\n\n", None),
    ],
    ids=["empty", "nuls", "binary", "prose", "huge", "textless"],
)
def test_files_without_a_cue(data: bytes, message: str | None) -> None:
    if message is None:
        assert read(data).summary.dropped == {"it has no text": [2]}
    else:
        with pytest.raises(SubtitleError, match=message):
            read(data)


def test_odd_cues() -> None:
    text = (
        "-00:00:01,000 --> 00:00:01,000\nnegative\n\n-00:00:03,000 --> -00:00:01,000\nbefore\n\n"
        "00:00:02,000 --> 00:00:02,000\n<i>unclosed {\\an8}and a < b\0\n\n00:00:03,5 --> 00:00:04\n" + "x" * 4000 + "\n"
    )
    track = read(text.encode())
    assert [(cue.start, cue.end) for cue in track.cues] == [(0, 1000), (2000, 2000), (3500, 4000)]
    assert (track.cues[1].text, track.cues[1].look) == ("unclosed and a < b", Look(italic=True, anchor=8))
    assert len(track.cues[2].text) == 3000
    told = "\n".join(track.summary.lines())
    for words in ("negative time became 0", "before the film begins", "1 NUL", "first 3000 characters"):
        assert words in told


def test_a_cue_that_begins_with_more_blanks_than_are_kept_has_its_text() -> None:
    times = "00:00:01,000 --> 00:00:02,000\n"
    track = read(f"1\n{times}{' ' * 4000}text\n\n2\n{times}\u200b{' ' * 4000}text\n".encode())
    assert [cue.text for cue in track.cues] == ["text"]
    assert "it has no text" in track.summary.dropped


@pytest.mark.parametrize(
    ("fps", "base", "exact"),
    [(24, 1.001, "24000/1001"), (30, 1.0010000467300415, "30000/1001"), (23.976, 1, "24000/1001"), (25, 1, "25"),
     (29.97, 1, "30000/1001"), (12.5, 1, "25/2"), (60, 1.001, "60000/1001")],
)  # fmt: skip
def test_rates_are_exact(fps: float, base: float, exact: str) -> None:
    assert rate(fps, base) == Fraction(exact)


def test_frames_are_rounded_at_the_true_rate() -> None:
    ntsc = rate(30, 1.001)
    assert to_frame(36_000_000, ntsc) == 1_078_921  # ten hours; at 30 fps it would be 1,080,000
    assert to_frame(33, ntsc) == to_frame(17, ntsc) == 1
    assert to_frame(16, ntsc) == 0


@given(frame=st.integers(0, 10**6), fps=st.sampled_from(["24000/1001", "25", "30000/1001", "60", "24", "500"]))
def test_a_frame_survives_milliseconds(frame: int, fps: str) -> None:
    assert to_frame(to_ms(frame, Fraction(fps)), Fraction(fps)) == frame


SPANS = st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 3000), st.sampled_from([0, 2, 5, 8])), max_size=30)


@given(SPANS)
def test_cues_share_no_lane_at_a_time(spans: list[tuple[int, int, int]]) -> None:
    cues_ = [Cue(start, start + length, "x", Look(anchor=anchor)) for start, length, anchor in spans]
    placed = place(cues_, Fraction(24))
    for n, one in enumerate(placed):
        rounded = to_frame(one.cue.start, Fraction(24)), to_frame(one.cue.end, Fraction(24))
        assert (one.start, one.end) == rounded if rounded[1] > rounded[0] else one.end - one.start <= 1
        for other in placed[:n]:
            if max(one.start, other.start) < min(one.end, other.end):  # seen together
                assert one.lane != other.lane
                same_row = (one.cue.look.anchor or 2) // 3 == (other.cue.look.anchor or 2) // 3
                assert one.level != other.level or not same_row


def test_a_cue_shorter_than_a_frame_moves_no_other_one() -> None:
    def placed(*spans: tuple[int, int]) -> list[tuple[int, int, int]]:
        found = place([Cue(start, end, "x") for start, end in spans], Fraction(24))
        assert all(one.level == 0 for one in found)
        return [(one.start, one.end, one.lane) for one in found]

    assert placed((1000, 1010)) == [(24, 25, 0)]
    assert placed((5000, 5000), (5000, 8000)) == [(119, 120, 0), (120, 192, 0)]
    assert placed((3449, 3459), (3459, 6000)) == [(82, 83, 0), (83, 144, 0)]
    assert placed((4000, 5000), (5000, 5000), (5000, 8000)) == [(96, 120, 0), (120, 120, 0), (120, 192, 0)]


def test_cues_at_other_places_do_not_push_one_another() -> None:
    bottom, top, apart = (Look(anchor=0), Look(anchor=8), Look(anchor=8, position=(0.1, 0.1)))
    placed = place([Cue(0, 1000, "x", look) for look in (bottom, top, apart, bottom)], Fraction(24))
    assert [(one.lane, one.level) for one in placed] == [(0, 0), (1, 0), (2, 0), (3, 1)]


LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=20
).filter(lambda text: text == text.strip() and not any(c in text for c in "<>{}\\&") and "-->" not in text)
LINE = LINE.filter(lambda text: bool(visible(text).strip()))  # a cue of which nothing is seen is not written
TEXTS = st.lists(LINE, min_size=1, max_size=3).map("\n".join)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 35_999_999), st.integers(1, 10_000), TEXTS), min_size=1, max_size=6))
@pytest.mark.parametrize("format", ["srt", "vtt"])
def test_what_is_written_reads_the_same(format: str, parts: list[tuple[int, int, str]]) -> None:
    made = [Cue(start, start + length, text, Look(italic=length % 2 == 0)) for start, length, text in parts]
    back = read(write(made, format).encode()).cues
    assert sorted((c.start, c.end, c.text, c.look) for c in back) == sorted(
        (c.start, c.end, c.text, c.look) for c in made
    )


@pytest.mark.parametrize("format", ["srt", "vtt", "ass"])
def test_the_look_is_written(format: str) -> None:
    made = Cue(1000, 2000, "both\nlines", Look(bold=True, italic=True, anchor=8))
    back = read(write([made], format).encode()).cues[0]
    assert (back.text, back.look.bold, back.look.italic, back.look.anchor) == ("both\nlines", True, True, 8)


def test_tags_of_one_format_do_not_get_into_another() -> None:
    cues_ = read(ASS.encode()).cues
    for format in ("srt", "vtt", "ass"):
        back = read(write(cues_, format).encode()).cues
        assert [cue.text for cue in back] == ["first\nsecond", "red"]
        assert back[0].look.italic
    (above,) = read(b"00:00:01,000 --> 00:00:02,000\n{\\an8}above\n").cues
    assert "{" not in write([above], "vtt")


def test_an_unknown_format() -> None:
    with pytest.raises(SubtitleError, match=r"as 'doc'\. Choose srt, vtt, ass"):
        write([], "doc")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the collection of subtitle files is not here")
def test_a_collection_of_files_is_read_without_an_unexplained_loss() -> None:
    for path in sorted(path for path in CORPUS.rglob("*") if path.is_file() and "LICEN" not in path.name):
        data = path.read_bytes()
        track = read(data)
        text = decode(data).text
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if track.summary.format in ("srt", "vtt"):
            said = {n for n, line in enumerate(lines, 1) if "-->" in line and line.strip()[:1].isdigit()}
        else:
            said = {n for n, line in enumerate(lines, 1) if line.strip().startswith("Dialogue:")}
        told = {cue.line for cue in track.cues} | {n for where in track.summary.dropped.values() for n in where}
        assert said <= told, (path, said - told)


def test_substation_is_written_with_the_header_styles_and_tags_that_it_came_with() -> None:
    text = ASS.replace("{\\\\an", "{\\an").replace(
        "Dialogue: 0,0:00:02.00,0:00:03.00,Default,,0,", "Dialogue: 7,0:00:02.00,0:00:03.00,Default,Ann,5,"
    )
    cues = read(text.encode()).cues
    made = write(cues, "ass")
    assert "PlayResX: 640" in made
    assert STYLE.split("\n")[1] in made
    events = [line for line in text.split("\n") if line.startswith("Dialogue:")][:2]
    assert [line for line in made.split("\n") if line.startswith("Dialogue:")] == events
    assert [(c.text, c.look) for c in read(write(cues, "ssa").encode()).cues] == [(c.text, c.look) for c in cues]


def test_an_edited_cue_keeps_its_style_and_says_what_differs_from_it() -> None:
    first, second = read(ASS.encode()).cues
    assert first.origin
    origin = replace(first.origin, marked="")
    look = replace(first.look, italic=False, position=(0.5, 0.25))
    made = write([replace(first, text="new\nwords", look=look, origin=origin), second], "ass")
    assert "Default,,0,0,0,,{\\i0\\pos(320,90)}new\\Nwords\n" in made
    assert read(made.encode()).cues[0].look == look


def test_styles_of_two_files_that_share_a_name_are_both_kept() -> None:
    cues = [*read(ASS.encode()).cues, *read(ASS.replace("Arial,20", "Impact,44").encode()).cues]
    made = write(cues, "ass")
    assert "Style: Default,Arial,20," in made
    assert "Style: Default (2),Impact,44," in made
    assert made.count(",Default (2),") == 2


def test_what_strips_hold_of_a_file_is_never_trusted() -> None:
    cue = read(ASS.encode()).cues[1]
    assert cue.origin
    stored = Stored(cue, (24, 48), (0.5, 0.1))
    assert Stored.from_json(stored.json(), cue.origin.header) == stored
    assert unpacked(packed(cue.origin.header)) == cue.origin.header
    bomb = base64.b64encode(zlib.compress(bytes(50_000_000))).decode()
    assert [unpacked(text) for text in ("", "?", "AAAA", bomb, "é")] == [""] * 5
    evil = replace(cue, text="a\nb", origin=Origin("no header", "", "x,y\nDialogue: 0", 0, "n\nm", (0, 0, 0), "\n"))
    assert [c.text for c in read(write([evil], "ass").encode()).cues] == ["a\nb"]
    long = ASS.replace("red", "{\\k1}" * 4000 + "red")
    track = read(long.encode())
    assert track.cues[1].origin
    assert not track.cues[1].origin.marked
    assert "its tags are too long to be kept for export" in track.summary.changed


@fuzz(60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["look", "frames", "origin", "start", "marked", "margins"]), inner)
        ),
    )
)
def test_any_text_that_a_strip_holds_is_a_cue_or_nothing(raw: Any) -> None:
    (good,) = read(b"00:00:01,000 --> 00:00:02,000\n{\\an8}above\n").cues
    whole = json.loads(Stored(good, (1, 2)).json())
    for key in whole:
        found = Stored.from_json(json.dumps({**whole, key: raw}))
        if found:
            write([found.cue], "ass")
    Stored.from_json(json.dumps(raw))


def test_substation_tells_no_time_after_ten_hours() -> None:
    with pytest.raises(SubtitleError, match=r"ASS files end before 10 hours, and 'late' is seen later"):
        write([Cue(36_000_000, 36_001_000, "late")], "ass")
