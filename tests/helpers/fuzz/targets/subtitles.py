"""Subtitle files of every format, in the encodings of the world, and what text strips hold of them."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from models.subtitles import ENCODINGS, FORMATS, Cue, Track, place, read, write
from models.subtitles.stored import Stored
from models.subtitles.substation import packed, parsed, unpacked

from .. import damage
from ..registry import Trial, target
from ..subtitle_seeds import PIECES, SEEDS

_LETTERS = "abc <>&{}\\|/:,.-\n\n\t0123456789-->\u05d0\u2067\u2069é中\u200b\u0301"
#: A cue, in letters of each script that has encodings of its own.
_SAID = (
    "Žluťoučký kůň", "Ёлки, что это?", "Γειά σου, κόσμε", "Günaydın, şöyle", "שלום לכולם", "مرحبا بالجميع",
    "สวัสดีครับ", "Ačiū, labas rytas", "你好，世界。他们说什么", "你好，這個們說", "こんにちは、カタカナ", "안녕하세요",
    "naïve café — “quoted”", "Łódź",
)  # fmt: skip
#: The latest time that all formats can write, ms.
_LATEST = 35_990_000


def plain(cue: Cue) -> str:
    """Return a cue's text without what formats can't hold: blanks at the ends of lines, and lines of them."""
    return " ".join(cue.text.split())


def checked(data: bytes, formats: tuple[str, ...] = tuple(FORMATS)) -> Track:
    """Read a file, and hold that its cues make sense and are the same when they are written and read again."""
    track = read(data, fps=Fraction(24000, 1001))
    for cue in track.cues:
        assert 0 <= cue.start <= cue.end
        assert cue.text.strip()
        Stored.from_json(Stored(cue, (0, 1)).json())
    place(track.cues, Fraction(25))
    list(track.summary.lines())
    if track.cues and all(cue.end < _LATEST for cue in track.cues):
        ordered = [plain(cue) for cue in sorted(track.cues, key=lambda cue: (cue.start, cue.end, cue.line))]
        for format in formats:
            again = read(write(track.cues, format).encode())
            assert [plain(cue) for cue in again.cues] == ordered, format
    return track


def _what(track: Track) -> str:
    summary = track.summary
    reasons = " ".join(sorted({*summary.changed, *summary.dropped}))
    return f"{summary.format} {min(len(track.cues), 3)} cues {reasons}"


@target("subtitles", share=16)
def subtitles(random: Random, folder: Path) -> Trial:
    """A file of one of the formats, parts of it taken out, doubled or exchanged, with pieces put in."""
    text = damage.of_text(random, random.choice(SEEDS), SEEDS, PIECES, _LETTERS)
    data = text.encode(random.choice(("utf-8",) * 4 + ("utf-16", "cp1251", "gb18030", "shift_jis")), "replace")
    data = damage.of_bytes(random, data, 2) if random.random() < 0.3 else data
    return Trial(data, lambda: _what(checked(data, (random.choice(list(FORMATS)),))))


@target("encodings", share=2)
def encodings(random: Random, folder: Path) -> Trial:
    """Text of one or two scripts in an encoding, right or wrong for it, with bytes that are none of it."""
    lines = [random.choice(_SAID) for _ in range(random.choice((1, 2, 9, 60)))]
    if random.random() < 0.8:
        lines = [lines[0]] * len(lines)
    text = "".join(f"{n}\n00:00:{n:02d},000 --> 00:00:{n:02d},900\n{line}\n\n" for n, line in enumerate(lines))
    data = text.encode(random.choice(list(ENCODINGS)), "replace")
    data = damage.of_bytes(random, data) if random.random() < 0.7 else data
    chosen = random.choice(list(ENCODINGS)) if random.random() < 0.2 else ""

    def found() -> str:
        track = read(data, chosen)
        list(track.summary.lines())
        return track.summary.encoding

    return Trial(data, found)


@cache
def _stored() -> list[dict[str, Any]]:
    """Return what strips hold of the cues of all formats."""
    cues = [cue for seed in SEEDS for cue in read(seed.encode()).cues]
    return [json.loads(Stored(cue, (3, 40), (0.5, 0.1), "a\nb" if n % 2 else "").json()) for n, cue in enumerate(cues)]


@target("stored cues", share=10)
def stored_cues(random: Random, folder: Path) -> Trial:
    """What a text strip holds of its cue and of the header of its file, edited by anybody."""
    text = damage.of_json(random, random.choice(_stored()))
    header = damage.of_text(random, SEEDS[2], SEEDS, PIECES, _LETTERS, 3) if random.random() < 0.3 else ""
    mark = damage.of_text(random, packed(header), (packed("x"),), ("=", "AAAA", "é"), "ABab09+/=", 1)

    def shown() -> str:
        parsed(header)
        stored = Stored.from_json(text, unpacked(mark))
        if stored is None:
            return "nothing"
        assert Stored.from_json(stored.json(), unpacked(mark)) == stored
        stored.is_in(stored.full)
        place([stored.cue], Fraction(25))
        written = write([stored.cue], random.choice(list(FORMATS)))
        return f"{bool(stored.place)} {bool(stored.laid)} {bool(stored.cue.origin)} {bool(written)}"

    return Trial(f"{text}\n{mark}\n{header}".encode("utf-8", "surrogatepass"), shown)
