"""What lies beside models and frames is read and written only where it is a plain file, and shown as plain text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import errors, plain_files
from models.cache import cleaning
from models.cards.card import Card
from models.errors import CacheError, GeneratorError, LatentStripsError
from models.importing import importer
from models.library import parts, user
from models.library.catalog import Library
from models.printable import printable
from models.worker import provider
from tests.helpers.bad_files import card as write_card
from tests.helpers.importing import Take, opened
from tests.helpers.third_party import dcgan

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights and pipes are other things there")

SECRET = b'{"secret": "kept"}'


def linked(path: Path, target: Path) -> None:
    path.symlink_to(target)


def linked_to_nothing(path: Path, target: Path) -> None:
    target.unlink()
    path.symlink_to(target)


def piped(path: Path, _target: Path) -> None:
    os.mkfifo(path)


def device(path: Path, _target: Path) -> None:
    path.symlink_to("/dev/zero")


Plant = Callable[[Path, Path], None]
planted = pytest.mark.parametrize("plant", [linked, linked_to_nothing, piped, device], ids=lambda plant: plant.__name__)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.json"
    path.write_bytes(SECRET)
    return path


@planted
def test_a_card_beside_a_file_that_is_imported_is_read_as_a_plain_file_only(
    plant: Plant, secret: Path, library: Path, tmp_path: Path
) -> None:
    plant(dcgan(tmp_path / "odd.onnx").with_suffix(".json"), secret)
    with pytest.raises(GeneratorError, match=r"odd\.json: can't be read \(is a link|pipe or a device"):
        importer.take(tmp_path / "odd.onnx", library, opened, "cpu")
    assert list(library.iterdir()) == []


@planted
def test_a_card_in_the_library_is_read_and_written_as_a_plain_file_only(
    plant: Plant, secret: Path, take: Take, library: Path
) -> None:
    entry = take(dcgan).entry
    for suffix in (".json", ".png", ".wav", ".bad"):
        entry.path.with_suffix(suffix).unlink(missing_ok=True)
        plant(entry.path.with_suffix(suffix), secret)
        if plant is linked_to_nothing:
            secret.touch()
    assert Library((library,)).entries() == []
    (problem,) = Library((library,)).problems()
    assert "is a link" in str(problem)
    assert not user.is_imported(entry)
    assert user.about(entry) == user.ImportNotes()
    assert "can't be read" in user.quarantined(entry)  # whatever it is, it was put there
    secret.write_bytes(SECRET)

    user.store(entry.path, entry.card, user.ImportNotes())
    user.write(user.preview(entry), b"picture")
    assert [each.card.label for each in Library((library,)).entries()] == [entry.card.label]
    assert secret.read_bytes() == SECRET
    assert not entry.path.with_suffix(".json").is_symlink()


@planted
def test_the_choice_of_a_provider_is_kept_in_a_plain_file_only(plant: Plant, secret: Path, tmp_path: Path) -> None:
    file = tmp_path / "provider.json"
    plant(file, secret)
    choice = provider.ChosenProvider("a", "measured", {"a": 1.0})
    assert provider.remembered(file, "1", ["a", "b"], lambda: choice) == choice
    assert not secret.exists() or secret.read_bytes() == SECRET
    assert provider.remembered(file, "1", ["a", "b"], lambda: pytest.fail("measured twice")) == choice


@planted
def test_a_note_of_use_is_a_plain_file_only(plant: Plant, secret: Path, tmp_path: Path) -> None:
    note = tmp_path / cleaning._note("film.blend")
    plant(note, secret)
    with pytest.raises(CacheError):
        cleaning.note_use(tmp_path, "film.blend")
    assert not secret.exists() or secret.read_bytes() == SECRET
    assert not cleaning._has_expired(note)


def test_a_note_says_whose_it_is_and_is_not_written_twice(tmp_path: Path) -> None:
    for _ in range(2):
        cleaning.note_use(tmp_path, "unsaved 1")
    (note,) = tmp_path.iterdir()
    assert note.read_text() == "unsaved 1"
    os.utime(note, (0, 0))
    assert cleaning._has_expired(note)


def test_a_file_that_grows_is_read_no_further(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert plain_files.read(path, 5) == b"12345"
    with pytest.raises(OSError, match="is larger than"):
        plain_files.read(path, 4)


def abandoned(folder: Path, name: str, age: float = 0.0) -> Path:
    part = folder / name
    part.write_bytes(b"x")
    os.utime(part, (time.time() - age,) * 2)
    return part


def test_parts_of_an_import_that_was_ended_go_with_the_next_one(take: Take, library: Path) -> None:
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    own = parts.import_part(library).name
    gone = own.replace(str(os.getpid()), done.stdout.decode().strip())
    kept = [
        abandoned(library, own),  # of an import that goes on
        abandoned(library, gone.replace(parts._MACHINE, "0" * 8)),  # of another machine
        abandoned(library, ".import.notes.part"),  # whatever it is
    ]
    abandoned(library, gone)
    abandoned(library, ".import.1-0123abcd.part", 2 * parts.OLD)  # as version 0.1.0 names them
    take(dcgan)
    assert sorted(library.glob(".*")) == sorted(kept)


DIRECTIONS = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
TURNS = "".join(map(chr, (*range(32), *range(127, 160), *DIRECTIONS)))


@given(st.text() | st.text(TURNS))
def test_what_is_shown_holds_nothing_that_acts(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert len(shown) == len(text)
    assert not set(shown) & set(TURNS)
    for error in errors._BY_NAME.values():
        assert str(error(text)) == shown


def test_errors_quote_names_without_what_acts() -> None:
    with pytest.raises(LatentStripsError) as caught:
        raise GeneratorError("\x1b[2Jdone: \u202egnp.exe\n")
    assert str(caught.value) == " [2Jdone:  gnp.exe "
    assert str(errors.from_name("Nobody", "a\nb")) == "a b"


def test_no_text_of_a_card_acts_where_it_is_shown(tmp_path: Path) -> None:
    evil = "a\u202e\x1b\u2066b"
    raw = write_card(
        tmp_path / "a.onnx", label=evil, licence=evil, sources=[{evil: evil}],
        styles=[{"name": "one", "label": evil, "vector": []}],
        inputs=[{"name": evil, "role": "number", "channels": 1}],
    )  # fmt: skip
    card = Card.parse(json.loads(json.dumps(raw)), "0" * 64)
    shown = [card.label, card.license, *card.sources[0], *card.sources[0].values(), card.styles[0].label]
    shown += [card.inputs[0].label]
    assert {text.strip() for text in shown} == {"a   b"}
    assert card.inputs[0].name == evil  # what the network calls it
    entry = Library((tmp_path,)).entries()[0]
    user.rename(entry, evil, evil)
    assert json.loads((tmp_path / "a.json").read_text())["label"] == "a b"
    assert user.styles(1, [evil])[0].label == "a b"
