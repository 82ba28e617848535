"""Figures of scores: known for plain pieces, and far for what is shuffled."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.library.catalog import Library
from models.training.music import evaluate, measures
from models.training.music.chorales import Corpus
from models.training.music.train import chain
from tests.helpers.musicxml import song

SCALE = [72, 74, 76, 77, 79, 77, 76, 74]


def chorale() -> np.ndarray:
    """Two bars and more of a scale over held chords."""
    top = np.repeat(SCALE * 4, 2)
    rest = np.repeat([[67, 64, 48], [69, 65, 53], [71, 62, 55], [67, 64, 48]] * 2, 8, axis=0)
    return np.column_stack((top, rest))


def test_figures_of_a_plain_piece() -> None:
    piece = measures.NoteGrid(chorale(), 0, "major")
    found = measures.figures([piece], chain([piece.tune]))
    assert found["scale"] == 1.0
    assert found["steps"] == 1.0
    assert found["voices"] == pytest.approx(np.mean([2, 1, 2, 3, 4, 2, 0, 0, 2, 1, 2, 3, 4, 2]))
    assert found["range"] == 7
    assert found["density"] == 8
    assert (found["ends"], found["cadence"]) == (1, 1)  # C F G C
    assert -3 < found["likelihood"] < 0
    assert 0 <= found["parallels"] < 0.5
    pitches, lengths = measures.melody(piece)
    assert pitches[:8].tolist() == SCALE
    assert set(lengths.tolist()) == {2}


def test_distances_are_none_to_itself_and_large_to_a_shuffled_one() -> None:
    pieces = [measures.NoteGrid(chorale(), 0, "major")]
    same, other = measures.histograms(pieces), measures.histograms(evaluate.shuffled(pieces))
    assert all(measures.distance(same[name], same[name]) == 0 for name in measures.DISTANCES)
    assert measures.distance(same["durations"], other["durations"]) > 0.5
    assert measures.distance(same["intervals"], other["intervals"]) > 0.3


def test_the_chain_of_the_file_that_ships_is_one() -> None:
    chances = evaluate.shipped(Library().of_kind("music")[0])
    assert chances.shape == (2, 48, 48, 48)
    assert np.allclose(chances.sum(3), 1, atol=1e-4)


def test_a_piece_that_stops_anywhere_has_no_cadence() -> None:
    piece = measures.NoteGrid(chorale()[:-8], 0, "major")
    assert measures.ending(piece) == (False, False)


def test_a_chain_finds_what_it_was_learned_from_the_likeliest() -> None:
    piece = (chorale(), 0, "major")
    other = (np.column_stack((chorale()[:, 0], np.roll(chorale()[:, 1:], 3, axis=1) + 1)), 0, "minor")
    text = evaluate.chains(Corpus([piece], [piece]), Corpus([other], [other]))
    rows = [[float(cell.replace("−", "-")) for cell in row.split("|")[2:4]] for row in text.splitlines()[2:]]
    assert rows[0][0] > rows[1][0]
    assert rows[0][1] < rows[1][1]


def test_the_table_takes_its_place_in_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "SEEDS", 1)
    monkeypatch.setattr(evaluate, "SECONDS", 12)
    grid, other = chorale().tolist(), (chorale()[::-1]).tolist()
    (tmp_path / "Jsb16thSeparated.json").write_text(json.dumps({"train": [grid], "valid": [grid], "test": [other]}))
    for name in ("one", "other"):
        (tmp_path / f"{name}.mxl").write_bytes(song())
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- begin scores -->\nold\n<!-- end scores -->\nafter\n")
    evaluate.main(["--data", str(tmp_path), "--songs", str(tmp_path), "--into", str(page)])
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert text.count("| generated, ") == 6
    printed = capsys.readouterr().out
    assert text.split("scores -->")[1].split("<!--")[0].strip() in printed
    assert "| chain of | held-out chorales | held-out songs |" in printed


def test_generated_scores_are_read_as_they_sound() -> None:
    (piece,) = evaluate.generated(Library().of_kind("music")[0], ("hopeful",), 1)
    assert piece.grid.shape[1] == 5
    heard = piece.grid[:, 1:4]
    assert (np.diff(heard[(heard > 0).all(1)], axis=1) <= 0).all()
