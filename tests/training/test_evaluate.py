"""The evaluation in small: from a generator and its pictures to the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")
Image = pytest.importorskip("PIL.Image")

from models.inference.session import Session  # noqa: E402
from models.library.catalog import Entry  # noqa: E402
from models.training.evaluation import evaluate, measure, report  # noqa: E402
from models.training.evaluation.baselines import psgan, quilting, random_phase  # noqa: E402
from models.training.gaussian import instant  # noqa: E402

SET = """
id = "two"
label = "Two"
license = "CC0-1.0"
[[style]]
name = "fine"
label = "Fine"
sources = [{ file = "fine.png", license = "CC0-1.0", origin = "here" }]
[[style]]
name = "soft"
label = "Soft"
sources = [{ file = "soft.png", license = "CC0-1.0", origin = "here" }]
"""


def noise(sigma: float, seed: int, side: int = 288) -> np.ndarray:
    """Smooth brownish noise `[side,side,3]`, 0…255."""
    y, x = np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side), indexing="ij")
    field = np.random.default_rng(seed).standard_normal((side, side))
    field = np.fft.ifft2(np.fft.fft2(field) * np.exp(-2 * (np.pi * sigma) ** 2 * (x**2 + y**2))).real
    return (127 + field[..., None] / field.std() * (40, 32, 24)).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pictures, their set and the page's frame; and a generator of the two."""
    root = tmp_path_factory.mktemp("evaluate")
    for name, sigma, seed in (("fine", 1.0, 0), ("soft", 4.0, 1)):
        Image.fromarray(noise(sigma, seed)).save(root / f"{name}.png")
    (root / "sets").mkdir()
    (root / "sets" / "two.toml").write_text(SET)
    places = ("families", "styles", "sheets")
    (root / "textures.md").write_text(
        "# A page\n" + "\n".join(f"<!-- begin {p} -->old<!-- end {p} -->" for p in places)
    )
    instant.main([str(root / "sets" / "two.toml"), "--data", str(root), "--to", str(root)])
    return root


@pytest.fixture(scope="module")
def entry(folder: Path) -> Entry:
    return measure.beside(folder / "two.onnx")


@pytest.fixture(scope="module", autouse=True)
def small() -> object:
    """Fewer crops and frames than for the page."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("COUNT", 32), ("PICTURES", 2), ("SIDE", 256), ("FULL", (256, 192))):
            patch.setattr(measure, name, value)
        patch.setattr(quilting, "PLACES", 200)
        yield None


def test_the_page_is_remade_by_one_command(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # No generator that ships is named so: the one beside them is measured alone.
    arguments = ["none", "--data", str(folder), "--beside", str(folder / "two.onnx")]
    arguments += ["--sets", str(folder / "sets"), "--docs", str(folder)]
    evaluate.main(arguments)
    page = (folder / "textures.md").read_text()
    assert page.startswith("# A page")
    assert "old" not in page
    assert "| Fine |" in page
    assert "Within the aim: " in page
    assert capsys.readouterr().out.count("| Soft |") == 1
    before = (folder / "textures.json").read_bytes()
    monkeypatch.setattr(measure, "quality", lambda *_: pytest.fail("was measured before"))
    evaluate.main(arguments)
    assert (folder / "textures.json").read_bytes() == before
    assert (folder / "textures.md").read_text() == page
    assert Image.open(folder / "pictures" / "families.png").size == (1000, 560)
    assert Image.open(folder / "pictures" / "sheet-two.jpg").width > 700


def test_a_style_without_its_picture_still_has_the_other_figures(folder: Path, entry: Entry, tmp_path: Path) -> None:
    bar = evaluate.tqdm(disable=True)
    figures = evaluate.Figures(tmp_path / "figures.json")
    found = evaluate.evaluate(entry, evaluate.References(tmp_path, None), folder / "sets", figures, bar)
    assert found.family == "Gaussian"
    assert all("frechet" not in row.figures and row.figures["closure"] == 0 for row in found.rows)
    assert "no real pictures" in report.verdict(found)


def test_a_better_likeness_has_lower_ratios(folder: Path, entry: Entry) -> None:
    real = measure.Reference([torch.from_numpy(noise(1.0, 0, 512).transpose(2, 0, 1).astype(np.float32) / 127.5 - 1)])
    session = Session(entry.path, 1)
    right, wrong = (real.distances(measure.made(entry, session, style, 4)) for style in ("fine", "soft"))
    assert right[0] < wrong[0] / 2
    assert right[1] < wrong[1] / 2
    assert right[0] < 10
    # This picture is Gaussian noise, so noise of random phase is as good as it is.
    assert real.random_phase[0] < 4


def test_distances_are_means_over_groups_of_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups may differ much where forms are large."""
    monkeypatch.setattr(measure, "GROUP", 2)
    real, *made = (
        torch.from_numpy(noise(blur, seed, 512 if seed == 0 else 256).transpose(2, 0, 1).astype(np.float32) / 127.5 - 1)
        for seed, blur in enumerate((1.0, 1.0, 1.0, 3.0, 3.0))
    )
    reference = measure.Reference([real])
    near, far = reference.distances(made[:2])[0], reference.distances(made[2:])[0]
    assert near < far / 2
    assert measure.quality(made, reference)["frechet"] == pytest.approx((near + far) / 2, rel=0.01)


