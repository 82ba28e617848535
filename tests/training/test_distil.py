"""What is learned from a trained generator: a lite one that draws the same, and directions to steer it along."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")
pytest.importorskip("onnxscript", reason="torch needs onnxscript to export")
Image = pytest.importorskip("PIL.Image")

from models.cards.card import Card  # noqa: E402
from models.inference.session import Session  # noqa: E402
from models.kinds.texture import KIND  # noqa: E402
from models.library.catalog import Entry  # noqa: E402
from models.recipe import Recipe  # noqa: E402
from models.training import trainer  # noqa: E402
from models.training.data import Manifest  # noqa: E402
from models.training.evaluation.measure import beside  # noqa: E402
from models.training.gaussian.refined import RefinedGenerator, packed  # noqa: E402
from models.training.textures import distil, export, steering  # noqa: E402
from models.training.textures import run as training  # noqa: E402
from models.training.textures.directions import measures  # noqa: E402
from tests.helpers.making import session  # noqa: E402

SET = """
id = "two"
label = "Two"
license = "CC0-1.0"
refines = true
widths = [8, 12, 16]
judge = [8, 8, 8, 8, 8]
first = "fine"
"""
STYLE = '[[style]]\nname = "{0}"\nlabel = "{0}"\nsources = [{{ file = "{0}.png", license = "CC0-1.0", origin = "" }}]\n'


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a generator of two noises, whose correction is seen; its set is in `two.toml`."""
    folder, rng = tmp_path_factory.mktemp("trained"), np.random.default_rng(0)
    for name, cell in (("coarse", 8), ("fine", 2)):
        noise = rng.integers(60, 190, (160 // cell, 160 // cell, 3), dtype=np.uint8)
        Image.fromarray(noise.repeat(cell, 0).repeat(cell, 1)).save(folder / f"{name}.png")
    (folder / "two.toml").write_text(SET + STYLE.format("coarse") + STYLE.format("fine"))
    settings = training.TextureSettings(steps=1, crop=64, batch=2, styles_at_once=1)
    run = training.TextureTraining(Manifest.read(folder / "two.toml"), folder, settings, "cpu", False)
    torch.nn.init.normal_(run.average.refiner.out.weight, std=0.03)
    run.save(folder / "checkpoint.pt")
    (folder / "settings.json").write_text("{}")
    return folder


def teacher(trained: Path) -> RefinedGenerator:
    torch.set_num_threads(1)
    found, _ = export.load(trained)
    assert isinstance(found, RefinedGenerator)
    return found


def test_a_pupil_draws_what_its_teacher_draws_from_the_same_noise(trained: Path, tmp_path: Path) -> None:
    whole = teacher(trained)
    distillation = distil.Distillation(
        whole, replace(distil.DistilSettings(), widths=(4, 8, 8), steps=80, batch=2, rate=3e-3)
    )
    before = distillation.advance()["unlike"]
    trainer.run(distillation, tmp_path, 40)
    after = json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])["unlike"]
    assert after < 0.75 * before
    rng = torch.Generator().manual_seed(9)
    z = torch.randn(2, sum(packed(3)), 3, 3, generator=rng)
    style = whole.styles.weight[:1].expand(2, -1)
    with torch.no_grad():
        wanted, drawn = whole(z, style), distillation.pupil(z, style)
        plain = torch.nn.functional.pixel_shuffle(whole.gaussian(z, style), 4)
    assert (drawn - wanted).abs().mean() < 0.8 * (plain - wanted).abs().mean()


