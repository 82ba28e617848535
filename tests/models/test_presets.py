"""Presets without Blender: those that ship, files on disk, and files of strangers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.cards.card import Card
from models.errors import PresetError
from models.gallery.tiles import PICTURES, offered
from models.imaging.small import is_whole
from models.kinds import kind, kinds
from models.library.catalog import Library
from models.presets import preset, store
from models.presets.preset import Preset

RUST = Preset("texture", "Old Hull", "latent_materials", {"style": "rust", "scale": 2.0})


def cards() -> dict[str, Card]:
    return {entry.card.id: entry.card for entry in Library().entries()}


def text(**changes: Any) -> bytes:
    """A file of one preset, changed."""
    return json.dumps({"latent_strips_presets": 1, "presets": [{**RUST.json(), **changes}]}).encode()


@pytest.mark.one_python
@pytest.mark.parametrize("one", store.shipped(), ids=lambda one: one.name)
def test_a_preset_that_ships_can_be_used_and_has_its_picture(one: Preset) -> None:
    card, made = cards()[one.generator], kind(one.kind)
    assert card.kind == one.kind
    styles = [name for name, _ in offered(card, made)]
    assert one.settings.get(made.chosen_by, styles[0]) in styles
    entry = Library().latest(one.generator)
    assert is_whole(store.picture(one, entry)), "run nox -s gallery"


@pytest.mark.one_python
def test_the_presets_that_ship_serve_most_kinds() -> None:
    found = store.shipped()
    assert len(found) >= 24
    assert len({(one.kind, one.name) for one in found}) == len(found)
    assert {one.kind for one in found} == {name for name, made in kinds().items() if made.ships}
    drawn = {path for path in PICTURES.iterdir() if path.name.startswith("preset-")}
    assert drawn == {store.picture(one, Library().latest(one.generator)) for one in found}


def test_a_preset_is_saved_renamed_and_removed(tmp_path: Path) -> None:
    assert store.mine(tmp_path) == []
    store.save(tmp_path, RUST)
    assert store.mine(tmp_path, "texture") == [RUST] == [store.find(tmp_path, "texture", "Old Hull")]
    assert store.of_kind(tmp_path, "texture")[0] == RUST
    store.save(tmp_path, Preset("texture", "Old Hull", "latent_materials", {"style": "steel"}))
    assert [one.settings["style"] for one in store.mine(tmp_path)] == ["steel"]
    assert store.rename(tmp_path, "texture", "Old Hull", "  New\nHull ").name == "New Hull"
    with pytest.raises(PresetError, match="There are: New Hull"):
        store.find(tmp_path, "texture", "Old Hull")
    store.save(tmp_path, RUST)
    with pytest.raises(PresetError, match="already"):
        store.rename(tmp_path, "texture", "Old Hull", "New Hull")
    for name in ("New Hull", "Old Hull"):
        store.remove(tmp_path, "texture", name)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_ships_stays(tmp_path: Path) -> None:
    for change in (
        lambda: store.remove(tmp_path, "music", "Tense Pulse"),
        lambda: store.rename(tmp_path, "music", "Tense Pulse", "Mine"),
    ):
        with pytest.raises(PresetError, match="ships"):
            change()
    own = Preset("music", "Tense Pulse", "latent_music", {"mood": "epic"})
    store.save(tmp_path, own)  # one of the same name takes its place
    assert store.find(tmp_path, "music", "Tense Pulse") == own
    store.remove(tmp_path, "music", "Tense Pulse")
    assert store.find(tmp_path, "music", "Tense Pulse").settings["mood"] == "tense"


@pytest.mark.parametrize(
    "name", ["../../x", "a/b", "C:\\x", "con", ".", "..", "名前", "x" * 60, "~", "a\x00b", "💥", "-"]
)
def test_a_name_leads_nowhere(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "presets"
    one = Preset("texture", preset.name_of(name), "latent_materials", {})
    store.save(folder, one)
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert path.parent == folder / "latent_strips" / "texture"
    assert store.mine(folder) == [one]


def test_names_alike_are_two_files(tmp_path: Path) -> None:
    for name in ("A b", "A-b", "a B"):
        store.save(tmp_path, Preset("texture", name, "latent_materials", {}))
    assert {one.name for one in store.mine(tmp_path)} == {"A b", "A-b", "a B"}


def test_all_are_exported_to_one_file_and_come_back(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match="Save one first"):
        store.export(tmp_path / "all.json", [])
    presets = [RUST, *store.shipped()]
    store.export(tmp_path / "all.json", presets)
    assert store.imported(tmp_path / "all.json") == presets


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a file of presets"),
        (b"\xff\xfe\x00", "not a file of presets"),
        (b"[]", "not a file of presets"),
        (b"[" * 100_000, "not a file of presets"),
        (b"import os", "not a file of presets"),
        (b'{"latent_strips_presets": 2, "presets": []}', "newer Latent Strips"),
        (b'{"latent_strips_presets": 1, "presets": {}}', "no list"),
        (b'{"latent_strips_presets": 1, "presets": [3]}', "not a preset"),
        (b'{"latent_strips_presets": 1, "presets": [' + b"3," * 500 + b"3]}", "at most 500"),
        (text().replace(b"2.0", b"NaN"), "NaN is not a number"),
        (text().replace(b"2.0", b"1e999"), "not a finite number"),
        (text().replace(b"2.0", b"9" * 5000), "can't be used|not a file"),
        (text(kind="hologram"), "kind 'hologram', which this version"),
        (text(kind=3), "which this version"),
        (text(name=""), "not a name"),
        (text(name="x" * 61), "not a name"),
        (text(name=None), "not a name"),
        (text(generator="../../etc"), "names no generator"),
        (text(settings=[]), "has no settings"),
        (text(settings={"layout": "x"}), "doesn't have in this version"),
        (text(settings={"scale": 9.0}), "outside 0.25 to 8"),
        (text(settings={"scale": True}), "not a finite number"),
        (text(settings={"style": "../x"}), "is not one of the styles"),
        (text(settings={"style": ["rust"]}), "is not one of"),
        (text(settings={"alpha": "__import__('os')"}), "is not one of"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason(data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(data)
    with pytest.raises(PresetError, match=says) as raised:
        store.imported(path)
    assert str(raised.value).startswith("bad.json: ")
    assert len(str(raised.value)) < 500


def test_other_things_than_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "big.json").write_bytes(b" " * (preset.MAX_BYTES + 1))
    (tmp_path / "link.json").symlink_to(tmp_path / "big.json")
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("big", "link", "pipe", "absent"):
        with pytest.raises(PresetError, match="can't be read"):
            store.imported(tmp_path / f"{name}.json")


def test_a_damaged_preset_is_told_of_and_the_others_are_there(tmp_path: Path) -> None:
    store.save(tmp_path, RUST)
    folder = tmp_path / "latent_strips" / "texture"
    (folder / "bad.json").write_bytes(b"{")
    (folder / "elsewhere.json").write_bytes(text())
    (folder / "two.json").write_bytes(preset.written([RUST, RUST]))
    assert store.mine(tmp_path) == [RUST]
    assert len(store.problems(tmp_path)) == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
FIELDS = st.fixed_dictionaries({}, optional=dict.fromkeys(RUST.json(), JSON))


@pytest.mark.fuzz
@given(changes=FIELDS)
@example(changes={"name": "\ud800"})
@example(changes={"settings": {"\ud800": 1}})
def test_any_file_is_read_or_refused(changes: dict[str, Any]) -> None:
    try:
        (one,) = preset.parsed(text(**changes), "file.json")
    except PresetError:
        return
    assert preset.parsed(preset.written([one]), "file.json") == [one]
