"""Cards are read out of ONNX files without a runtime, whatever those files hold."""

from __future__ import annotations

import contextlib
import copy
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cards.card import KEY, Card
from models.errors import GeneratorError, TooLarge
from models.library.catalog import Entry
from models.onnx import metadata
from tests.helpers.cards import CARD, model, varint
from tests.helpers.fuzz import fuzz


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("card") / "small.onnx"


def changed(place: str, value: object) -> dict[str, Any]:
    """The good card with one value changed: `inputs.0.channels`. A value of `...` removes it."""
    card = copy.deepcopy(CARD)
    *way, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    at: Any = card
    for step in way:
        at = at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return card


@pytest.mark.one_python
def test_shipped_generators_say_all_that_is_needed(entry: Entry) -> None:
    card = entry.card
    assert card.id == entry.path.stem
    assert card.digest == metadata.digest(entry.path)
    assert card.styles
    assert card.license
    learned = not str(card.training["method"]).startswith(
        "none"
    )  # some are written down, and have learned from nothing
    if learned:
        assert {"command", "settings", "settings_sha256", "steps"} <= card.training.keys()
    assert all(source["licence"] and source["origin"] for source in card.sources)
    sources, styles = {source["style"] for source in card.sources}, {style.name for style in card.styles}
    assert sources >= styles if learned else not sources  # a network may have been taught what isn't offered, too
    assert all(port.low < port.high for port in card.outputs)


def test_a_card_that_is_written_is_read_again_whole(entry: Entry) -> None:
    assert Card.parse(json.loads(json.dumps(entry.card.json())), entry.card.digest) == entry.card


def test_nothing_unusual_is_lost() -> None:
    port = {"name": "z", "role": "latent_field", "channels": 2, "stride": 8}
    style = {"name": "brick", "label": "Brick", "vector": [1.0], "emissive": True, "alpha": True, "drift": [3.0, -4.0]}
    raw = {
        "card": 1, "id": "walls", "kind": "texture", "label": "Walls", "licence": "CC0-1.0", "rank": 7,
        "inputs": [port, {"name": "style", "role": "style", "channels": 1}],
        "outputs": [{"name": "image", "role": "image", "channels": 4}],
        "styles": [{**style, "rate": 2.0, "repeat": [4, 2], "persistence": 0.5}],
        "directions": [{"name": "detail", "vector": [0.5]}],
    }  # fmt: skip
    card = Card.parse(raw, "0" * 64)
    assert (card.rank, card.styles[0].repeat, card.directions[0].name) == (7, (4, 2), "detail")
    assert Card.parse(json.loads(json.dumps(card.json())), card.digest) == card


def test_metadata_is_what_onnx_itself_reads(entry: Entry) -> None:
    onnx = pytest.importorskip("onnx")
    props = onnx.load(str(entry.path), load_external_data=False).metadata_props
    assert metadata.metadata(entry.path) == {prop.key: prop.value for prop in props}


def test_the_graph_has_the_inputs_and_outputs_of_the_card(entry: Entry) -> None:
    onnx = pytest.importorskip("onnx")
    graph = onnx.load(str(entry.path)).graph
    assert {port.name for port in entry.card.inputs} == {value.name for value in graph.input}
    assert {port.name for port in entry.card.outputs} == {value.name for value in graph.output}


def test_a_card_is_read(path: Path) -> None:
    path.write_bytes(model())
    card = Card.read(path)
    assert (card.id, card.kind, card.stride, card.digest) == ("small", "texture", 8, metadata.digest(path))
    assert card.style("sand").vector == (0.5, -1.0)
    assert (card.outputs[0].low, card.outputs[0].high) == (-1, 1)
    with pytest.raises(GeneratorError, match=r"no style 'mud'. It has: sand"):
        card.style("mud")


