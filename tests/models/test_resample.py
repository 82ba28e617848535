"""Cutting frames out of a picture that wraps around."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.imaging.resample import taps, window

PICTURE = np.random.default_rng(0).random((3, 24, 32), np.float32)
steps = st.floats(0.05, 12)
starts = st.floats(-1000, 1000)


@given(start=starts, step=steps, size=st.integers(1, 200))
def test_weights_sum_to_one_over_neighboring_places(start: float, step: float, size: int) -> None:
    indices, weights = taps(start, step, size)
    assert indices.shape == weights.shape
    assert indices.shape[1] == size
    assert np.allclose(weights.sum(axis=0), 1, atol=1e-5)
    assert (np.diff(indices, axis=0) == 1).all()
    assert np.abs(weights).max() <= 1.2


@given(y=starts, x=starts, step=steps)
def test_a_flat_picture_stays_flat(y: float, x: float, step: float) -> None:
    flat = np.full((3, 7, 9), 0.25, np.float32)
    assert np.allclose(window(flat, (y, x), (step, step), (11, 13)), 0.25, atol=1e-5)


@given(y=st.integers(-100, 100), x=st.integers(-100, 100))
def test_whole_shifts_copy_pixels_exactly(y: int, x: int) -> None:
    shifted = window(PICTURE, (y, x), (1, 1), PICTURE.shape[1:])
    assert np.array_equal(shifted, np.roll(PICTURE, (-y, -x), axis=(1, 2)))


@given(y=st.floats(-50, 50), x=st.floats(-50, 50), step=steps)
def test_a_turn_round_the_torus_changes_nothing(y: float, x: float, step: float) -> None:
    here = window(PICTURE, (y, x), (step, step), (5, 6))
    there = window(PICTURE, (y + 24, x - 64), (step, step), (5, 6))
    assert np.allclose(here, there, atol=1e-4)


def test_a_wave_is_shifted_by_parts_of_a_pixel() -> None:
    x = np.arange(64)
    wave = np.sin(2 * np.pi * x / 16, dtype=np.float64).astype(np.float32)[None, None].repeat(4, axis=1)
    expected = np.sin(2 * np.pi * (x + 0.3) / 16)
    assert np.abs(window(wave, (0, 0.3), (1, 1), (4, 64))[0, 0] - expected).max() < 0.01


@pytest.mark.parametrize("factor", [2, 3, 8])
def test_what_is_too_fine_for_a_smaller_picture_is_averaged_away(factor: int) -> None:
    checks = (np.indices((48, 48)).sum(axis=0) % 2).astype(np.float32)[None]
    small = window(checks, (0, 0), (factor, factor), (48 // factor, 48 // factor))
    assert np.abs(small - 0.5).max() < 0.1


def test_the_middle_of_a_pixel_is_its_place() -> None:
    # Twice as large: the two new pixels lie symmetrically about the old one.
    ramp = np.linspace(0, 1, 32, dtype=np.float32)[None, None].repeat(2, axis=1)
    large = window(ramp, (0, 0), (1, 0.5), (2, 64))[0, 0]
    assert np.allclose((large[8:56:2] + large[9:57:2]) / 2, ramp[0, 0, 4:28], atol=1e-5)
