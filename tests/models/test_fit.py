"""Pictures in frames of another size."""

from __future__ import annotations

import numpy as np
import pytest

from models.imaging.fit import cut, fitted


def ramp(height: int, width: int) -> np.ndarray:
    """Brightness from left to right, and from top to bottom in the second channel."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    return np.stack((x, y, np.zeros_like(x))).astype(np.float32)


@pytest.mark.parametrize("fit", ["fill", "stretch", "whole", "tile"])
def test_the_same_size_is_the_same_picture(fit: str) -> None:
    image = ramp(24, 32)
    assert np.abs(fitted(image, (24, 32), fit)[:3] - image).max() < 1e-6  # type: ignore[arg-type]


def test_stretch_keeps_edges_apart() -> None:
    made = fitted(ramp(16, 16), (64, 96), "stretch")
    assert made[0, :, 0].max() < 0.1  # the right edge is not mixed into the left one
    assert made[0, :, -1].min() > 0.9
    assert (np.diff(made[0, 32]) > -1e-3).all()


def test_fill_cuts_the_longer_side_in_the_middle() -> None:
    made = fitted(ramp(32, 32), (32, 96), "fill")
    assert np.abs(made[1, :, 48].mean() - 0.5) < 0.02
    assert made[1, 0, 48] > 0.25
    assert made[1, -1, 48] < 0.75


def test_whole_shows_all_and_is_clear_around() -> None:
    made = fitted(ramp(16, 32), (64, 64), "whole")
    assert made.shape == (4, 64, 64)
    assert made[3, :16].max() == made[3, 48:].max() == 0
    assert made[3, 16:48].min() == 1
    assert made[0, 32, 0] < 0.1
    assert made[0, 32, -1] > 0.9


def test_whole_keeps_the_pictures_own_alpha() -> None:
    image = np.concatenate((ramp(16, 16), np.full((1, 16, 16), 0.25, np.float32)))
    assert np.allclose(fitted(image, (16, 32), "whole")[3, 8], [0] * 8 + [0.25] * 16 + [0] * 8)


def test_tile_repeats_at_its_scale() -> None:
    image = ramp(8, 8)
    made = fitted(image, (16, 24), "tile")
    assert np.array_equal(made, np.tile(image, (1, 2, 3)))
    assert np.allclose(
        fitted(image, (32, 32), "tile", 2.0)[:, :16, :16], fitted(image, (16, 16), "tile", 2.0), atol=1e-5
    )


def test_one_pixel_frames_and_pictures() -> None:
    for size in ((1, 1), (1, 50), (50, 1)):
        for fit in ("fill", "stretch", "whole", "tile"):
            assert np.isfinite(fitted(ramp(5, 9), size, fit)).all()  # type: ignore[arg-type]
            assert fitted(np.ones((3, 1, 1), np.float32), size, fit)[:3].max() == pytest.approx(1)  # type: ignore[arg-type]


def test_cut_takes_the_middle() -> None:
    assert cut(ramp(10, 10), (4, 6)).shape == (3, 4, 6)
    assert np.array_equal(cut(ramp(10, 10), (10, 10)), ramp(10, 10))
