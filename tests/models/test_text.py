"""Text without Blender: layout, shaping and effects, with a font of squares that is made here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import LatentStripsError, RecipeError, TextError
from models.kinds import kind
from models.kinds.text_effect import measured
from models.recipe import Recipe
from models.text import fonts
from models.text.field import LoopNoise, distances
from models.text.folders import FONTS, digest_of
from models.text.layout import lay_out
from models.text.raster import draw
from models.text.reveal import WAYS, opened, order
from models.text.spec import RULES, Spec
from tests.helpers.making import decode, make_with
from tests.helpers.recipes import raw
from tests.helpers.squares import LETTERS, entry, recipe, spec, square_font


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("fonts")
    FONTS[:] = [folder]
    yield square_font(folder / "squares.ttf")
    FONTS.clear()
    measured.cache_clear()


def xs(font: str, text: str, **more: Any) -> list[int]:
    """Where the letters begin, in the order that they are drawn in."""
    return [glyph.x for glyph in lay_out(spec(font, text, **more)).glyphs]


def test_letters_follow_by_whole_advances(squares: str) -> None:
    assert xs(squares, "ab W", anchor=("LEFT", "TOP"), location=(0.1, 1.0)) == [40, 60, 90]
    assert xs(squares, "ab W") == [155, 175, 205]  # 90 px in the middle of 400


@pytest.mark.parametrize(
    ("rules", "align", "starts"),
    [(42, "RIGHT", [180, 180]), (52, "LEFT", [180, 180]), (52, "CENTER", [180, 190]), (52, "RIGHT", [180, 200])],
)
def test_lines_are_aligned_as_each_blender_does(squares: str, rules: int, align: str, starts: list[int]) -> None:
    layout = lay_out(spec(squares, "W\na", rules=rules, align=align))
    assert [glyph.x for glyph in layout.glyphs] == starts
    assert layout.glyphs[1].y - layout.glyphs[0].y == layout.line_height == 40


def test_lines_wrap_at_blanks(squares: str) -> None:
    def lines(text: str, wrap: int, rules: int = 52) -> int:
        return len({glyph.y for glyph in lay_out(spec(squares, text, wrap=wrap, rules=rules)).glyphs})

    assert [lines("aa aa aa", wrap) for wrap in (0, 160, 139, 89, 40)] == [1, 1, 2, 3, 3]
    assert lines("WWWWWWWWWW", 50) == 1  # nowhere to break
    assert all(lines("aa aa aa", 100, rules) == 2 for rules in RULES)


def test_right_to_left_words_are_ordered_and_brackets_mirrored(squares: str) -> None:
    face = fonts.by_digest(squares)

    def seen(text: str) -> str:
        names = {face.ft.get_char_index(character): character for character in LETTERS}
        glyphs = sorted(lay_out(spec(squares, text)).glyphs, key=lambda glyph: glyph.x)
        return "".join(names[glyph.index] for glyph in glyphs)

    assert seen("אב") == "בא"
    assert seen("a אבא b") == "aאבאb"
    assert seen("א ab ב") == "בabא"
    assert seen("א(ב)!") == "!(ב)א"


def test_what_no_font_has_is_counted(squares: str) -> None:
    assert lay_out(spec(squares, "aé\U0001f600b")).missing == 2


def test_the_box_holds_the_letters_and_lies_on_whole_pixels(squares: str) -> None:
    for size in ((400, 200), (401, 203)):
        box, mask, _ = draw(spec(squares, "ab\nW", frame=size))
        assert mask.shape == (box.height, box.width)
        assert (box.width - size[0]) % 2 == (box.height - size[1]) % 2 == 0
        assert mask[0].max() == mask[-1].max() == mask[:, 0].max() == mask[:, -1].max() == 0
        assert mask.max() == 1.0


@settings(max_examples=40)
@given(
    text=st.text(st.characters(exclude_categories=("Cs",)), max_size=40),
    size=st.floats(1, 90),
    wrap=st.integers(0, 500),
    rules=st.sampled_from(RULES),
    bold=st.booleans(),
    italic=st.booleans(),
    location=st.tuples(st.floats(-1, 2), st.floats(-1, 2)),
)
def test_any_text_is_laid_out(squares: str, **values: Any) -> None:
    text, location = values.pop("text"), values.pop("location")
    box, mask, _ = draw(Spec(text, (squares,), frame=(320, 180), location=location, **values))
    assert mask.shape == (box.height, box.width)
    assert np.isfinite(mask).all()
    assert 0 <= mask.min() <= mask.max() <= 1


def test_a_spec_survives_its_json(squares: str) -> None:
    one = spec(squares, "a\n✓", italic=True, box=3)
    assert Spec.from_json(one.json()) == one


@pytest.mark.parametrize(
    "bad",
    ["", "[]", "{}", '{"text": 1}', "[" * 5000,
     *(f'{{"text":"a","fonts":["x"],"frame":[9,9],"size":9,{more}}}' for more in (
         '"size":1e9', '"rules":1', '"anchor":["UP","UP"]', '"colour":[1]', '"wrap":"x"', '"frame":[0,0]', '"evil":1',
         '"location":[NaN,0]', '"fonts":[]'))],
)  # fmt: skip
def test_a_malformed_layout_is_a_recipe_error(bad: str) -> None:
    with pytest.raises(RecipeError):
        Spec.from_json(bad)


@pytest.mark.parametrize("field", ["fonts", "frame", "location", "bold", "wrap", "box", "colour", "shadow", "size"])
def test_a_layout_of_other_types_is_a_recipe_error_or_the_same_again(field: str) -> None:
    whole = json.loads(Spec("x", ("0" * 64,), 20.0, (64, 48)).json())
    for value in (10**400, "12", [[]], {}, None, 0.5, True, [1.0, "a"], [{}] * 4, "x" * 200_000):
        with suppress(RecipeError):
            found = Spec.from_json(json.dumps(whole | {field: value}))
            assert Spec.from_json(found.json()).json() == found.json()
            assert {found: field}  # it can be remembered


def test_fonts_that_are_not_there_or_none(squares: str) -> None:
    with pytest.raises(TextError, match="is not here"):
        lay_out(spec("0" * 64, "a"))
    (FONTS[0] / "noise.ttf").write_bytes(b"not a font at all")
    digest = digest_of(FONTS[0] / "noise.ttf", 1)
    with pytest.raises(TextError, match=r"noise\.ttf: can't be used as a font"):
        lay_out(spec(digest, "a"))


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_distances_are_those_of_the_nearest_pixel(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = (rng.random((14, 19)) > 0.7).astype(np.float32)
    em = 16.0
    _, outside = distances(mask, em)
    points = np.argwhere(mask >= 0.5)
    for y, x in rng.integers(0, (14, 19), (12, 2)):
        if mask[y, x] < 0.5:
            away = np.sqrt(((points - (y, x)) ** 2).sum(1)).min() if len(points) else 99.0
            assert outside[y, x] == pytest.approx(min((min(away, 9) + 0.5) / 8, 1.0), abs=1e-5)


def test_noise_closes_its_loop_and_rises(squares: str) -> None:
    fields = LoopNoise(3, (60, 50), 20.0, 20)
    assert np.array_equal(fields.at(0.0), fields.at(1.0))
    assert np.array_equal(fields.at(0.2)[3:], fields.at(0.7)[3:])
    step = 1 / 200  # 20 cells of half an em a round: 1 px a step
    before, after = fields.at(0.0)[0], fields.at(step)[0]
    assert np.abs(after[:-1] - before[1:]).mean() < 0.5 * np.abs(after - before).mean()


@pytest.mark.parametrize("way", WAYS)
def test_an_opening_begins_closed_ends_open_and_only_opens(squares: str, way: str) -> None:
    box, mask, layout = draw(spec(squares, "ab\nW"))
    turn = order(way, LoopNoise(1, mask.shape, 40.0, 2).at(0.0), layout, box, False)
    shown = [np.broadcast_to(opened(way, turn, part)[0], mask.shape) for part in np.linspace(0, 1, 9)]
    assert shown[0].max() == 0
    assert shown[-1].min() == 1
    assert all((b >= a).all() for a, b in pairwise(shown))


def pictures(recipe: Recipe, root: Path) -> np.ndarray:
    folder = make_with(entry, recipe, root)
    return np.stack([decode((folder.path / name).read_bytes()) for name in folder.names()]) / 255


@pytest.mark.parametrize("style", [style.name for style in entry.card.styles])
def test_at_strength_0_alpha_is_the_letters(squares: str, style: str, tmp_path: Path) -> None:
    (image,) = pictures(recipe(squares, 1, {"strength": (0.0,)}, style=style), tmp_path)
    _, mask, _ = draw(spec(squares, "ab"))
    assert np.abs(image[..., 3] - mask).max() <= 1 / 255


def test_a_loop_closes_and_its_frames_are_made_once(squares: str, tmp_path: Path) -> None:
    folder = make_with(entry, recipe(squares, 9, style="fire", period=0.5), tmp_path)
    data = [(folder.path / name).read_bytes() for name in folder.names()]
    assert data[:5] == data[4:9]
    assert len(set(data)) == 4
    inodes = {(folder.path / name).stat().st_ino for name in folder.names()}
    assert len(inodes) == 4
    still = make_with(entry, recipe(squares, 9, style="moss"), tmp_path)
    assert len({(still.path / name).read_bytes() for name in still.names()}) == 1


def test_strength_is_a_track(squares: str, tmp_path: Path) -> None:
    images = pictures(recipe(squares, 3, {"strength": (0.0, 1.0, 2.0)}, style="neon"), tmp_path)
    sums = images[..., 3].sum((1, 2))
    assert sums[0] < sums[1] < sums[2]


def test_place_makes_no_difference_to_the_pictures(squares: str) -> None:
    one, other = (
        kind("text_effect").take(recipe(squares, more={"location": place}), entry.card)
        for place in ((0.5, 0.5), (0.4, 0.6))
    )
    assert one.key(2) == other.key(2)


def test_the_outline_lies_behind_the_letters(squares: str, tmp_path: Path) -> None:
    plain, dark = (pictures(recipe(squares, 1, style="plain", outline=o), tmp_path)[0] for o in (0.0, 1.0))
    assert dark[..., 3].sum() > plain[..., 3].sum()
    inside = plain[..., 3] == 1
    assert np.abs(plain[inside] - dark[inside]).max() <= 1 / 255


def test_a_worker_makes_a_text_in_fonts_that_it_was_told(squares: str, tmp_path: Path) -> None:
    from models.worker.client import Client

    client = Client(fonts=FONTS)
    try:
        client.send("make", "1", recipe=raw(recipe(squares, 2, style="ice")), root=str(tmp_path))
        assert list(client.wait("1"))[-1]["say"] == "done"
        missing = {**raw(recipe(squares, 2)), "settings": {"layout": spec("0" * 64, "a").json()}}
        client.send("make", "2", recipe=missing, root=str(tmp_path))
        with pytest.raises(TextError, match="is not here"):
            list(client.wait("2"))
    finally:
        client.close()


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_any_layout_text_is_a_recipe_or_an_error_of_ours(text: str) -> None:
    with pytest.raises(LatentStripsError):
        kind("text_effect").checked(recipe("x", layout=text), entry.card)
