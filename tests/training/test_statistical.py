"""The instant generator: what a Gaussian model must get right of a picture that is one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")
Image = pytest.importorskip("PIL.Image")

from models.library.catalog import Entry, Library  # noqa: E402
from models.recipe import Recipe  # noqa: E402
from models.training.gaussian import instant, texton  # noqa: E402
from models.training.graphs import flops  # noqa: E402
from tests.helpers.making import make_with, pngs, session  # noqa: E402


def known(seed: int, side: int = 320) -> np.ndarray:
    """Color noise `[3,side,side]` in 0…1 that is rough along x, smooth along y, and leans towards bright."""
    rng = np.random.default_rng(seed)
    y, x = np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side), indexing="ij")
    filtered = np.fft.ifft2(
        np.fft.fft2(rng.standard_normal((3, side, side))) * np.exp(-((20 * y) ** 2) - (6 * x) ** 2)
    ).real
    filtered /= filtered.std(axis=(1, 2), keepdims=True)
    mixed = np.array([[1, 0.2, 0.1], [0.8, 0.6, 0], [0.8, 0.5, 0.3]]) @ filtered.reshape(3, -1)
    mixed /= mixed.std(axis=1, keepdims=True)
    return (0.15 + 0.7 / (1 + np.exp(1.5 - 1.2 * mixed))).reshape(3, side, side)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Entry, Path]:
    """A generator of two such pictures, the second one turned."""
    folder = tmp_path_factory.mktemp("pictures") / "known"
    folder.mkdir()
    for name, picture in (("along", known(0)), ("turned", known(1).transpose(0, 2, 1))):
        Image.fromarray((picture * 255).round().astype(np.uint8).transpose(1, 2, 0)).save(folder / f"{name}.png")
    to = folder.parent / "library"
    instant.main([str(folder), "--to", str(to)])
    (entry,) = Library((to,)).entries()
    return entry, folder


def picture(entry: Entry, style: str, seed: int = 0, side: int = 384) -> np.ndarray:
    from models.kinds.texture import KIND

    recipe = Recipe("texture", entry.card.id, entry.card.digest, side, side, 1, 25, seed, {"style": style})
    return session(entry.path, 1).run(KIND.take(recipe, entry.card).inputs(0))["image"][0]


def lagged(picture: np.ndarray, dy: int, dx: int) -> float:
    """Correlation of brightness at a lag."""
    gray = picture.mean(axis=0) - picture.mean()
    return float((gray * np.roll(gray, (dy, dx), (0, 1))).mean() / (gray**2).mean())


def test_histogram_and_correlations_are_those_of_the_picture(made: tuple[Entry, Path]) -> None:
    entry, _ = made
    real = known(0)
    fake = np.concatenate([picture(entry, "along", seed) for seed in range(3)], axis=1)
    shares = [0.05, 0.25, 0.5, 0.75, 0.95]
    assert np.abs(np.quantile(fake, shares, axis=(1, 2)) - np.quantile(real, shares, axis=(1, 2))).max() < 0.02
    assert np.abs(np.corrcoef(fake.reshape(3, -1)) - np.corrcoef(real.reshape(3, -1))).max() < 0.06
    for lag in ((0, 1), (0, 3), (4, 0), (8, 0), (12, 2)):
        assert lagged(picture(entry, "along"), *lag) == pytest.approx(lagged(real, *lag), abs=0.08), lag


def test_each_style_has_its_own_direction(made: tuple[Entry, Path]) -> None:
    along, turned = (picture(made[0], style) for style in ("along", "turned"))
    assert lagged(along, 6, 0) > lagged(along, 0, 6) + 0.3
    assert lagged(turned, 0, 6) > lagged(turned, 6, 0) + 0.3


def test_it_makes_strips_like_any_other_generator(made: tuple[Entry, Path], tmp_path: Path) -> None:
    entry, _ = made
    recipe = Recipe("texture", entry.card.id, entry.card.digest, 64, 48, 3, 25.0)
    assert len(set(pngs(make_with(entry, recipe, tmp_path).path).values())) == 3


def test_the_same_pictures_give_the_same_file(made: tuple[Entry, Path], tmp_path: Path) -> None:
    entry, folder = made
    instant.main([str(folder), "--to", str(tmp_path)])
    assert (tmp_path / "known.onnx").read_bytes() == entry.path.read_bytes()


def test_its_arithmetic_is_a_quarter_of_what_a_frame_may_cost(made: tuple[Entry, Path]) -> None:
    shapes = {"coarse": (1, 12, 34, 60), "middle": (1, 48, 68, 120), "grain": (1, 16, 272, 480), "style": (1, 2)}
    assert flops.count(made[0].path, shapes) < 26e9 / 3


def test_gaussianised_pictures_are_normal_and_come_back() -> None:
    real = known(2)
    quantiles = texton.histogram([real])
    normal = texton.gaussianised(real, quantiles)
    assert np.abs(normal.mean(axis=(1, 2))).max() < 0.01
    assert np.abs(normal.std(axis=(1, 2)) - 1).max() < 0.01
    back = np.stack(
        [np.interp(n, np.linspace(-4, 4, texton.QUANTILES), q) for n, q in zip(normal, quantiles, strict=True)]
    )
    assert np.abs(back - real).max() < 0.01


def test_flat_areas_of_what_is_soft_are_no_noise() -> None:
    """Most of a sky is one color. Ordered by chance that is strong noise, by what is around it is not."""
    sky = np.round(np.clip(known(0, 192) * 3 - 1.2, 0, 1) * 255) / 255
    assert (sky == 0).mean() > 0.4
    hard, soft = (texton.fit([sky], soft) for soft in (0.0, 1.5))
    power = [np.square(fitted.grain).sum(axis=(1, 2, 3)).mean() for fitted in (hard, soft)]
    assert power[0] > 0.1
    assert power[1] < 0.2 * power[0]
    assert np.abs(soft.quantiles - hard.quantiles).mean() < 0.1


def test_large_forms_are_not_woven_of_rows_and_columns() -> None:
    """A cut-out of what is the same in all directions has a step at its edges, which is no detail of the picture."""
    rows, columns = np.fft.fftfreq(512)[:, None], np.fft.rfftfreq(512)
    red = np.exp(-((np.hypot(rows, columns) * 40) ** 2))
    noise = np.random.default_rng(0).standard_normal((512, 512))
    cut = np.fft.irfft2(np.fft.rfft2(noise) * red)[None, :240, :240]
    cut = cut / cut.std()
    woven = {}
    for faded in (False, True):
        power = texton.spectrum([cut], faded)[0, 0].real
        along, across = power[0, 48], power[34, 34]  # both at an eighth of a cycle a pixel
        woven[faded] = along / power.sum()
        assert across < 1e-7 * power.sum()
    assert woven[False] > 1e-7
    assert woven[True] < woven[False] / 100
