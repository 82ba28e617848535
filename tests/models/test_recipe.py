"""A recipe has one JSON text and one hash, and nothing malformed gets through."""

from __future__ import annotations

import contextlib
import json
import math
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import RecipeError
from models.job import folder
from models.kinds import kinds
from models.parameters import Parameter
from models.recipe import MAX_JSON, Recipe
from tests.helpers.fuzz import fuzz

DIGEST = "0" * 64
GOOD: dict[str, Any] = {
    "kind": "texture",
    "generator": "some_textures",
    "digest": DIGEST,
    "width": 1920,
    "height": 1080,
    "frames": 100,
    "fps": 25.0,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
recipes = st.builds(
    Recipe,
    kind=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True),
    generator=st.just("some_textures"),
    digest=st.just(DIGEST),
    width=st.integers(1, 16384),
    height=st.integers(1, 16384),
    frames=st.integers(1, 100_000),
    fps=st.floats(0.01, 1000),
    seed=st.integers(0, 2**31 - 1),
    settings=st.dictionaries(st.text(max_size=5), st.booleans() | st.integers() | st.text(max_size=5), max_size=4),
    tracks=st.dictionaries(
        st.text(max_size=5), st.lists(st.floats(-1e9, 1e9), max_size=4).map(tuple), max_size=3
    ),
)  # fmt: skip


@given(recipes)
def test_json_there_and_back_is_the_same_recipe(recipe: Recipe) -> None:
    again = Recipe.from_json(recipe.canonical())
    assert again == recipe
    assert again.canonical() == recipe.canonical()
    assert again.sha256() == recipe.sha256()


def test_the_hash_is_the_same_everywhere_and_for_ever() -> None:
    recipe = Recipe(**GOOD, settings={"style": "lava", "loop": True}, tracks={"mix": (0.0, 0.5)})
    assert recipe.canonical() == (
        '{"digest":"' + DIGEST + '","fps":25.0,"frames":100,"generator":"some_textures","height":1080,'
        '"kind":"texture","seed":0,"settings":{"loop":true,"style":"lava"},"tracks":{"mix":[0.0,0.5]},'
        '"version":1,"width":1920}'
    )
    assert recipe.sha256() == "31399fc238a02a6b7b35b38153de839a82f0c3e0b1761949de83ee73998e43b3"


def test_the_order_of_settings_and_whole_rates_do_not_matter() -> None:
    a = Recipe(**{**GOOD, "fps": 25}, settings={"a": 1, "b": 2})
    b = Recipe(**GOOD, settings={"b": 2, "a": 1})
    assert a.sha256() == b.sha256()


@fuzz()
@given(st.text() | JSON.map(json.dumps))
def test_any_other_text_is_a_recipe_error(text: str) -> None:
    with pytest.raises(RecipeError):
        Recipe.from_json(text)


@fuzz()
@given(field=st.sampled_from([*GOOD, "seed", "settings", "tracks", "version"]), value=JSON)
def test_any_value_in_any_field_is_taken_or_is_a_recipe_error(field: str, value: object) -> None:
    raw = {**json.loads(Recipe(**GOOD).canonical()), field: value}
    with contextlib.suppress(RecipeError):
        recipe = Recipe.from_json(json.dumps(raw))
        for kind in kinds().values():
            recipe.checked(kind.parameters)


@pytest.mark.parametrize("field", ["settings", "tracks"])
def test_more_settings_than_any_kind_has_are_refused(field: str) -> None:
    raw = json.loads(Recipe(**GOOD).canonical()) | {field: {f"name{n}": [] for n in range(501)}}
    with pytest.raises(RecipeError, match="more than 500 settings or tracks"):
        Recipe.from_mapping(raw)


@pytest.mark.parametrize("style", ["../../evil", "a/b", "..", "a\\b", "C:x", "a\0", "\u202ea", "x" * 130, " a"])
def test_no_style_leads_out_of_the_frames_folder(style: str, tmp_path: Path) -> None:
    # A generator without styles has none to compare a name with.
    recipe = Recipe(**GOOD | {"kind": "footage_mask"}, settings={"style": style})
    with pytest.raises(RecipeError, match="is not one of the styles"):
        recipe.checked(kinds()["footage_mask"].held)
    with pytest.raises(RecipeError, match="can't be part of a folder's name"):
        folder(recipe, tmp_path)


