"""Each metric on pictures whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")

from models.training.evaluation.baselines import random_phase  # noqa: E402
from models.training.evaluation.metrics import (  # noqa: E402
    closure,
    frechet,
    memorization,
    pyramid,
    repetition,
    seam,
    temporal,
    variety,
)

N = 24


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def circle(count: int = N, pixels: int = 4000) -> np.ndarray:
    """A loop that goes round a circle between two pictures."""
    angle = np.arange(count)[:, None] * 2 * np.pi / count
    a, b = noise(2, pixels)
    return np.cos(angle) * a + np.sin(angle) * b


def there_and_back() -> np.ndarray:
    half = circle(2 * N)[: N // 2 + 1]
    return np.concatenate((half, half[-2:0:-1]))


def smooth(image: np.ndarray, sigma: float) -> np.ndarray:
    y, x = np.meshgrid(np.fft.fftfreq(image.shape[-2]), np.fft.fftfreq(image.shape[-1]), indexing="ij")
    return np.fft.ifft2(np.fft.fft2(image) * np.exp(-2 * (np.pi * sigma) ** 2 * (x**2 + y**2))).real


def test_a_gap_is_the_largest_difference() -> None:
    first = noise(3, 8, 8)
    again = first.copy()
    assert closure.gap(first, again) == 0
    again[1, 2, 3] += 0.25
    assert closure.gap(first, again) == pytest.approx(0.25)


def test_the_closing_step_of_a_loop_and_of_what_is_none() -> None:
    assert closure.step(circle()) == pytest.approx(1, abs=0.05)
    assert closure.step(circle(2 * N)[:N]) > 10


def test_even_motion_has_no_variation_and_a_beat_has() -> None:
    assert temporal.variation(circle()) < 0.01
    beat = circle(N)[np.repeat(np.arange(0, N, 2), 2)]  # every other frame stands still
    assert temporal.variation(beat) == pytest.approx(1, abs=0.01)


def test_trembling_of_a_circle_of_noise_and_of_a_flicker() -> None:
    assert temporal.trembling(circle()) == pytest.approx(4 * np.sin(np.pi / N) ** 2, rel=0.01)
    assert temporal.trembling(noise(200, 500)) == pytest.approx(3, rel=0.05)
    assert temporal.trembling(np.tile(noise(2, 50), (8, 1))) == pytest.approx(4)


def test_reversal_tells_a_round_trip_from_a_way_back() -> None:
    assert temporal.reversal(circle()) < 0
    assert temporal.reversal(there_and_back()) == pytest.approx(1)
    assert temporal.reversal(np.roll(there_and_back(), 5, axis=0)) == pytest.approx(1)
    assert abs(temporal.reversal(noise(N, 4000))) < 0.15


@pytest.mark.parametrize("shape", [(64, 64), (64, 96)])
def test_a_repeat_is_found_and_noise_has_none(shape: tuple[int, int]) -> None:
    tile = noise(3, *shape)
    repeated = np.tile(tile, (1, 4, 4))[:, :240, :230]
    assert repetition.peak(repeated) > 0.95
    assert repetition.peak(repeated + 0.5 * noise(*repeated.shape, seed=1)) == pytest.approx(1 / 1.25, abs=0.05)
    assert repetition.peak(noise(3, 240, 230)) < 0.1
    assert repetition.peak(smooth(noise(3, 384, 384), 3)) < 0.2


def test_slow_changes_of_brightness_are_no_repeat() -> None:
    light = 200 * smooth(noise(1, 384, 384), 60)
    assert repetition.peak(noise(3, 384, 384, seed=2) + light) < 0.15


def picture(seed: int) -> torch.Tensor:
    image = smooth(noise(3, 256, 256, seed=seed), 2)
    return torch.from_numpy(image / image.std() * 0.3).float()


def test_a_copy_is_told_from_something_new() -> None:
    real = picture(0)
    assert memorization.ratio([real[:, 40:200, 100:]], real) < 0.35  # a copy, if not pixel on pixel after halving
    assert memorization.ratio([real[:, 40:200, 100:].flip(2)], real) < 0.35
    assert memorization.ratio([real], real) < 0.02
    assert 0.85 < memorization.ratio([picture(1), picture(2)], real) < 1.1


def test_the_nearest_patch_is_found_wherever_it_is() -> None:
    image = torch.randn(3, 40, 40, generator=torch.Generator().manual_seed(0))
    pieces = torch.stack([image[:, 3:19, 5:21], image[:, 20:36, 1:17].flip(2), torch.zeros(3, 16, 16)])
    here, mirrored, nowhere = memorization.nearest(pieces, image).tolist()
    assert here == pytest.approx(0, abs=2e-3)
    assert mirrored == pytest.approx(0, abs=2e-3)
    assert nowhere == pytest.approx(1, abs=0.1)


def test_a_seam_is_a_step_at_the_join() -> None:
    wraps = [smooth(noise(3, 96, 64, seed=seed), 2) for seed in range(8)]
    for axis in (1, 2):
        assert seam.ratio(wraps, axis) == pytest.approx(1, abs=0.2)
        assert seam.ratio([np.take(image, range(40), axis) for image in wraps], axis) > 2


def test_a_seam_of_courses_is_a_step_unlike_those_a_period_away() -> None:
    courses = [smooth(noise(3, 96, 96, seed=seed), 1) + (np.arange(96) % 24 < 2)[:, None] * 3 for seed in range(4)]
    assert seam.ratio(courses, 1) > 1.5  # the mortar between two courses
    assert seam.ratio_of_courses(courses, 1, 24) == pytest.approx(1, abs=0.1)
    assert seam.ratio_of_courses([image[:, 12:84] for image in courses], 1, 24) > 1.3


def test_a_lattice_is_found_and_is_a_seam_where_cells_meet() -> None:
    rng = np.random.default_rng(0)
    tiles = [np.kron(rng.standard_normal((3, 12, 12)), np.ones((8, 8))) for _ in range(4)]  # flat cells of 8 px
    assert seam.lattice(tiles, 1, 8) == pytest.approx(8)
    assert seam.ratio(tiles, 1, 8) == pytest.approx(8)
    beside = [np.roll(image, 3, 1) for image in tiles]
    assert seam.lattice(beside, 1, 8) == pytest.approx(8)
    assert seam.ratio(beside, 1, 8) == pytest.approx(0)
    assert seam.lattice([smooth(noise(3, 256, 256, seed=seed), 1) for seed in range(4)], 1, 8) < 1.1


def test_edges_are_told_from_noise_of_the_same_spectrum() -> None:
    shapes = torch.from_numpy(np.sign(smooth(noise(3, 512, 1024), 6))).float() * 0.5
    left, right = (
        half.unfold(1, 64, 64).unfold(2, 64, 64).permute(1, 2, 0, 3, 4).flatten(0, 1) for half in shapes.split(512, 2)
    )
    noisy = random_phase.picture(shapes[:, :, :512], 0)
    noisy = noisy.unfold(1, 64, 64).unfold(2, 64, 64).permute(1, 2, 0, 3, 4).flatten(0, 1)
    assert frechet.distance(left, noisy) > 5 * frechet.distance(left, right)


def crops(seed: int, gain: float = 1.0, sigma: float = 1.0) -> torch.Tensor:
    image = smooth(noise(3, 512, 512, seed=seed), sigma)
    image = torch.from_numpy(image / image.std() * 0.3 * gain).float()
    return image.unfold(1, 64, 64).unfold(2, 64, 64).permute(1, 2, 0, 3, 4).reshape(64, 3, 64, 64)


@pytest.mark.parametrize(
    "distance", [frechet.distance, lambda a, b: pyramid.distance(a, b, levels=2)], ids=["fréchet", "pyramid"]
)
def test_distances_grow_with_the_difference(distance: object) -> None:
    real = crops(0)
    same, other, far = (distance(real, crops(1, *how)) for how in ((1.0, 1.0), (1.4, 1.0), (1.0, 3.0)))  # type: ignore[operator]
    assert 1.5 * same < min(other, far)


def test_variety_of_the_same_and_of_one_picture_again_and_again() -> None:
    real, other = (frechet.features(crops(seed)) for seed in (0, 1))
    assert variety.ratio(real, other) == pytest.approx(1, abs=0.25)
    assert variety.ratio(real, other[:1].repeat(64, 1)) < 1e-6
