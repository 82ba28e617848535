"""Generators are found by id and digest in the folders of the library, and bad files stand in nobody's way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from models.errors import GeneratorError, GeneratorMissing
from models.inference.session import Session
from models.job import Generation
from models.library.catalog import SHIPPED, Entry, Library
from tests.helpers.cards import CARD, model
from tests.helpers.making import session
from tests.helpers.recipes import Build, small


def test_shipped_generators_are_found_and_sound(entry: Entry) -> None:
    library = Library()
    assert library.problems() == []
    assert library.latest(entry.card.id) == entry
    assert library.exact(entry.card.id, entry.card.digest) == entry
    assert entry in library.of_kind(entry.card.kind)


def test_a_generator_is_added_by_copying_its_file(entry: Entry, tmp_path: Path) -> None:
    shutil.copy(entry.path, tmp_path / "mine.onnx")
    (found,) = Library((tmp_path,)).entries()
    assert found.card == entry.card


def test_files_that_are_no_generators_are_told_apart(entry: Entry, tmp_path: Path) -> None:
    shutil.copy(entry.path, tmp_path)
    (tmp_path / "text.onnx").write_text("Once upon a time")
    (tmp_path / "empty.onnx").touch()
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "readme.txt").touch()
    (tmp_path / "nowhere.onnx").symlink_to(tmp_path / "gone")
    library = Library((tmp_path, tmp_path / "no such folder"))
    assert [found.card.id for found in library.entries()] == [entry.card.id]
    assert sorted(str(problem).split(":")[0] for problem in library.problems()) == [
        "empty.onnx", "folder.onnx", "nowhere.onnx", "text.onnx",
    ]  # fmt: skip


def test_generators_are_offered_by_rank_and_then_by_file_name(tmp_path: Path) -> None:
    for name, rank in (("a", 10), ("b", 0), ("c", 5), ("d", 0), ("e", -1)):
        (tmp_path / f"{name}.onnx").write_bytes(model(CARD | {"id": name, "rank": rank}))
    assert [entry.card.id for entry in Library((tmp_path,)).of_kind("texture")] == ["e", "b", "d", "c", "a"]


def test_a_file_that_changes_is_read_anew(entry: Entry, tmp_path: Path) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(model())
    assert Library((tmp_path,)).entries()[0].card.id == "small"
    shutil.copy(entry.path, path)
    assert Library((tmp_path,)).entries()[0].card.id == entry.card.id


def test_an_unknown_id_names_those_installed(entry: Entry) -> None:
    with pytest.raises(GeneratorMissing, match=rf"'unicorns'. Installed: .*{entry.card.id}"):
        Library().latest("unicorns")


def test_an_unknown_digest_says_what_to_do(entry: Entry) -> None:
    with pytest.raises(GeneratorMissing, match="Install that generator, or choose another"):
        Library().exact(entry.card.id, "f" * 64)


def test_a_card_on_a_broken_network_is_a_generator_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(model())
    with pytest.raises(GeneratorError, match=r"broken\.onnx: onnxruntime can't load it"):
        Session(path)


def test_inputs_that_do_not_fit_are_a_generator_error(entry: Entry) -> None:
    with pytest.raises(GeneratorError, match="The network failed"):
        session(entry.path, 2).run({})


def test_a_kind_refuses_a_card_that_is_not_its_own(tmp_path: Path, recipe: Build) -> None:
    raw = {
        "card": 1, "id": "odd", "kind": "texture", "label": "Odd", "licence": "", "inputs": [], "outputs": [],
        "styles": [],
    }  # fmt: skip
    (tmp_path / "odd.onnx").write_bytes(model(raw))
    (odd,) = Library((tmp_path,)).entries()
    with pytest.raises(GeneratorError, match="Odd can't generate textures"):
        Generation.of(small(odd), odd.card, tmp_path)


@pytest.mark.one_python
def test_the_shipped_folder_holds_nothing_else() -> None:
    others = {path.name for path in SHIPPED.iterdir() if path.suffix != ".onnx"}
    assert others == {"categories.json", "pictures", "presets.json"}
