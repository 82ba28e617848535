"""Whatever a file says: it is cues or an error of ours, soon, and what was read can be written and read again."""

from __future__ import annotations

import time
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from models.errors import SubtitleError
from models.subtitles import FORMATS, Cue, Track, place, read, write
from models.subtitles.stored import Stored
from tests.helpers.fuzz import fuzz
from tests.helpers.fuzz.subtitle_seeds import PIECES, SEEDS

#: No input takes longer, seconds of the processor.
LONGEST = 2.0


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file of one of the formats, a part of it taken out, doubled or put elsewhere, with pieces put in."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 8))):
        begin, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        what = draw(st.sampled_from(("put", "put", "drop", "double", "other", "letters")))
        put = {
            "put": draw(st.sampled_from(PIECES)), "drop": "", "double": text[begin:end] * 2,
            "other": draw(st.sampled_from(SEEDS)), "letters": draw(st.text(max_size=9)),
        }[what]  # fmt: skip
        text = text[:begin] + put + text[begin if what == "put" else end :]
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-16", "cp1251", "gb18030", "shift_jis", "koi8-r"]))
    data = bytearray(text.encode(encoding, "replace"))
    for _ in range(draw(st.integers(0, 2))):
        if data:
            data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


def soon(data: bytes) -> Track | None:
    begin = time.process_time()
    try:
        track = read(data, fps=Fraction(24000, 1001))
    except SubtitleError:
        track = None
    assert time.process_time() - begin < LONGEST
    return track


@fuzz(150)
@given(damaged())
def test_any_damaged_file_is_cues_or_a_subtitle_error(data: bytes) -> None:
    track = soon(data)
    if track is None:
        return
    for cue in track.cues:
        assert 0 <= cue.start <= cue.end
        assert cue.text.strip()
        Stored.from_json(Stored(cue, (0, 1)).json())
    place(track.cues, Fraction(25))
    list(track.summary.lines())
    for format in FORMATS:
        if all(cue.end < 35_990_000 for cue in track.cues):
            again = soon(write(track.cues, format).encode()) if track.cues else None
            assert [plain(cue) for cue in again.cues] == ordered(track) if again else not track.cues


def ordered(track: Track) -> list[str]:
    return [plain(cue) for cue in sorted(track.cues, key=lambda cue: (cue.start, cue.end, cue.line))]


def plain(cue: Cue) -> str:
    """A cue's text without what formats can't hold: blanks at the ends of lines, and lines of them."""
    return " ".join(cue.text.split())


@fuzz(60)
@given(st.binary(max_size=400))
def test_any_bytes_are_cues_or_a_subtitle_error(data: bytes) -> None:
    for prefix in (b"", b"WEBVTT\n\n00:01.000 --> 00:02.000\n", b"[Script Info]\n[Events]\nDialogue: 0,", b"{1}{2}",
                   b"<tt><body><p begin='1s' end='2s'>", b"<SAMI><SYNC Start=1>", b"[1][2]", b"00:00:01:"):  # fmt: skip
        soon(prefix + data)
