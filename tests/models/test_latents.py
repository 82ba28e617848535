"""The walk through latent space: the same everywhere, standard normal, smooth, and closed when it should be."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.latents import Walk, noise, spline_weights

LAYERS = [(8, 6, 10, 1), (4, 24, 40, 4)]  # cells of 32 px and of 8 px


@pytest.mark.parametrize(
    ("arguments", "sha256"),
    [
        ((0, 0, 0), "cf3af9b316d91c115eed66097e0970c9efbc87edc60708f71ab62f0f5e1ca6a4"),
        ((7, -1, 2), "e602685177d43638cbb8d6b33cab1ffd6acfbd8e4a4c76392e80070894d82d73"),
        ((2**31 - 1, 3, 1), "774eb5804cab2d5f7a5ca3bb9bf1cc5c7448ab315babb981a746b6121bb6d908"),
    ],
)
def test_noise_is_the_same_to_the_bit_in_every_numpy(arguments: tuple[int, int, int], sha256: str) -> None:
    assert hashlib.sha256(noise(*arguments, (2, 3, 4)).tobytes()).hexdigest() == sha256


def test_noise_depends_on_seed_key_and_layer() -> None:
    fields = [noise(*place, (4, 8, 8)).tobytes() for place in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1)]]
    assert len(set(fields)) == 5


@given(st.floats(-1e6, 1e6))
def test_spline_weights_sum_to_one_and_surround_the_time(t: float) -> None:
    keys, weights = zip(*spline_weights(t), strict=True)
    assert math.isclose(sum(weights), 1, abs_tol=1e-9)
    assert all(-1e-12 <= weight <= 2 / 3 + 1e-12 for weight in weights)
    assert keys == tuple(range(math.floor(t) - 1, math.floor(t) + 3))


@pytest.mark.parametrize("keys", [None, 3, 5])
def test_latents_are_standard_normal_at_every_moment(keys: int | None) -> None:
    walk = Walk(1, [(16, 32, 32, 1)], keys)
    for t in (0.0, 0.25, 0.5, 0.9, 2.3):
        (field,) = walk.at(t)
        assert abs(field.mean()) < 0.03
        assert abs(field.std() - 1) < 0.03


@given(t=st.floats(0, 5), keys=st.integers(3, 7))
def test_a_closed_walk_comes_back_exactly(t: float, keys: int) -> None:
    t = round(t * 64) / 64  # so that t + keys is exact
    walk = Walk(2, LAYERS, keys)
    for here, round_later in zip(walk.at(t), walk.at(t + keys), strict=True):
        assert np.array_equal(here, round_later)


@pytest.mark.parametrize("drift", [(1, 0), (0, -2), (3, 7)])
def test_a_traveling_loop_comes_back_shifted_by_its_drift(drift: tuple[int, int]) -> None:
    walk = Walk(2, LAYERS, 4, drift)
    for (_, _, _, divided), here, later in zip(LAYERS, walk.at(1.25), walk.at(5.25), strict=True):
        assert np.array_equal(np.roll(here, (drift[0] * divided, drift[1] * divided), axis=(1, 2)), later)


def test_a_loop_does_not_go_back_the_way_it_came() -> None:
    walk = Walk(3, [(8, 16, 16, 1)], 3)
    for t in (0.25, 0.5, 1.0):
        there, back = walk.at(1.5 - t)[0], walk.at(1.5 + t)[0]
        assert np.corrcoef(there.ravel(), back.ravel())[0, 1] < 0.9


@pytest.mark.parametrize("keys", [None, 3])
def test_the_walk_and_its_speed_have_no_jumps(keys: int | None) -> None:
    walk, h = Walk(4, [(4, 16, 16, 1)], keys), 1e-2
    places = np.stack([walk.at(n * h)[0] for n in range(int(3.2 / h))])
    speed = np.diff(places, axis=0) / h
    acceleration = np.abs(np.diff(speed, axis=0) / h).max(axis=(1, 2, 3))
    assert np.abs(speed).max() < 10
    # At a jump in speed this would grow as 1/h.
    assert acceleration.max() < 10 * np.median(acceleration)


def test_time_may_be_asked_for_in_any_order() -> None:
    times = [0.1, 5.7, 0.2, 9.0, 2.5, 0.1]
    warm = Walk(5, LAYERS, None)
    for t in times:
        for a, b in zip(warm.at(t), Walk(5, LAYERS, None).at(t), strict=True):
            assert np.array_equal(a, b)
