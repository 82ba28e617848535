"""Names in files that are about already stay as they are, however the fields are called in here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.cards.card import Card
from models.errors import RecipeError
from models.library import user
from models.subtitles.cue import Cue, Look
from models.subtitles.stored import Stored
from models.text.spec import Spec


def test_a_layout_in_a_recipe() -> None:
    plain = (
        '{"align":"CENTER","anchor":["CENTER","CENTER"],"bold":false,"box":-1,"box_colour":[0.2,0.2,0.2,0.7],'
        '"colour":[1.0,1.0,1.0,1.0],"fonts":["f"],"frame":[9,8],"italic":false,"location":[0.5,0.5],"outline":0.0,'
        '"outline_colour":[0.0,0.0,0.0,0.7],"rules":52,"size":10.0,"text":"a","wrap":0}'
    )
    assert Spec("a", ("f",), 10.0, (9, 8)).json() == plain
    assert Spec.from_json(plain) == Spec("a", ("f",), 10.0, (9, 8))
    shadowed = Spec("a", ("f",), 10.0, (9, 8), shadow=(0.1, 0.2, 0.3))
    assert '"shadow":[0.1,0.2,0.3],"shadow_colour":[0.0,0.0,0.0,0.7]' in shadowed.json()
    assert Spec.from_json(shadowed.json()) == shadowed
    with pytest.raises(RecipeError, match="malformed"):
        Spec.from_json(plain.replace('"colour"', '"color"'))


def test_a_cue_in_a_project() -> None:
    stored = Stored(Cue(0, 1000, "a", Look(color=(1.0, 0.5, 0.0))), (0, 24)).json()
    assert '"look":{"bold":false,"italic":false,"colour":[1.0,0.5,0.0],"anchor":0,"position":null}' in stored


def test_a_card(tmp_path: Path) -> None:
    card = Card("a", "image", "A", "CC0-1.0", "", (), (), ())
    assert list(card.json())[:5] == ["card", "id", "kind", "label", "licence"]
    user.store(tmp_path / "a.onnx", card, user.ImportNotes(seconds=2.0))
    assert json.loads((tmp_path / "a.json").read_text())["own"]["seconds"] == 2.0
