"""The example of docs/your-own-generator.md is exported, imported and makes pictures, without a hand on its card."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.importing import importer
from models.inference.guarded import Guarded
from models.inference.limits import Limits
from models.inference.session import Session
from models.library.catalog import Library
from tests.helpers.making import decode, make_with
from tests.helpers.recipes import small


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    path = tmp_path_factory.mktemp("example") / "my_faces.onnx"
    done = subprocess.run(
        [sys.executable, "docs/export_generator.py", str(path)], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return path


def take(path: Path, library: Path) -> importer.Imported:
    library.mkdir()
    return importer.take(
        path, library, lambda each, allow: Guarded(each, lambda p: Session(p, 1), Limits(), print, allow), "cpu"
    )


def test_the_example_drops_in(exported: Path, tmp_path: Path) -> None:
    card = take(exported, tmp_path / "library").entry.card
    assert [(port.role, port.channels) for port in card.inputs] == [("latent", 64), ("class", 3)]
    assert [(port.role, port.low, port.high) for port in card.outputs] == [("image", -1.0, 1.0)]
    (entry,) = Library((tmp_path / "library",)).of_kind("image")
    made = [make_with(entry, small(entry, frames=1, label=label), tmp_path / label) for label in ("class-0", "class-2")]
    pictures = [decode((folder.path / folder.name(0)).read_bytes()) for folder in made]
    assert np.std(pictures[0]) > 2
    assert (pictures[0] != pictures[1]).any()


def test_the_card_of_the_page_is_taken_when_it_lies_beside(exported: Path, tmp_path: Path, root: Path) -> None:
    page = (root / "docs" / "your-own-generator.md").read_text("utf-8")
    text = page.split("```json\n")[1].split("```")[0]
    path = tmp_path / exported.name
    path.write_bytes(exported.read_bytes())
    path.with_suffix(".json").write_text(text, "utf-8")
    found = take(path, tmp_path / "library")
    assert found.notes.why == "The card that it came with"
    assert found.entry.card.label == json.loads(text)["label"]
    assert [style.label for style in found.entry.card.styles] == ["Cat", "Dog", "Owl"]
    assert found.entry.card.license == "CC0-1.0"