def test_distilling_goes_on_where_it_was(trained: Path, tmp_path: Path) -> None:
    settings = replace(distil.DistilSettings(), widths=(4, 8, 8), steps=6, batch=1)
    whole = distil.Distillation(teacher(trained), settings)
    for _ in range(6):
        whole.advance()
    first = distil.Distillation(teacher(trained), settings)
    for _ in range(3):
        first.advance()
    first.save(tmp_path / "checkpoint.pt")
    again = distil.Distillation(teacher(trained), settings)
    trainer.run(again, tmp_path, 500)
    for one, other in zip(whole.pupil.parameters(), again.pupil.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_lite_generator_is_smaller_and_names_its_teacher(trained: Path, tmp_path: Path) -> None:
    arguments = [str(trained / "two.toml"), "--run", str(trained), "--out", str(tmp_path), "--to", str(tmp_path)]
    distil.main([*arguments, "--steps", "2", "--threads", "1"])
    card = Card.read(tmp_path / "two_lite.onnx")
    assert card.label == "Two, lite"
    assert [style.name for style in card.styles] == ["fine", "coarse"]
    assert str(card.training["method"]) == "distilled from two, a GAN"


@pytest.fixture(scope="module")
def steered(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("steered")
    learned = steering.Steering(
        teacher(trained), replace(distil.DistilSettings(), steps=120, batch=3, cells=3, rate=1e-2)
    )
    trainer.run(learned, folder, 500)
    steering.main(
        [str(trained / "two.toml"), "--run", str(trained), "--out", str(folder), "--to", str(folder), "--steps", "120"]
    )
    return folder / "two.onnx"


def test_edits_do_what_they_are_named_after() -> None:
    rng = torch.Generator().manual_seed(1)
    image = 0.2 * torch.randn(1, 3, 64, 64, generator=rng)

    def seen(edited: torch.Tensor) -> np.ndarray:
        return measures((edited[0].numpy() + 1) / 2) - measures((image[0].numpy() + 1) / 2)

    one = torch.ones(1)
    for edit in steering.EDITS.values():
        assert torch.allclose(edit(image, 0 * one), image, atol=1e-6)
    assert seen(steering.contrast(image, one)) == pytest.approx([np.log(steering.CONTRAST), 0, 0, 0], abs=0.02)
    assert seen(steering.detail(image, one))[1] >= 0
    assert seen(steering.detail(image, -one))[3] > 0  # what is left is coarser
    assert seen(steering.hue(image, one))[2] == pytest.approx(steering.HUE, abs=0.02)


def test_nothing_changes_until_one_steers(trained: Path, steered: Path) -> None:
    plain = trained / "plain.onnx"
    generator, steps = export.load(trained)
    manifest = Manifest.read(trained / "two.toml")
    export.export(generator, export.card(manifest, generator, {}, steps, "two.toml"), plain)
    rng = np.random.default_rng(0)
    feeds = {}
    for port in Card.read(plain).ports("latent_field"):
        cells = 3 * 32 // port.stride
        feeds[port.name] = rng.standard_normal((1, port.channels, cells, cells), np.float32)
    for style in Card.read(steered).styles:
        vector = np.array([style.vector], np.float32)
        assert not vector[0, 2:].any()
        narrow, wide = ({**feeds, "style": v} for v in (vector[:, :2], vector))
        (one,) = onnxruntime.InferenceSession(str(plain)).run(None, narrow)
        (other,) = onnxruntime.InferenceSession(str(steered)).run(None, wide)
        assert np.abs(one - other).max() < 1e-4


@pytest.mark.parametrize(("name", "measure"), [("contrast", 0), ("hue", 2)])
def test_a_direction_that_was_learned_steers_every_style(steered: Path, name: str, measure: int) -> None:
    entry = beside(steered)
    assert [each.name for each in entry.card.directions] == ["detail", "contrast", "hue"]
    network = session(steered, 1)
    for style in ("fine", "coarse"):
        low, middle, high = (
            measures(_image(style, {name: (far,)} if far else {}, entry, network))[measure] for far in (-1.0, 0.0, 1.0)
        )
        assert low < middle < high


def _image(style: str, tracks: dict[str, tuple[float, ...]], entry: Entry, network: Session) -> np.ndarray:
    recipe = Recipe("texture", entry.card.id, entry.card.digest, 96, 96, 1, 25, 7, {"style": style}, tracks)
    (image,) = KIND.take(recipe, entry.card).run(network, 0).values()
    return image[0]
