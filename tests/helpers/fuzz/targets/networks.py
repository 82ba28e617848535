"""ONNX files: cards, and graphs as networks of others have them."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from random import Random

from models.cards.card import Card
from models.cards.port import WORDS
from models.errors import GeneratorError
from models.importing import roles
from models.library import user
from models.library.catalog import Entry
from models.onnx import reader
from models.onnx.shapes.estimate import estimate
from tests.helpers import third_party
from tests.helpers.cards import CARD, model

from .. import damage
from ..registry import Trial, target

#: Names that a network's part may have by mistake, or that mean something elsewhere in it.
_WORDS = (
    b"", b"z", b"image", b"x" * 2000, b"\xff\xfe", b"Loop", b"If", b"Relu", b"Reshape", b"Conv", b"Resize", b"Expand",
    b"ConstantOfShape", b"Range", b"Tile", b"Pad", b"Einsum", b"ai.onnx.ml", b"com.microsoft", b"location",
    b"\x00" * 8, b"\xff" * 10, b"\x01\x02\x03\x04", b"\x08\x01\x10\x80\x80\x80\x80\x08",
)  # fmt: skip
_MOST = 1 << 30
_RICH = {
    **CARD, "rank": 3, "training": {"loss": 0.5, "notes": ["a"]}, "sources": [{"title": "x", "url": "y"}],
    "directions": [{"name": "detail", "vector": [1.0, 0.5]}],
    "inputs": [*CARD["inputs"], {"name": "x", "role": "picture", "channels": 3, "shape": [-1, 3, -1, -1], "mean": [0.5],
               "std": [0.5], "layout": "nhwc", "dtype": "uint8", "order": "bgr", "multiple": 8, "default": 1.0}],
}  # fmt: skip


@target("cards", share=15)
def cards(random: Random, folder: Path) -> Trial:
    """A card in an ONNX file or beside one, spoiled as JSON or as a file."""
    text = damage.of_json(random, random.choice((CARD, _RICH))) if random.random() < 0.8 else json.dumps(_RICH)
    data = model(text.encode("utf-8", "replace").decode())
    way = random.random()
    if way < 0.3:
        data = damage.of_bytes(random, data, 3)
    path = folder / "small.onnx"
    path.write_bytes(data)
    if way > 0.8:
        path.with_suffix(".json").write_bytes(text.encode("utf-8", "surrogatepass"))
    else:
        path.with_suffix(".json").unlink(missing_ok=True)

    def read() -> str:
        card = Card.read(path)
        assert Card.parse(json.loads(json.dumps(card.json())), card.digest) == card
        user.about(Entry(path, card))
        return f"{card.kind} {len(card.inputs)} {len(card.outputs)} {len(card.styles)} {bool(card.training)}"

    return Trial(data, read)


@target("own notes", share=1)
def own_notes(random: Random, folder: Path) -> Trial:
    """What the library holds of an imported generator, and corrections of its ports."""
    notes = {"seconds": 1.0, "provider": "cpu", "why": "x", "size": "16×16", "allow": ["Loop"]}
    data = damage.of_json(random, {**CARD, "own": notes}).encode("utf-8", "surrogatepass")
    path = folder / f"{'a' * 64}.onnx"
    path.write_bytes(model())
    path.with_suffix(".json").write_bytes(data)
    words = [word for words in WORDS.values() for word in words]
    changes = {"z": {random.choice(("role", "dtype", "shape", "low", "rate")): random.choice((*damage.JUNK, *words))}}

    def read() -> str:
        entry = Entry(path, Card.read(path))
        told = user.about(entry)
        json.dumps(told.json(), allow_nan=False)
        try:
            user.correct(entry, changes)
        except GeneratorError:
            return "refused"
        return f"{len(told.allow)}"

    return Trial(data + repr(changes).encode(), read)


@cache
def _networks() -> list[bytes]:
    """Return the bytes of small networks of many forms."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.onnx")
        return [write(path).read_bytes() for write in third_party.GENERATORS.values()]


@target("networks", share=14)
def networks(random: Random, folder: Path) -> Trial:
    """A network with a part of its graph spoiled: read, measured, and its inputs and outputs recognized."""
    data = random.choice(_networks())
    for _ in range(random.choice((1, 1, 2, 4))):
        data = damage.of_message(random, data, _WORDS) if random.random() < 0.8 else damage.of_bytes(random, data, 3)
    path = folder / "network.onnx"
    path.write_bytes(data)
    allow = ("Loop", "If", "Scan") if random.random() < 0.2 else ()

    def understood() -> str:
        graph = reader.read(path, allow)
        estimate(graph, {}, _MOST)
        guess = roles.infer(graph)
        sizes = {port.name: tuple(max(side, 1) for side in port.shape) for port in guess.inputs}
        estimate(graph, sizes, _MOST)
        return f"{guess.kind} {len(guess.inputs)} {len(guess.outputs)}"

    return Trial(data, understood)
