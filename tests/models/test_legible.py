"""Letters that stand out: lighter than their ground, their alpha kept, and nothing out of range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text.field import blurred, distances
from models.text.legible import GLOWING, LIT, LUMA, legible, lightened

SIZE, EM = (40, 60), 60.0


def letters() -> np.ndarray:
    """Coverage of two bars with soft edges."""
    mask = np.zeros(SIZE, np.float32)
    mask[10:30, 8:20] = mask[10:30, 34:46] = 1
    mask[10:30, 20] = mask[10:30, 33] = 0.5
    return mask


def effect(level: float, mask: np.ndarray, seed: int = 0) -> np.ndarray:
    """Grain around `level` within the letters, premultiplied."""
    color = np.random.default_rng(seed).random((3, *SIZE), np.float32) * np.float32(level)
    return np.concatenate((color * mask, mask[None]))


@given(
    st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans(), st.floats(0, 1), st.integers(0, 9)
)  # fmt: skip
def test_it_is_a_premultiplied_picture(
    level: float, amount: float, line: float, is_dark: bool, around: float, seed: int
) -> None:
    mask = letters()
    picture = np.maximum(effect(level, mask, seed), np.float32(around))
    made = legible(picture, mask, distances(mask, EM)[1], amount, line, is_dark)
    assert made.dtype == np.float32
    assert made.shape == picture.shape
    assert made.min() >= -1e-6
    assert made.max() <= 1 + 1e-5
    assert (made[:3] <= made[3] + 1e-5).all()
    assert (made[3] >= np.minimum(picture[3], mask) - 1e-6).all()  # no letter becomes more transparent


@pytest.mark.parametrize("amount", [0.3, 1.0])
def test_without_a_line_letters_keep_their_alpha(amount: float) -> None:
    mask = letters()
    made = legible(effect(0.2, mask), mask, distances(mask, EM)[1], amount, 0.0, False)
    assert np.allclose(made[3], mask, atol=1e-6)


def test_dark_materials_become_light_and_dark_texts_darker() -> None:
    mask, inside = letters(), letters() == 1
    away = distances(mask, EM)[1]
    for level, is_dark in ((0.1, False), (1.0, True)):
        picture = effect(level, mask) if not is_dark else np.maximum(effect(level, mask), mask * np.float32(0.6))
        before = picture[:3, inside].mean()
        after = legible(picture, mask, away, 1.0, 0.0, is_dark)[:3, inside].mean()
        assert (after < before - 0.2) if is_dark else (after > before + 0.2)


@given(st.floats(0.01, 1), st.floats(0.05, 0.9), st.floats(0, 1), st.floats(0, 1), st.integers(0, 9))
def test_letters_only_become_lighter_and_more_even(
    level: float, goal: float, amount: float, kept: float, seed: int
) -> None:
    color = np.random.default_rng(seed).random((3, 400), np.float32) * np.float32(level)
    light, made = LUMA @ color, lightened(color, np.ones(400, np.float32), goal, amount, kept)
    assert made.min() >= 0
    assert made.max() <= 1 + 1e-5
    assert (LUMA @ made >= light - 0.02).all()
    if light.mean() < goal:
        assert (LUMA @ made).mean() >= light.mean() - 1e-3


def test_no_spot_of_a_letter_stays_dark_and_grain_is_left_where_it_is_light() -> None:
    color = np.random.default_rng(0).random((3, 400), np.float32)
    weight = np.ones(400, np.float32)
    light = LUMA @ color
    made = LUMA @ lightened(color, weight, 0.72, 0.6, LIT)
    assert made.min() > 0.4 > 0.1 > light.min()
    assert made.std() < 0.65 * light.std()
    bright = light > 0.8
    assert np.array_equal(lightened(color, weight, 0.4, 0.6, LIT)[:, bright], color[:, bright])


def test_what_glows_grows_hotter_and_what_is_lit_grows_paler() -> None:
    ember = np.full((3, 9), [[0.6], [0.2], [0.03]], np.float32)
    hot, pale = (lightened(ember, np.ones(9, np.float32), 0.7, 0.6, kept)[:, 0] for kept in (GLOWING, LIT))
    assert abs(float(LUMA @ hot) - float(LUMA @ pale)) < 0.08
    assert hot[0] > 0.95
    assert hot[2] < pale[2] - 0.1
    assert hot[1] / hot[0] > 0.4  # from red towards yellow


def test_a_colored_text_stays_colored() -> None:
    mask = letters()
    red = effect(1.0, mask) * np.array([1, 0.05, 0.05, 1], np.float32)[:, None, None]
    away = distances(mask, EM)[1]
    whole, own = (legible(red, mask, away, 0.6, 0.0, tint=tint)[:3, mask == 1].mean(1) for tint in (1.0, 0.25))
    assert own[0] - own[2] > whole[0] - whole[2]


def test_what_is_around_is_weaker_near_the_letters_alone() -> None:
    mask = letters()
    away = distances(mask, EM)[1]
    made = legible(np.ones((4, *SIZE), np.float32), mask, away, 0.6, 0.0)
    assert made[3, 20, 22] < made[3, 20, 27] < made[3, 0, 59]
    assert made[3, 38, 58] == 1  # far away
    assert (made[3, mask == 1] == 1).all()


@given(st.integers(0, 9), st.integers(0, 5))
def test_blurring_keeps_what_is_there(seed: int, radius: int) -> None:
    image = np.zeros((40, 50), np.float32)
    image[12:28, 12:38] = np.random.default_rng(seed).random((16, 26), np.float32)
    made = blurred(image, radius)
    assert made.shape == image.shape
    assert abs(made.sum() - image.sum()) < 0.01 * image.sum()
    assert np.abs(np.diff(made)).max() <= np.abs(np.diff(image)).max() + 1e-6
    if not radius:
        assert np.allclose(made, image)


def test_a_line_parts_letters_from_what_burns_around_them() -> None:
    mask = letters()
    picture = np.ones((4, *SIZE), np.float32)
    away = distances(mask, EM)[1]
    made, without = (legible(picture, mask, away, 1.0, line) for line in (1.0, 0.0))
    assert made[:3, 20, 21].max() < 0.1  # right beside the edge
    assert np.array_equal(made[:, 20, 27], without[:, 20, 27])  # further away
    assert np.array_equal(legible(picture, mask, distances(mask, EM)[1], 0.0, 1.0, False), picture)
