"""Footage put in its place in the frame: moved, turned, cropped and made smaller, whether it was ever whole or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.footage.movie import Decoded, Movie
from models.footage.placed_frame import PlacedFrame
from models.footage.placement import Place, placed
from models.imaging.resample import blurred, resized, taps
from tests.helpers.movies import write


def test_a_picture_is_put_in_its_place() -> None:
    pixels = np.zeros((4, 6, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[0, 0, 0] = 255  # red above left
    still = placed(pixels, Place(), (4, 6))
    assert still[0, 0, 0] == 1
    assert np.array_equal(placed(pixels, Place(flip=(True, True)), (4, 6))[0], still[0, ::-1, ::-1])
    assert placed(pixels, Place(offset=(2, -1)), (4, 6))[0, 1, 2] == 1
    assert placed(pixels, Place(crop=(1, 0, 0, 0)), (4, 6))[3].sum() == 20
    assert placed(pixels, Place(), (8, 10))[3].sum() == 24  # in the middle, clear around
    turned = placed(pixels, Place(rotation=np.pi / 2), (8, 8))
    assert np.unravel_index(turned[0].argmax(), (8, 8)) == (6, 2)
    assert np.isclose(placed(pixels, Place(scale=(2, 2)), (8, 12))[3].mean(), 1)
    assert placed(pixels, Place(scale=(0.0, 1.0)), (4, 6))[3].max() == 0


class Still:
    """A picture that was never stored in another form."""

    is_opaque = False

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels, self.sides = pixels, pixels.shape[:2]

    def smaller(self, size: tuple[int, int]) -> np.ndarray:
        raise AssertionError(f"nothing stored to make {size} from")


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("scale", [1.0, 0.5])
@pytest.mark.parametrize("small", [(90, 160), (61, 107), (180, 320)])
def test_footage_that_fills_the_frame_is_made_smaller_as_it_is_stored(
    tmp_path: Path, scale: float, small: tuple[int, int], turned: bool
) -> None:
    sides, size = (round(180 / scale), round(320 / scale)), (180, 320)

    def waves(n: int, size: tuple[int, int]) -> np.ndarray:
        y, x = np.mgrid[: size[1], : size[0]] / size[1]
        wave = np.stack((np.sin(20 * x + 9 * y), np.sin(25 * y), np.cos(9 * x * y)), axis=-1)
        return (127 + 100 * wave).astype(np.uint8)

    film = write(tmp_path / "film.mkv", 1, codec="libx264", pixels="yuv420p", size=sides[::-1], shown=waves)
    with Movie(film) as shown:
        decoded = shown.decoded(0)
    if turned:
        decoded, size, small = Decoded(decoded._frame, 1), size[::-1], small[::-1]
    placed_frame = PlacedFrame(decoded, Place(scale=(scale, scale)), size)
    found, wanted = placed_frame.small(small), resized(placed_frame.whole[:3], small)
    assert (found.shape, placed_frame.alpha) == (wanted.shape, None)
    assert ((found - wanted) ** 2).mean() < 10**-3.5
    assert abs(found.mean() - wanted.mean()) < 1.5 / 255  # FFmpeg rounds down where it only converts


@pytest.mark.parametrize(
    "place",
    [
        Place(), Place(flip=(True, True)), Place(crop=(3, 1, 0, 2), flip=(True, False)), Place(offset=(2.5, -1)),
        Place(scale=(0.5, 0.5), rotation=0.2),
    ],
    ids=["plain", "mirrored", "cropped", "moved", "turned"],
)  # fmt: skip
@pytest.mark.parametrize("alpha", [255, 90])
@pytest.mark.parametrize("size", [(24, 33), (12, 20), (8, 12), (40, 60)])
def test_what_is_seen_is_the_same_whether_it_was_ever_whole(place: Place, alpha: int, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (24, 36, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[3, 5, 3] = alpha
    placed_frame, whole = PlacedFrame(Still(pixels), place, (24, 36)), placed(pixels, place, (24, 36))
    assert np.abs((1 if placed_frame.alpha is None else placed_frame.alpha[0]) - whole[3]).max() < 1e-5
    assert np.abs(placed_frame.small(size) - resized(whole[:3], size)).max() < 1e-5


factors = st.sampled_from([1.0, 0.5, 0.34, 2.0, 1.7, -1.0, 0.2, 0.11, -0.6])
shifts = st.floats(-20, 20)
sides = st.tuples(st.integers(3, 50), st.integers(3, 50))


@settings(max_examples=60, deadline=None)
@given(
    sides=sides, size=sides, scale=st.tuples(factors, factors), offset=st.tuples(shifts, shifts),
    origin=st.tuples(st.floats(0, 1), st.floats(0, 1)), crop=st.tuples(*[st.integers(0, 9)] * 4),
    flip=st.tuples(st.booleans(), st.booleans()), clear=st.booleans(),
)  # fmt: skip
def test_a_picture_turned_by_next_to_nothing_lies_where_one_lies_that_is_not_turned(
    sides: tuple[int, int], size: tuple[int, int], clear: bool, **place: Any
) -> None:
    """These are two ways to the same place: row by row and column by column, and px by px."""
    down, across = np.mgrid[: sides[0], : sides[1]]
    pixels = np.stack((5 * across, 5 * down, 128 + 0 * down, 255 - 4 * down * clear), axis=-1).astype(np.uint8)
    straight = placed(pixels, Place(**place), size)
    turned = placed(pixels, Place(**place, rotation=1e-12), size)
    differ = np.abs(straight - turned).max(axis=0) > 1e-3
    # Where a px's middle lies on the picture's very edge, the last digit says whether it is within.
    assert not np.minimum(straight[3], turned[3])[differ].any()
    assert differ.sum() <= 2 * sum(size)


@pytest.mark.parametrize("size", [(15, 20), (11, 17), (60, 80), (30, 40), (33, 40), (7, 111)])
def test_resizing_is_what_its_kernel_says(size: tuple[int, int]) -> None:
    image = np.random.default_rng(1).random((2, 30, 40), np.float32)
    wanted = image.astype(np.float64)
    for axis in (1, 2):
        wanted = np.moveaxis(wanted, axis, 0)
        step = len(wanted) / size[axis - 1]
        if step.is_integer():
            wanted = wanted.reshape(size[axis - 1], int(step), *wanted.shape[1:]).mean(axis=1)
        else:
            indices, weights = taps(0.0, step, size[axis - 1])
            wanted = (wanted[indices.clip(0, len(wanted) - 1)] * weights[..., None, None]).sum(axis=0)
        wanted = np.moveaxis(wanted, 0, axis)
    assert np.abs(resized(image, size) - wanted).max() < 1e-5


def test_resizing_and_blurring_keep_the_mean_and_the_edges() -> None:
    image = np.random.default_rng(0).random((3, 30, 40), np.float32)
    for size in ((15, 20), (11, 17), (60, 80), (30, 40)):
        assert resized(image, size).shape == (3, *size)
        assert abs(resized(image, size).mean() - image.mean()) < 0.02
    spot = np.zeros((41, 41), np.float32)
    spot[20, 20] = 1
    soft = blurred(spot, 3.0)
    assert np.isclose(soft.sum(), 1, atol=1e-3)
    spread = ((np.arange(41) - 20) ** 2 * soft.sum(axis=0)).sum() ** 0.5
    assert spread == pytest.approx(3, abs=0.2)
    assert np.allclose(blurred(np.ones((5, 5), np.float32), 9), 1)
