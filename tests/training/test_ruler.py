"""The ruler on pictures and features whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")

from models.training.evaluation.ruler import distances, judge, likeness, phase, two_samples  # noqa: E402


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def features(seed: int, shift: float = 0.0) -> torch.Tensor:
    return torch.from_numpy(noise(60, 350, seed=seed) + shift)


def test_a_classifier_is_at_a_loss_with_more_of_the_same_and_sure_of_what_differs() -> None:
    alike = [two_samples.accuracy((features(n), features(n + 1)), (features(n + 2), features(n + 3))) for n in range(9)]
    assert np.mean(alike) == pytest.approx(0.5, abs=0.05)
    shifted = two_samples.accuracy((features(0), features(1, 0.5)), (features(2), features(3, 0.5)))
    assert shifted > 0.95


def test_what_was_only_learned_by_heart_does_not_count() -> None:
    # 350 numbers tell any 120 crops apart: those that were taught must not be those that are asked about.
    a, b = features(0), features(1)
    assert two_samples.accuracy((a, b), (a, b)) > 0.95


@pytest.mark.parametrize("distance", [distances.frechet, distances.kernel])
def test_distances_grow_with_what_differs(distance: object) -> None:
    near, off, far = (distance(features(0), features(1, shift)) for shift in (0, 0.3, 1))  # type: ignore[operator]
    assert 0 <= near < off < far


@pytest.mark.parametrize("period", [2, 7, 16, 45])
def test_a_lattice_is_found_at_its_period(period: int) -> None:
    pictures = [noise(3, 256, 256, seed=n) for n in range(6)]
    clean, _ = phase.lattice(pictures)
    assert clean < 1.3
    grid = np.ones((256, 256))
    grid[::period] = 1.8
    found, where = phase.lattice([picture * grid for picture in pictures])
    assert found > 1.5
    assert where % period == 0
    assert phase.fold([picture * grid for picture in pictures], period) > 2


def test_styles_of_one_layout_are_alike() -> None:
    a, b = (torch.from_numpy(noise(3, 64, 64, seed=n)) for n in range(2))
    assert likeness.alike({"a": a, "b": 3 * a - 1}) == pytest.approx(1)
    assert abs(likeness.alike({"a": a, "b": b})) < 0.1


def test_large_structure_that_is_missing_shows() -> None:
    fine = torch.from_numpy(noise(3, 256, 256)).float()
    large = torch.from_numpy(np.kron(noise(3, 4, 4, seed=1), np.ones((64, 64)))).float()
    real = judge.Photographs.of([fine + large])
    assert judge.large(real, [fine]) < 0.3
    assert judge.large(real, [fine.flip(1) + large.flip(2)]) == pytest.approx(1, abs=0.1)


def test_crops_are_of_the_part_that_they_are_asked_of() -> None:
    picture = torch.zeros(3, 256, 600)
    picture[:, :, 300:] = 1
    real = judge.Photographs.of([picture])
    assert set(real.crops) == {128, 256}
    assert all(left.max() == 0 and right.min() == 1 for left, right in real.crops.values())
