"""The gallery without Blender: pictures that ship, pictures of imported generators, categories, search and order."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.cards.card import Card
from models.gallery import picture, tiles
from models.gallery.categories import CATEGORIES, category
from models.gallery.tiles import PICTURES, Tile
from models.imaging.png import png
from models.imaging.small import decoded, is_whole, webp
from models.inference.session import Session
from models.kinds import kind, kinds
from models.library import user
from models.library.catalog import SHIPPED, Library
from tests.helpers import third_party
from tests.helpers.importing import Take

PICTURE = np.random.default_rng(1).random((3, 16, 24), np.float32)
FILES = {"webp": webp(PICTURE), "png": png(PICTURE)}


def shipped() -> list[Tile]:
    return [tile for each in kinds().values() for tile in tiles.tiles(Library(), each)]


@pytest.mark.one_python
def test_every_style_that_ships_has_its_picture_and_none_is_stale() -> None:
    wanted = {tile.picture for tile in shipped()}
    assert len(wanted) == len(shipped()) > 150
    assert wanted - set(PICTURES.iterdir()) == set(), "run nox -s gallery"
    assert {path for path in PICTURES.iterdir() if not path.name.startswith("preset-")} - wanted == set()
    assert [path.name for path in PICTURES.iterdir() if not is_whole(path)] == []
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 1_500_000


@pytest.mark.one_python
@pytest.mark.parametrize(
    ("generator", "style"), [("latent_materials", "rust"), ("latent_mattes", "ink"), ("latent_sounds", "thunder")]
)
def test_a_picture_shows_what_the_generator_makes(generator: str, style: str) -> None:
    entry = Library().latest(generator)
    (tile,) = (each for each in tiles.of_entry(entry, kind(entry.card.kind)) if each.style == style)
    made = picture.drawn(entry.card, Session(entry.path), {"style": style})
    assert webp(made) == webp(picture.drawn(entry.card, Session(entry.path), {"style": style}))
    assert np.abs(decoded(tile.picture.read_bytes())[:3] - made).mean() < 0.03  # what WebP loses
    others = [t.picture for t in tiles.of_entry(entry, kind(entry.card.kind)) if t.style != style]
    assert all(np.abs(decoded(path.read_bytes())[:3] - made).mean() > 0.03 for path in others[:3])


def test_the_name_of_a_picture_follows_the_generator() -> None:
    entry = Library().latest("latent_materials")
    assert tiles.stamp(entry.card.digest, "rust") != tiles.stamp(entry.card.digest, "moss")
    assert tiles.stamp(entry.card.digest, "rust") != tiles.stamp("0" * 64, "rust")


@pytest.mark.one_python
def test_every_style_that_ships_has_a_category() -> None:
    assert [tile.key for tile in shipped() if tile.category in ("other", "imported")] == []
    assert {tile.category for tile in shipped()} == set(CATEGORIES) - {"other", "imported"}
    listed = json.loads((SHIPPED / "categories.json").read_text("utf-8"))
    there = {(kind.name, tile.style) for kind in kinds().values() for tile in tiles.tiles(Library(), kind)}
    assert {(kind, style) for kind, by_name in listed.items() for group in by_name.values() for style in group} == there


def test_an_imported_style_is_where_its_card_says() -> None:
    raw = Library().latest("latent_materials").card.json()
    raw["styles"][0]["category"], raw["styles"][1]["category"] = "water", "nonsense"
    card = Card.parse(json.loads(json.dumps(raw)), "0" * 64)
    assert card.json()["styles"][0]["category"] == "water"
    found = [category(card, style.name, is_imported=True) for style in card.styles[:3]]
    assert found == ["water", "imported", "imported"]
    raw["styles"][0]["category"] = "../../etc"
    with pytest.raises(ValueError, match="not a name"):
        Card.parse(raw, "0" * 64)


def test_search_knows_style_generator_and_category() -> None:
    found = tiles.tiles(Library(), kind("texture"))
    assert {tile.style for tile in found if tile.matches("black MARB")} == {"black_marble"}
    assert {tile.generator for tile in found if tile.matches("skies")} == {"latent_skies"}
    assert {"rust", "zinc"} <= {tile.style for tile in found if tile.matches("metal")}
    assert [tile for tile in found if tile.matches("no such thing")] == []
    assert [tile for tile in found if tile.matches("  ")] == found


def test_what_was_liked_or_used_comes_first() -> None:
    found = tiles.tiles(Library(), kind("texture"))
    first = [found[7].key, ("gone", "style"), found[3].key, found[7].key]
    ordered = tiles.in_order(found, first)
    assert ordered == [found[7], found[3], *(tile for tile in found if tile not in (found[3], found[7]))]
    assert tiles.in_order(found, []) == found


def test_an_imported_generator_gets_pictures_of_its_classes(take: Take, library: Path) -> None:
    entry = take(third_party.classes_int64).entry
    found = tiles.of_entry(entry, kind("image"))
    assert [tile.style for tile in found] == [style.name for style in entry.card.styles]
    assert [is_whole(tile.picture) for tile in found[: tiles.MOST]] == [True] * len(found[: tiles.MOST])
    assert all(tile.picture.parent == library and tile.category == "imported" for tile in found)
    user.remove(entry)
    assert list(library.iterdir()) == []


@pytest.mark.parametrize("name", FILES)
def test_a_whole_picture_is_taken(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{name}"
    path.write_bytes(FILES[name])
    assert is_whole(path)
    (tmp_path / "link").symlink_to(path)
    assert not is_whole(tmp_path / "link")
    assert not is_whole(tmp_path)
    assert not is_whole(tmp_path / "absent")


def test_a_picture_that_is_huge_or_belies_its_size_is_not_taken(tmp_path: Path) -> None:
    wide, longer = tmp_path / "wide.png", tmp_path / "longer.webp"
    wide.write_bytes(png(np.zeros((1, 2, 1100), np.float32)))
    longer.write_bytes(FILES["webp"][:4] + bytes([FILES["webp"][4] ^ 1]) + FILES["webp"][5:])
    assert not is_whole(wide)
    assert not is_whole(longer)
    wide.write_bytes(png(np.zeros((1, 2, 1000), np.float32)))
    assert is_whole(wide)


@pytest.mark.fuzz
@example(name="png", at=6 / len(FILES["png"]), byte=0)
@given(name=st.sampled_from(sorted(FILES)), at=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_part_of_a_picture_is_not_taken(
    name: str, at: float, byte: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = FILES[name]
    place = int(at * len(data))
    path = tmp_path_factory.getbasetemp() / f"picture.{name}"
    path.write_bytes(data[:place])
    assert not is_whole(path)
    path.write_bytes(data[:place] + bytes([byte]) + data[place + 1 :])
    assert not is_whole(path) or name == "webp" or data[place] == byte  # WebP has no checksums
