"""Stars: found in pictures, drawn from noise, the same in torch and in the file."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.training import export, starlight
from models.training.data import DataError, Manifest
from models.training.refining import RefinedGenerator, packed, textons
from models.training.texton import Texton, fit

#: Pinpoints and larger stars: threshold, least and growing brightness, and the most.
LAWS = np.array([[2.8, 0.2, 1.2, 0.9], [3.1, 0.4, 1.5, 2.0]])


def lit(noise: np.ndarray, law: np.ndarray) -> np.ndarray:
    """What `law_of` says, written down once more."""
    beyond = np.maximum(noise - law[0], 0)
    return np.minimum(np.minimum(beyond / starlight.RISE, 1) * law[1] * np.exp(law[2] * beyond), law[3])


def night(side: int = 192, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A soft sky, and the same behind stars of `LAWS`: pinpoints and discs of 9 px. `[3,side,side]` in 0…1."""
    noise = np.random.default_rng(seed).standard_normal((side, side))
    y, x = np.mgrid[:side, :side] / side
    sky = np.stack([0.1 + 0.1 * y, 0.05 + 0 * x, 0.2 + 0.1 * np.sin(3 * x)])
    large, stars = lit(-noise, LAWS[1]), lit(noise, LAWS[0])
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            stars = stars + np.roll(large, (down, across), (0, 1)) * (0.5 if down or across else 1)
    return sky, np.clip(sky + stars, 0, 1)


@settings(max_examples=25, deadline=None)
@given(st.floats(2.0, 3.2), st.floats(0.05, 0.6), st.floats(0.0, 2.5))
def test_a_law_is_found_again_in_the_stars_that_it_makes(threshold: float, least: float, growth: float) -> None:
    noise = np.random.default_rng(0).standard_normal(200_000)
    stars = least * np.exp(growth * (noise[noise > threshold] - threshold))
    found = starlight.law_of(stars.tolist(), noise.size)
    assert found[:3] == pytest.approx((threshold, least, growth), abs=0.15)
    assert found[3] == stars.max()


@pytest.mark.parametrize("lights", [[], [0.5, 0.4]])
def test_one_or_two_stars_are_none(lights: list[float]) -> None:
    assert starlight.law_of(lights, 1000) == (0, 0, 0, 0)


def test_a_picture_is_parted_into_stars_and_what_is_behind_them() -> None:
    sky, picture = night()
    (behind,), spread, laws = starlight.parted([picture])
    assert np.abs(behind - sky).mean() < 0.01
    normal = NormalDist()
    for found, made in zip(laws, LAWS, strict=True):
        # Those that touch each other, or lie on each other, count as one.
        assert (1 - normal.cdf(found[0])) == pytest.approx(1 - normal.cdf(made[0]), rel=0.4)
    middle = spread[:, 0, starlight.REACH - 1 : starlight.REACH + 2, starlight.REACH]
    assert spread.shape == (3, 1, 17, 17)
    assert np.abs(middle[:, 0] / middle[:, 1] - 0.5).max() < 0.2
    assert spread[:, 0, 0].max() < 0.05


def test_a_sky_without_stars_has_none() -> None:
    sky, _ = night()
    (behind,), spread, laws = starlight.parted([sky])
    assert np.abs(behind - sky).max() < 0.05
    assert not laws.any()
    assert not spread.any()


@pytest.fixture(scope="module")
def starry() -> list[Texton]:
    return [fit([night(seed=seed)[1]], 5, stars=True) for seed in range(2)]


def test_the_file_shows_the_stars_that_were_fitted(starry: list[Texton], tmp_path: Path) -> None:
    generator = RefinedGenerator(starry, (8, 8, 8)).eval()
    path = tmp_path / "space.onnx"
    assert export.export(generator, {"card": 1, "id": "space"}, path) < 1e-3
    (again, _) = textons(generator.state_dict())
    assert np.allclose(again.laws, starry[0].laws, atol=1e-6)
    assert starry[0].laws.any(axis=1).all()


def test_stars_lie_anywhere_and_as_many_as_they_should(starry: list[Texton]) -> None:
    generator = RefinedGenerator(starry, (8, 8, 8)).eval()
    z = torch.randn(1, sum(packed(3)), 12, 12, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        image = generator(z, generator.styles.weight[:1])[0].numpy() / 2 + 0.5
    light = (image - starlight.background(image)).mean(axis=0)
    rows, columns = np.nonzero(light > 0.15)
    expected = sum(1 - NormalDist().cdf(law[0]) for law in starry[0].laws) * light.size
    assert expected / 2 < len(rows) < 9 * expected
    for places in (rows % 16, columns % 16):
        assert np.bincount(places, minlength=16).max() < 2 * len(rows) / 16


def test_a_set_has_stars_in_all_its_styles_or_in_none(tmp_path: Path) -> None:
    path = tmp_path / "set.toml"
    style = '[[style]]\nname = "{0}"\nlabel = "{0}"\nstars = {1}\nsources = []\n'
    path.write_text(
        'id = "x"\nlabel = "x"\nlicence = "CC0-1.0"\n' + style.format("a", "true") + style.format("b", "false")
    )
    with pytest.raises(DataError, match="some styles have stars"):
        Manifest.read(path)