@fuzz(300)
@given(data=st.data())
def test_a_damaged_file_is_a_generator_error_or_another_card(path: Path, data: st.DataObject) -> None:
    whole = bytearray(model())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
        whole[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    with contextlib.suppress(GeneratorError):
        assert Card.read(path).digest == metadata.digest(path)


@fuzz()
@given(st.integers(0, len(model()) - 1))
def test_a_file_cut_short_is_a_generator_error(path: Path, length: int) -> None:
    path.write_bytes(model()[:length])
    with pytest.raises(GeneratorError, match=r"small\.onnx"):
        Card.read(path)


@fuzz()
@given(st.binary(max_size=200))
def test_any_other_file_is_a_generator_error(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(GeneratorError, match=r"small\.onnx"):
        Card.read(path)


def test_numbers_without_end_take_no_time(path: Path) -> None:
    # A key length of four million continuation bytes: with big integers this would take hours.
    entry = b"\x0a" + b"\xff" * 3_900_000
    path.write_bytes(varint(14 << 3 | 2) + varint(len(entry)) + entry)
    with pytest.raises(GeneratorError, match="damaged"):
        Card.read(path)


def test_weights_are_passed_over(path: Path) -> None:
    with path.open("wb") as file:  # a gigabyte of a graph, with holes in the file, and the card behind it
        file.write(varint(7 << 3 | 2) + varint(2**30))
        file.seek(2**30, 1)
        file.write(model())
    tracemalloc.start()
    try:
        assert metadata.metadata(path)[KEY] == json.dumps(CARD)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_many_entries_may_not_be_larger_together_than_one(path: Path) -> None:
    entry = b"\x0a" + varint(1000) + b"k" * 1000
    entry = varint(14 << 3 | 2) + varint(len(entry)) + entry
    path.write_bytes(entry * (metadata.MAX_METADATA // 1000))
    with pytest.raises(TooLarge, match=r"^small\.onnx: has more than 4 MB of metadata\.$"):
        Card.read(path)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_a_shipped_generator_cut_short_is_a_generator_error(entry: Entry, path: Path, share: float) -> None:
    whole = entry.path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(GeneratorError):
        Card.read(path)


def test_a_folder_and_a_missing_file_are_generator_errors(tmp_path: Path) -> None:
    for name in (tmp_path, tmp_path / "nothing.onnx"):
        with pytest.raises(GeneratorError):
            Card.read(name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PLACES = [
    *CARD, "sources", "training", "rank", "inputs.0", "inputs.0.name", "inputs.0.channels", "inputs.0.stride",
    "outputs.0", "outputs.0.range", "outputs.0.range.0", "styles.0", "styles.0.name",
    "styles.0.vector", "styles.0.vector.1",
]  # fmt: skip


@fuzz()
@given(place=st.sampled_from(PLACES), value=JSON)
def test_any_value_anywhere_is_taken_or_is_a_value_error(place: str, value: object) -> None:
    with contextlib.suppress(ValueError):
        Card.parse(json.loads(json.dumps(changed(place, value))), "0" * 64)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("card", 2),
        ("id", "../evil"),
        ("id", ...),
        ("label", "x" * 1001),
        ("inputs.0.channels", 0),
        ("inputs.0.stride", 100_000),
        ("outputs.0.range", [1, 1]),
        ("outputs.0.range", ["a", "b"]),
        ("outputs.0.range", [-float("inf"), float("inf")]),
        ("styles.0.vector", [1]),
        ("styles.0.vector", [float("nan"), 0]),
        ("styles.0.vector", [10**400, 0]),
        ("styles", [CARD["styles"][0]] * 2),
        ("inputs", [CARD["inputs"][0], {**CARD["inputs"][0], "stride": 3}, CARD["inputs"][1]]),
        ("inputs", [[1, 2]]),
        ("sources", ["x"]),
        ("rank", 101),
        ("rank", "first"),
    ],
)
def test_impossible_cards_are_refused(path: Path, place: str, value: object) -> None:
    path.write_bytes(model(changed(place, value)))
    with pytest.raises(GeneratorError, match=r"small\.onnx: its card is malformed"):
        Card.read(path)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null", "1"])
def test_a_card_that_is_no_json_object_is_refused(path: Path, text: str) -> None:
    path.write_bytes(model(text))
    with pytest.raises(GeneratorError, match="malformed"):
        Card.read(path)


def test_a_model_without_a_card_says_so(path: Path) -> None:
    path.write_bytes(model(key="another"))
    with pytest.raises(GeneratorError, match="carries no card"):
        Card.read(path)
