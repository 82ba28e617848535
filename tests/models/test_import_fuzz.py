"""Whole files with something changed in their graphs, bytes or cards are imported, or refused by name, and soon."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import ModelProto

from models.cards.card import KEY
from models.errors import LatentStripsError
from models.importing import importer
from tests.helpers import third_party_footage, third_party_sound, third_party_styles
from tests.helpers.fuzz import fuzz
from tests.helpers.importing import opened
from tests.helpers.spoiled_graphs import small_trials, spoiled
from tests.helpers.third_party import GENERATORS

#: No input takes longer, seconds of the processor.
LONGEST = 2.0
BUILDS = (
    *GENERATORS.values(), third_party_footage.anime, third_party_footage.matting, third_party_footage.logits,
    third_party_styles.normalized, third_party_styles.to_bytes, third_party_styles.STYLES["mosaic"][0],
    third_party_styles.half_classifier, third_party_styles.super_resolution, third_party_sound.wave,
)  # fmt: skip
SEEDS = st.integers(0, 2**63)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=8,
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with another for a library; trials are small while it is there."""
    (path := tmp_path_factory.mktemp("fuzz")).joinpath("library").mkdir()
    with small_trials():
        yield path


@cache
def whole(number: int, folder: Path) -> tuple[ModelProto, dict[str, Any]]:
    """A small network, and the card that an import gives to it."""
    path = BUILDS[number](folder / "whole.onnx")
    try:
        card = importer.take(path, folder / "library", opened, "cpu").entry.card.json()
    except LatentStripsError:  # one that no strip can use
        card = {}
    empty(folder / "library")
    return ModelProto.FromString(path.read_bytes()), card


def empty(library: Path) -> None:
    for each in library.iterdir():
        each.unlink()


def imported(data: bytes, beside: str, allow: tuple[str, ...], folder: Path) -> None:
    """Import a file and the card beside it. Nothing but our errors comes of it, and what is refused leaves nothing."""
    path, library = folder / "network.onnx", folder / "library"
    path.write_bytes(data)
    path.with_suffix(".json").write_bytes(beside.encode("utf-8", "surrogatepass"))
    begin, says = time.process_time(), ""
    try:
        importer.take(path, library, opened, "cpu", allow)
    except LatentStripsError as error:
        says = str(error)
    took, left = time.process_time() - begin, [each.name for each in library.iterdir()]
    empty(library)
    assert took < LONGEST
    assert ".part" not in says
    assert bool(left) != bool(says)
    assert not any(name.startswith(".") for name in left)


@fuzz(60)
@given(
    number=st.integers(0, len(BUILDS) - 1),
    seed=SEEDS,
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=3),
    cut=st.just(1.0) | st.floats(0, 1),
    allow=st.sampled_from([(), (), ("Loop", "If", "Scan")]),
)
def test_a_network_with_something_changed_is_imported_or_refused(
    number: int, seed: int, flips: list[tuple[float, int]], cut: float, allow: tuple[str, ...], folder: Path
) -> None:
    data = bytearray(spoiled(Random(seed), whole(number, folder)[0]).SerializeToString())
    for place, value in flips:
        data[int(place * len(data))] = value
    imported(data[: int(cut * len(data))], "", allow, folder)


@fuzz(60)
@given(number=st.integers(0, len(BUILDS) - 1), seed=SEEDS, value=JSON, beside=st.booleans(), graph_too=st.booleans())
def test_a_network_with_another_card_is_imported_or_refused(
    number: int, seed: int, value: Any, beside: bool, graph_too: bool, folder: Path
) -> None:
    model, card = whole(number, folder)
    random, other = Random(seed), json.loads(json.dumps(card or {"card": 1}))
    holder: Any = other
    while True:
        key = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        if not isinstance(holder[key], (dict, list)) or not holder[key] or random.random() < 0.2:
            break
        holder = holder[key]
    holder[key] = value
    new = spoiled(random, model, int(graph_too))
    text = json.dumps(other)
    if not beside:
        new.metadata_props.add(key=KEY, value=text.encode("utf-8", "replace").decode())
    imported(new.SerializeToString(), text if beside else "", (), folder)
