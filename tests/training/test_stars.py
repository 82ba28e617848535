"""Stars: found in pictures, drawn from noise, as many of each brightness as there were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import NormalDist

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from models.training.data import Crops, DataError, Manifest, Source, Style
from models.training.gaussian import texton_graph
from models.training.gaussian.stars import FAR, KNOTS, NEAR, REACH, background, parted, table
from models.training.gaussian.texton import Texton, fit
from models.training.textures.initialize import generator_of, shape_of

#: How many pinpoints and larger stars there are, of all pixels.
POINTS, LARGE = 0.004, 0.0008


def night(side: int = 192, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A soft sky, and the same behind stars: pinpoints, and larger ones of 9 px. `[3,side,side]` in 0…1."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side
    sky = np.stack([0.1 + 0.1 * y, 0.05 + 0 * x, 0.2 + 0.1 * np.sin(3 * x)])
    stars = np.where(rng.random((side, side)) < POINTS, rng.uniform(0.2, 0.6, (side, side)), 0)
    large = np.where(rng.random((side, side)) < LARGE, rng.uniform(0.4, 0.7, (side, side)), 0)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            stars = stars + np.roll(large, (down, across), (0, 1)) * (0.5 if down or across else 1)
    return sky, np.clip(sky + stars, 0, 1)


def drawn(texton: Texton, seed: int = 0, cells: int = 12) -> np.ndarray:
    """What the file draws, `[3,32·cells,32·cells]`."""
    session = onnxruntime.InferenceSession(texton_graph.build([texton]).SerializeToString())
    rng = np.random.default_rng(seed)
    sizes = {"coarse": (12, cells), "middle": (48, 2 * cells), "grain": (16, 8 * cells)}
    feeds = {name: rng.standard_normal((1, n, side, side), np.float32) for name, (n, side) in sizes.items()}
    return session.run(None, feeds | {"style": np.ones((1, 1), np.float32)})[0][0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.06, 5), min_size=3, max_size=500), st.integers(5_000, 2_000_000))
def test_a_table_has_as_many_stars_of_each_brightness_as_there_were(lights: list[float], pixels: int) -> None:
    found = table(np.array(lights), pixels)
    assert found[0] == 0
    assert (np.diff(found) >= 0).all()
    assert found.max() <= max(lights)
    noise = np.random.default_rng(0).standard_normal(1_000_000)
    made = np.interp(noise, np.linspace(NEAR, FAR, KNOTS), found)
    for least in (0.06, np.median(lights)):
        share = np.mean(np.array(lights) >= least) * min(len(lights) / pixels, 1 - NormalDist().cdf(NEAR))
        assert (made >= least).mean() == pytest.approx(share, rel=0.35, abs=6e-5)


@pytest.mark.parametrize("lights", [[], [0.5, 0.4]])
def test_one_or_two_stars_are_none(lights: list[float]) -> None:
    assert not table(np.array(lights), 1000).any()


def test_a_picture_is_parted_into_stars_and_what_is_behind_them() -> None:
    sky, picture = night()
    (behind,), spread, (points, large) = parted([picture])
    assert np.abs(behind - sky).mean() < 0.01
    out = np.linspace(NEAR, FAR, KNOTS)
    for lit, share in ((points, POINTS), (large, LARGE)):
        assert 1 - NormalDist().cdf(out[lit > 0.1][0]) == pytest.approx(share, rel=0.4)
    assert points.max() == pytest.approx(0.6, abs=0.05)
    middle = spread[:, 0, REACH - 1 : REACH + 2, REACH]
    assert spread.shape == (3, 1, 17, 17)
    assert np.abs(middle[:, 0] / middle[:, 1] - 0.5).max() < 0.2
    assert spread[:, 0, 0].max() < 0.05


def test_a_sky_without_stars_has_none() -> None:
    sky, _ = night()
    (behind,), spread, tables = parted([sky])
    assert np.abs(behind - sky).max() < 0.05
    assert not tables.any()
    assert not spread.any()


@pytest.fixture(scope="module")
def starry() -> Texton:
    return fit([night()[1]], 3, stars=True)


def test_the_file_draws_as_many_stars_as_there_were_and_anywhere(starry: Texton) -> None:
    made, real = drawn(starry), night()[1]
    light, lit = ((picture - background(picture)).mean(axis=0) for picture in (made, real))
    for least in (0.15, 0.3, 0.5):
        assert (light > least).mean() == pytest.approx((lit > least).mean(), rel=0.35)
    rows, columns = np.nonzero(light > 0.15)
    for places in (rows % 16, columns % 16):
        assert np.bincount(places, minlength=16).max() < 2 * len(rows) / 16


def test_stars_are_added_to_what_is_behind_them(starry: Texton) -> None:
    dark = drawn(replace(starry, quantiles=np.zeros_like(starry.quantiles)))
    half = drawn(replace(starry, quantiles=np.full_like(starry.quantiles, 0.5)))
    assert np.abs(half - np.minimum(dark + 0.5, 1)).max() < 1e-5
    assert 0.9 < (dark < 0.02).mean() < 1


def test_what_has_stars_is_not_refined(tmp_path: Path) -> None:
    Image.fromarray((night()[1].transpose(1, 2, 0) * 255).astype(np.uint8)).save(tmp_path / "night.png")
    style = Style("night", "Night", (Source("night.png", "CC0-1.0", ""),), stars=True)
    crops = Crops(Manifest("x", "x", "CC0-1.0", (style,), refines=True), tmp_path, 64)
    with pytest.raises(DataError, match="is fitted, not refined"):
        generator_of(crops, shape_of(crops))


def test_a_set_has_stars_in_all_its_styles_or_in_none(tmp_path: Path) -> None:
    path = tmp_path / "set.toml"
    style = '[[style]]\nname = "{0}"\nlabel = "{0}"\nstars = {1}\nsources = []\n'
    path.write_text(
        'id = "x"\nlabel = "x"\nlicense = "CC0-1.0"\n' + style.format("a", "true") + style.format("b", "false")
    )
    with pytest.raises(DataError, match="some styles have stars"):
        Manifest.read(path)