def test_tracks_of_more_values_than_any_strip_has_are_refused_unread() -> None:
    raw = json.loads(Recipe(**GOOD).canonical()) | {"tracks": {f"t{n}": [None] * 100_000 for n in range(21)}}
    with pytest.raises(RecipeError, match="tracks have 2100000 values; at most 2000000 are read"):
        Recipe.from_mapping(raw)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("number", ['"fps":25.0', '"mix":[0.0', '"gain":0.5', '"width":1920'])
def test_no_number_without_an_end_is_read(word: str, number: str) -> None:
    text = Recipe(**GOOD, settings={"gain": 0.5}, tracks={"mix": (0.0, 0.5)}).canonical()
    name = number.rstrip("0123456789.")
    assert number in text
    with pytest.raises(RecipeError, match=r"is not a number|finite|Frame rate|Width"):
        Recipe.from_json(text.replace(number, name + word))
    with pytest.raises(RecipeError, match=r"finite|Frame rate|Width"):
        Recipe.from_mapping(json.loads(text.replace(number, name + word)))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("width", 0, "Width"),
        ("height", 16385, "16384"),
        ("width", 64.0, "whole number"),
        ("frames", 0, "Length"),
        ("frames", 1_000_000, "100000"),
        ("frames", True, "Length"),
        ("seed", -1, "Seed"),
        ("seed", 2**31, "Seed"),
        ("fps", math.nan, "Frame rate"),
        ("fps", math.inf, "Frame rate"),
        ("fps", 0, "Frame rate"),
        ("generator", "../../etc/passwd", "generator"),
        ("generator", "", "generator"),
        ("digest", "abc", "digest"),
        ("kind", "Texture", "kind"),
    ],
)
def test_values_out_of_range_are_named(field: str, value: object, says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        Recipe(**{**GOOD, field: value})


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[]",
        "null",
        "1" * 5000,
        '{"version": 2}',
        '{"version": 1, "settings": {}, "tracks": {}}',
        '{"version": 1, "settings": {}, "tracks": {"mix": ["a"]}}',
        '{"version": 1, "settings": {}, "tracks": {"mix": [1' + "0" * 400 + "]}}",
        " " * (MAX_JSON + 1),
    ],
    ids=["deep", "list", "null", "digits", "newer", "empty", "text in a track", "huge number", "huge"],
)  # fmt: skip
def test_malformed_json_is_a_recipe_error(text: str) -> None:
    with pytest.raises(RecipeError):
        Recipe.from_json(text)


SLIDE = Parameter("slide", "float", 0.25, "Slide", "", 0.0, 1.0, animatable=True)
COUNT = Parameter("count", "int", 3, "Count", "", 1, 9)


def test_what_is_absent_gets_its_default() -> None:
    recipe = Recipe(**GOOD).checked((SLIDE, COUNT))
    assert (recipe.settings, recipe.tracks) == ({"count": 3}, {"slide": (0.25,)})


def test_a_track_that_stands_still_is_a_constant() -> None:
    assert Recipe(**GOOD, tracks={"slide": (0.5,) * 100}).checked((SLIDE,)).tracks["slide"] == (0.5,)


@pytest.mark.parametrize("value", [0.1, 1 / 3, 0.7])
def test_single_precision_does_not_change_a_recipe(value: float) -> None:
    (single,) = struct.unpack("f", struct.pack("f", value))
    a, b = (Recipe(**GOOD, tracks={"slide": (v,)}).checked((SLIDE,)) for v in (value, single))
    assert a.sha256() == b.sha256()


@pytest.mark.parametrize(
    ("settings", "tracks", "says"),
    [
        ({"colour": 1}, {}, "colour"),
        ({}, {"zoom": (1.0,)}, "zoom"),
        ({}, {"slide": (0.0, 1.0)}, "2 values for 100 frames"),
        ({}, {"slide": ()}, "0 values"),
        ({}, {"slide": (math.nan,)}, "Slide.*finite"),
        ({}, {"slide": (math.inf,) * 100}, "Slide.*finite"),
        ({}, {"slide": (1.5,)}, "Slide.*outside 0 to 1"),
        ({"count": 1.5}, {}, "whole number"),
    ],
)
def test_what_the_kind_does_not_take_is_named(settings: dict[str, Any], tracks: dict[str, Any], says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        Recipe(**GOOD, settings=settings, tracks=tracks).checked((SLIDE, COUNT))


@given(recipes.map(lambda recipe: Recipe(**{**GOOD, "frames": recipe.frames, "seed": recipe.seed})))
def test_checking_twice_changes_nothing(recipe: Recipe) -> None:
    for kind in kinds().values():
        once = recipe.checked(kind.parameters)
        assert once.checked(kind.parameters) == once
