"""Networks of others with or without a card, imported whole: read, copied, tried, shown and stored."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from onnx import ModelProto

from models.cards.card import KEY
from models.errors import GeneratorOverrun, LatentStripsError
from models.importing import importer
from models.inference.guarded import Guarded
from models.inference.limits import Limits
from models.inference.session import Session
from tests.helpers import third_party, third_party_footage, third_party_sound, third_party_styles
from tests.helpers.spoiled_graphs import small_trials, spoiled

from .. import damage
from ..registry import Trial, target

_LIMITS = Limits(2**30, 10.0)
_FOOTAGE = (third_party_footage.anime, third_party_footage.matting, third_party_footage.logits)
_STYLES = (third_party_styles.normalized, third_party_styles.to_bytes, third_party_styles.picture_and_vector)


def _ended(error: GeneratorOverrun) -> None:
    raise AssertionError(f"neither ended nor stopped: {error}")


def _opened(path: Path, allow: Collection[str] = ()) -> Guarded:
    return Guarded(path, lambda each: Session(each, 1), _LIMITS, _ended, allow)


@cache
def _models() -> list[tuple[ModelProto, dict[str, Any]]]:
    """Return small networks of all forms, and the card that an import gives to each."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "library")
        library.mkdir()
        path = Path(folder, "x.onnx")
        for build in (*third_party.GENERATORS.values(), *_FOOTAGE, *_STYLES, third_party_sound.wave):
            model, card = ModelProto.FromString(build(path).read_bytes()), {}
            if build is not third_party_styles.picture_and_vector:
                card = importer.take(path, library, _opened, "cpu").entry.card.json()
            found.append((model, card))
    return found


@target("imports", share=5)
def imports(random: Random, folder: Path) -> Trial:
    """A network with something changed in its graph, its bytes or its card. Trials are small."""
    model, card = random.choice(_models())
    way, text = random.random(), ""
    if card and way < 0.25:
        text = damage.of_json(random, card) if way < 0.2 else json.dumps(card)
    new = spoiled(random, model, 0 if way < 0.2 else 4)
    if text and random.random() < 0.5:
        new.metadata_props.add(key=KEY, value=text.encode("utf-8", "replace").decode())
    data = new.SerializeToString()
    if way > 0.9:
        data = damage.of_bytes(random, data, 3)
    path = folder / "network.onnx"
    path.write_bytes(data)
    path.with_suffix(".json").unlink(missing_ok=True)
    if text and random.random() < 0.5:
        path.with_suffix(".json").write_bytes(text.encode("utf-8", "surrogatepass"))
    library = folder / "library"
    library.mkdir(exist_ok=True)
    for left in library.iterdir():
        left.unlink()
    allow = ("Loop", "If", "Scan") if random.random() < 0.2 else ()

    def read() -> str:
        try:
            with small_trials():
                found = importer.take(path, library, _opened, "cpu", allow)
        except LatentStripsError as error:
            if ".part" in str(error) or any(library.iterdir()):
                raise AssertionError(f"a refused file leaves something, or its copy is named: {error}") from error
            raise
        assert not list(library.glob(".*"))
        card = found.entry.card
        return f"{card.kind} {len(card.inputs)} {len(card.outputs)}"

    return Trial(data, read)
