"""Percussion from MIDI files: what is shared by several, and what happens to files that are damaged."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest

from models.music.grooves import GROOVES
from models.training.data import DataError
from models.training.music import grooves

BEAT = "x.......x....... ....x.......x... x.x.x.x.x.x.x.x."


def save(path: Path, bars: list[str], beats: int = 4) -> None:
    """A file of a bar after another, on the tenth channel."""
    file = mido.MidiFile(ticks_per_beat=96)
    hits = [
        ((16 * n + step) * 24, key)
        for n, bar in enumerate(bars)
        for key, row in zip((36, 40, 42), bar.split(), strict=True)
        for step, hit in enumerate(row)
        if hit == "x"
    ]
    track = mido.MidiTrack([mido.MetaMessage("time_signature", numerator=beats, denominator=4)])
    before = 0
    for tick, key in sorted(hits):
        track.append(mido.Message("note_on", channel=9, note=key, velocity=90, time=tick - before))
        before = tick
    file.tracks.append(track)
    file.save(str(path))


def test_what_several_pieces_share_is_found(tmp_path: Path) -> None:
    alone = BEAT.replace("x.x.", "xxx.")
    for n, bars in enumerate(([BEAT] * 3, [BEAT] * 3 + [alone] * 9)):
        save(tmp_path / f"{n}.mid", bars)
    pieces = grooves.read(sorted(tmp_path.iterdir()))
    assert [len(piece) for piece in pieces] == [3, 12]
    assert [grooves.written(bar) for bar in grooves.shared(pieces)] == [BEAT]
    assert grooves.distance(grooves.positions(pieces), grooves.positions(pieces)) == 0


def test_damaged_files_are_named_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(tmp_path / "good.mid", [BEAT])
    save(tmp_path / "waltz.mid", [BEAT], beats=3)
    save(tmp_path / "silent.mid", [])
    whole = (tmp_path / "good.mid").read_bytes()
    (tmp_path / "cut.mid").write_bytes(whole[:-20])
    (tmp_path / "text.mid").write_bytes(b"no music")
    (tmp_path / "empty.mid").write_bytes(b"")
    (tmp_path / "byte.mid").write_bytes(whole[:40] + b"\xff" * 20 + whole[60:])
    assert len(grooves.read(sorted(tmp_path.iterdir()))) == 1
    told = capsys.readouterr().out
    assert "1 pieces read; left out: 4 damaged, 2 in another metre or without percussion" in told
    assert all(f"{name}.mid: can't be read as MIDI" in told for name in ("cut", "text", "empty", "byte"))
    with pytest.raises(DataError, match="None of these pieces"):
        grooves.read([tmp_path / "text.mid"])


def test_generated_percussion_is_made_of_what_ships() -> None:
    known = {tuple(groove.split()[0]) for groove in GROOVES}
    for piece in grooves.generated(1):
        bars = piece[piece.any((1, 2))]
        assert len(bars) > 4
        assert all(tuple("x" if hit else "." for hit in bar[0]) in known for bar in bars)
        assert len(np.unique(bars.reshape(len(bars), -1), axis=0)) < len(bars)  # a groove goes on
