"""What lies beside a generator of the user's own: its name, its card and corrections of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cards.card import Card
from models.errors import GeneratorError
from models.library import user
from models.library.catalog import Entry, Library
from tests.helpers.fuzz import fuzz
from tests.helpers.importing import Take
from tests.helpers.third_party import alpha, classes_int64, dcgan


def test_rename_correct_export_remove(take: Take, library: Path) -> None:
    entry = take(alpha, label="Würfel_01").entry
    assert (entry.card.label, entry.card.license) == ("Würfel 01", "unknown")
    assert entry.card.id.startswith("wurfel-01-")
    user.rename(entry, "  Dice \n two ")
    (entry,) = Library((library,)).entries()
    assert entry.card.label == "Dice two"
    digest = entry.card.digest
    user.correct(entry, {"rgba": {"low": -1.0, "order": "bgr"}})
    (entry,) = Library((library,)).entries()
    assert entry.card.digest != digest  # other frames, so another generator
    assert entry.card.outputs[1].order == "bgr"
    told = json.loads(user.exported(entry))
    assert "own" not in told
    assert Card.parse(told, entry.card.digest).outputs == entry.card.outputs
    user.remove(entry)
    assert list(library.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"nothing": {"low": 0.0}}, "no input or output 'nothing'"),
        ({"out": {"low": 9.0}}, "impossible sizes"),
        ({"out": {"layout": "hwcn"}}, "not one of nchw, nhwc"),
        ({"out": {"role": "../../x"}}, "not a name"),
        ({"out": {"mean": (1.0,)}}, "impossible"),
        ({"out": {"colour": 3}}, "makes no sense"),
        ({"out": {"default": float("nan")}}, "impossible"),
    ],
)
def test_a_correction_that_makes_no_sense(changes: Any, says: str, take: Take, library: Path) -> None:
    before = take(dcgan).entry
    with pytest.raises(GeneratorError, match=says):
        user.correct(before, changes)
    assert Library((library,)).entries() == [before]


def test_classes_get_names(take: Take) -> None:
    entry = take(classes_int64).entry
    card = user.correct(entry, {}, ["Cat", "Dog", " ", "Owl"])
    assert [style.label for style in card.styles] == ["Cat", "Dog", "Owl"]


def test_a_shipped_generator_stays(texture: Entry) -> None:
    with pytest.raises(GeneratorError, match="ships with the extension"):
        user.remove(texture)


def test_a_card_beside_that_is_too_large_or_no_card(take: Take, library: Path) -> None:
    entry = take(dcgan).entry
    beside = entry.path.with_suffix(".json")
    for data, says in (
        (b" " * 2_000_000, "larger than a card"),
        (b"\xff\xfe", "not UTF-8 text"),
        (b"[1]", "malformed"),
    ):
        beside.write_bytes(data)
        assert Library((library,)).entries() == []
        (problem,) = Library((library,)).problems()
        assert says in str(problem)


BASE: dict[str, Any] = {
    "card": 1, "id": "a", "kind": "image", "label": "A", "licence": "", "styles": [],
    "inputs": [{"name": "z", "role": "latent", "channels": 4, "shape": [1, 4]}],
    "outputs": [{"name": "i", "role": "image", "channels": 3, "shape": [1, 3, -1, -1]}],
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=8,
)  # fmt: skip
KEYS = [
    "name",
    "role",
    "channels",
    "stride",
    "range",
    "shape",
    "dtype",
    "layout",
    "order",
    "activation",
    "mean",
    "std",
    "default",
    "multiple",
]


@fuzz(150)
@given(key=st.sampled_from(KEYS), value=JSON)
def test_any_port_is_read_back_as_it_was_or_is_a_value_error(key: str, value: Any) -> None:
    spoiled_card = {**BASE, "outputs": [{**BASE["outputs"][0], key: value}]}
    try:
        card = Card.parse(spoiled_card, "0" * 64)
    except ValueError:
        return
    assert Card.parse(json.loads(json.dumps(card.json())), "0" * 64) == card


def test_a_label_turns_no_letters_round() -> None:
    told = {**BASE, "label": " \u202eevil\n\x1bred "}
    assert Card.parse(told, "0" * 64).label == "evil  red"


def test_cards_say_the_same_of_a_label_under_another_name(take: Take) -> None:
    card = take(dcgan).entry.card
    assert replace(card, label="Other").reading() == card.reading()


def test_a_shipped_generator_is_never_quarantined(texture: Entry, tmp_path: Path) -> None:
    user.quarantine([texture.path.parent], texture.card.digest, "a test")
    assert user.quarantined(texture) == ""
