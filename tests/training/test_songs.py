"""Songs as MusicXML: where their notes lie, and what happens to files that are no songs."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.training.data import DataError
from models.training.music import chorales, lieder
from tests.helpers.musicxml import CONTAINER, packed, song


def test_notes_lie_where_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "song.mxl").write_bytes(song())
    found = lieder.read(tmp_path / "song.mxl")
    assert found is not None
    grid, tonic, mode = found
    assert (grid.shape, tonic, mode) == ((48, lieder.VOICES), 0, "major")
    assert grid[:12].max() == -1  # the upbeat is the last quarter of its bar
    assert grid[12:16, -1].tolist() == [67] * 4
    assert grid[16].tolist() == [72, 52, -1, -1, -1, 48]
    assert grid[24].tolist() == [71, 50, -1, -1, -1, 43]
    assert [chord // 4 for chord in chorales.chords_of(found)[2:]] == [0, 7, 0, 0]


def test_damaged_songs_are_named_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = {
        "cut": song()[:200],
        "text": b"no archive",
        "empty": packed("<score-partwise/>"),
        "elsewhere": packed("<a/>", CONTAINER.replace("score.xml", "other.xml")),
        "broken": packed("<score-partwise><part>"),
    }
    for name, data in {**damaged, "waltz": song(3), "good": song(), "other": song()}.items():
        (tmp_path / f"{name}.mxl").write_bytes(data)
    paths = sorted(tmp_path.iterdir())
    assert [len(part) for part in vars(lieder.corpus(paths)).values()] == [1, 1]
    told = capsys.readouterr().out
    assert "2 songs read; left out: 4 damaged, 2 in other or changing metres" in told
    assert all(f"{name}.mxl: " in told for name in ("cut", "text", "elsewhere", "broken"))
    with pytest.raises(DataError, match="At least two songs"):
        lieder.corpus([tmp_path / "text.mxl"])