def test_narrow_pictures_are_compared_with_each_other() -> None:
    dark, light = torch.full((3, 256, 256), -0.5), torch.full((3, 256, 256), 0.5)
    first, last = measure.Reference([dark, dark, light, light]).halves
    assert first.max() == -0.5
    assert last.min() == 0.5
    left, right = measure.Reference([torch.cat((dark, light), dim=2)]).halves
    assert left.max() == -0.5
    assert right.min() == 0.5


def test_what_was_held_out_is_what_is_compared_with() -> None:
    def grain(shade: float, seed: int) -> torch.Tensor:
        rng = torch.Generator().manual_seed(seed)
        return shade + 0.1 * torch.randn(3, 256, 256, generator=rng)

    real = measure.Reference([grain(-0.5, 0)], [grain(0.5, 1)])
    like_taught, like_held = real.distances([grain(-0.5, 2)]), real.distances([grain(0.5, 3)])
    assert 0.5 < like_taught[0] < 2  # about as far from what was held out as what was taught
    assert like_held[0] < 0.2
    assert like_held[1] < like_taught[1]


def test_random_phase_keeps_the_spectrum() -> None:
    real = torch.from_numpy(noise(2.0, 3).transpose(2, 0, 1).astype(np.float32) / 255 - 0.5)
    made = random_phase.picture(real, 0)
    assert not torch.allclose(made, real, atol=0.1)
    a, b = (torch.fft.fft2(image - image.mean(dim=(1, 2), keepdim=True)).abs() for image in (real, made))
    assert float((a - b).abs().mean() / a.mean()) < 0.02


def test_quilting_copies_pixels_and_hides_its_cuts() -> None:
    real = noise(3.0, 4).transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
    made = quilting.picture(real, 150, 0)
    assert made.shape == (3, 150, 150)
    colors = {tuple(pixel) for pixel in real.reshape(3, -1).T.round(4).tolist()}
    assert all(tuple(pixel) in colors for pixel in made.reshape(3, -1).T.round(4).tolist())
    steps = np.abs(np.diff(made, axis=2)).mean() / np.abs(np.diff(real, axis=2)).mean()
    assert steps < 1.25


def test_psgan_learns_and_is_kept(folder: Path, tmp_path: Path) -> None:
    arguments = [str(folder / "sets" / "two.toml"), "--data", str(folder), "--out", str(tmp_path)]
    psgan.main([*arguments, "--seconds", "0.1", "--styles", "soft"])
    generator, taught = psgan.load(tmp_path / "two" / "soft.pt")
    assert taught == ["soft.png"]
    assert psgan.picture(generator, 100, 0).shape == (3, 100, 100)
    assert 4.5e6 < sum(p.numel() for p in generator.parameters()) < 5.5e6
