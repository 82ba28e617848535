"""Letters that stand out: lighter than their ground, their alpha kept, and nothing out of range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text.field import distances
from models.text.legible import LEAST, legible, lifted

SIZE, EM = (40, 60), 60.0


def letters() -> np.ndarray:
    """Coverage of two bars with soft edges."""
    mask = np.zeros(SIZE, np.float32)
    mask[10:30, 8:20] = mask[10:30, 34:46] = 1
    mask[10:30, 20] = mask[10:30, 33] = 0.5
    return mask


def effect(level: float, mask: np.ndarray, seed: int = 0) -> np.ndarray:
    """Grain around `level` within the letters, premultiplied."""
    colour = np.random.default_rng(seed).random((3, *SIZE), np.float32) * np.float32(level)
    return np.concatenate((colour * mask, mask[None]))


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
    assert (made[3] >= picture[3] - 1e-6).all()  # nothing becomes more transparent


@pytest.mark.parametrize("amount", [0.3, 1.0])
def test_without_a_line_letters_keep_their_alpha(amount: float) -> None:
    mask = letters()
    made = legible(effect(0.2, mask), mask, distances(mask, EM)[1], amount, 0.0, False)
    assert np.array_equal(made[3], mask)


def test_dark_materials_become_light_and_dark_texts_darker() -> None:
    mask, inside = letters(), letters() == 1
    away = distances(mask, EM)[1]
    for level, is_dark in ((0.1, False), (1.0, True)):
        picture = effect(level, mask) if not is_dark else np.maximum(effect(level, mask), mask * np.float32(0.6))
        before = picture[:3, inside].mean()
        after = legible(picture, mask, away, 1.0, 0.0, is_dark)[:3, inside].mean()
        assert (after < before - 0.2) if is_dark else (after > before + 0.2)


def test_no_spot_of_a_letter_stays_dark() -> None:
    mask = letters()
    light = np.tensordot([0.2126, 0.7152, 0.0722], lifted(effect(0.3, mask)[:3], mask), 1)
    assert light[mask == 1].min() >= LEAST - 1e-4


def test_a_line_parts_letters_from_what_burns_around_them() -> None:
    mask = letters()
    picture = np.ones((4, *SIZE), np.float32)
    made = legible(picture, mask, distances(mask, EM)[1], 1.0, 1.0, False)
    assert made[:3, 20, 21].max() < 0.1  # right beside the edge
    assert made[:3, 20, 27].min() > 0.99  # further away
    assert np.array_equal(legible(picture, mask, distances(mask, EM)[1], 0.0, 1.0, False), picture)
