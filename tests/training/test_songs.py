"""Songs as MusicXML: where their notes lie, and what happens to files that are no songs."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from models.training.data import DataError
from models.training.music import chorales, lieder

CONTAINER = '<container><rootfiles><rootfile full-path="score.xml"/></rootfiles></container>'


def packed(score: str, container: str = CONTAINER) -> bytes:
    """A compressed file of a score."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("score.xml", score)
    return out.getvalue()


def note(step: str, octave: int, quarters: int, more: str = "") -> str:
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{more}{pitch}<duration>{2 * quarters}</duration></note>"


def song(beats: int = 4) -> bytes:
    """An upbeat, a bar on C and G, one on C: a melody, and a left hand in a second voice."""
    time = (
        f"<attributes><divisions>2</divisions><time><beats>{beats}</beats><beat-type>4</beat-type></time></attributes>"
    )
    upbeat = f'<measure implicit="yes">{time}{note("G", 4, 1)}</measure>'
    grace = f"<note><grace/>{note('A', 5, 0)[6:]}"
    top = note("C", 5, 2) + grace + note("B", 4, 2)
    left = note("C", 3, 2) + note("E", 3, 2, "<chord/>") + note("G", 2, 2) + note("D", 3, 2, "<chord/>")
    one = f"<measure>{top}<backup><duration>8</duration></backup>{left}</measure>"
    two = f"<measure>{note('C', 5, 4)}<backup><duration>8</duration></backup>{note('C', 3, 4)}</measure>"
    return packed(f"<score-partwise><part>{upbeat}{one}{two}</part></score-partwise>")


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
