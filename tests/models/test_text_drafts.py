"""Recipes of text that Blender drafts: the worker completes them, and says how the text lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import TextError
from models.kinds import kind
from models.kinds.text_effect import measured
from models.recipe import Recipe
from models.text import folders
from models.text.raster import draw
from models.text.spec import Spec
from models.worker.child import Event
from models.worker.client import Client
from tests.helpers.recipes import raw
from tests.helpers.squares import entry, recipe, spec, square_font

TEXT = kind("text_effect")


@pytest.fixture
def fonts(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Digests of a font, and of the general one of Blender's, which has a letter more."""
    folders.FONTS[:] = [tmp_path / "fonts"]
    folders.FONTS[0].mkdir()
    yield square_font(folders.FONTS[0] / "Some.ttf"), square_font(folders.FONTS[0] / "Inter.ttf", {"z": 0.5})
    folders.FONTS.clear()
    measured.cache_clear()


@pytest.fixture
def client(fonts: tuple[str, str]) -> Iterator[Client]:
    client = Client(fonts=folders.FONTS)
    yield client
    client.close()


def made(client: Client, recipe: Recipe, root: Path) -> list[Event]:
    client.send("make", "a", recipe=raw(recipe), root=str(root))
    return list(client.wait("a"))


def test_a_draft_is_completed_by_the_worker(client: Client, fonts: tuple[str, str], tmp_path: Path) -> None:
    draft = TEXT.drafted(recipe(fonts[0], 2, layout=spec(fonts[0], "azb").json()), entry.card)
    assert TEXT.is_draft(draft)
    events = made(client, draft, tmp_path)
    placed = next(event for event in events if event["say"] == "placed")
    assert [event["say"] for event in events].index("placed") < [event["say"] for event in events].index("begin")
    whole = Spec.from_json(placed["layout"])
    assert whole.fonts == fonts  # the other for the letter that the chosen one lacks
    box = draw(whole)[0]
    assert (placed["width"], placed["height"], placed["missing"]) == (box.width, box.height, 0)
    assert placed["center"] == [box.left + box.width / 2 - 200, 100 - box.top - box.height / 2]
    complete = TEXT.checked(draft, entry.card)
    assert not TEXT.is_draft(complete)
    settings = {**draft.settings, "layout": placed["layout"]}
    assert complete == replace(draft, settings=settings, width=placed["width"], height=placed["height"])
    assert Recipe.from_json((Path(events[-1]["folder"]) / "recipe.json").read_text("utf-8")) == complete


def test_a_complete_recipe_keeps_its_fonts(client: Client, fonts: tuple[str, str], tmp_path: Path) -> None:
    lacking = replace(recipe(fonts[0], 1, layout=spec(fonts[0], "azb").json()), width=2, height=2)
    (placed,) = (event for event in made(client, lacking, tmp_path) if event["say"] == "placed")
    assert Spec.from_json(placed["layout"]).fonts == fonts[:1]
    assert placed["missing"] == 1


def test_a_draft_needs_no_font_before_it_is_made(fonts: tuple[str, str], client: Client, tmp_path: Path) -> None:
    draft = TEXT.drafted(recipe("0" * 64), entry.card)
    with pytest.raises(TextError, match="is not here"):
        made(client, draft, tmp_path)
