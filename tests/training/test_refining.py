"""Generators that refine Gaussian textures, and the elements that are written down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image

from models.cards.card import Card
from models.library.catalog import SHIPPED
from models.training.data import Manifest
from models.training.elements import network
from models.training.elements.styles import KNOTS, STYLES, ramp
from models.training.gaussian.refined import Gaussian, RefinedGenerator, packed, textons
from models.training.gaussian.texton import Texton, fit
from models.training.textures import export
from models.training.textures.run import TextureSettings, TextureTraining
from models.training.trainer import TrainingError, run


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two noises of 96 px, one coarse and one fine, in a folder."""
    folder, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for name, cell in (("coarse", 8), ("fine", 1)):
        noise = rng.integers(0, 255, (96 // cell, 96 // cell, 3), dtype=np.uint8)
        Image.fromarray(noise.repeat(cell, 0).repeat(cell, 1)).save(folder / f"{name}.png")
    return folder


@pytest.fixture(scope="module")
def manifest(pictures: Path) -> Manifest:
    found = Manifest.of_folder(pictures, "noises")
    return replace(found, refines=True, widths=(8, 8, 8), judge=(8, 8, 8, 8, 8), first="fine")


def run_of(manifest: Manifest, pictures: Path, steps: int = 2) -> TextureTraining:
    torch.set_num_threads(1)
    return TextureTraining(
        manifest, pictures, TextureSettings(steps=steps, crop=64, batch=4, head_start=0), "cpu", False
    )


def untrained(channels: int) -> tuple[list[Texton], RefinedGenerator]:
    """What was fitted to two noises, and the generator that begins with it."""
    rng = np.random.default_rng(1)
    fitted = [fit([rng.random((channels, 80, 80))]) for _ in range(2)]
    return fitted, RefinedGenerator(fitted, (8, 8, 8)).eval()


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_untrained_it_is_the_gaussian_texture(channels: int) -> None:
    fitted, generator = untrained(channels)
    z, style = torch.randn(1, sum(packed(channels)), 4, 6), torch.eye(2)[1:]
    plain = torch.nn.functional.pixel_shuffle(Gaussian(fitted)(z, style), 4)
    assert torch.equal(generator(z, style), plain)
    assert plain.shape == (1, channels, 128, 192)


def test_the_file_shows_alpha_too(tmp_path: Path) -> None:
    # A file of three channels is exported below; it takes long to trace one.
    assert export.export(untrained(4)[1], {"card": 1, "id": "noise"}, tmp_path / "noise.onnx") < 1e-3


def test_what_was_fitted_comes_back_from_the_state() -> None:
    fitted = [fit([np.random.default_rng(2).random((3, 80, 80))])]
    (again,) = textons(RefinedGenerator(fitted).state_dict())
    for name in ("grain", "middle", "coarse", "quantiles"):
        assert np.allclose(getattr(again, name), getattr(fitted[0], name), atol=1e-6)


def test_it_trains_goes_on_and_is_exported_with_the_first_style_first(
    manifest: Manifest, pictures: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    out.mkdir()
    run(run_of(manifest, pictures), out, 500)
    again = run_of(manifest, pictures, 3)
    before = again.generator.refiner.out.weight.clone()
    run(again, out, 500)
    assert again.step == 3
    assert not torch.equal(before, again.generator.refiner.out.weight)

    generator, steps = export.load(out)
    path = tmp_path / "noises.onnx"
    assert export.export(generator, export.card(manifest, generator, {}, steps, "noises.toml"), path) < 1e-3
    card = Card.read(path)
    assert [style.name for style in card.styles] == ["fine", "coarse"]
    assert [port.stride for port in card.ports("latent_field")] == [32, 16, 4]
    fine = card.style("fine").vector
    rng, count = np.random.default_rng(0), len(fine)
    feeds = {"style": np.array([fine], np.float32)}
    for port in card.ports("latent_field"):
        cells = 2 * 32 // port.stride
        feeds[port.name] = rng.standard_normal((1, port.channels, cells, cells), np.float32)
    (image,) = onnxruntime.InferenceSession(str(path)).run(None, feeds)
    assert image.shape == (1, 3, 64, 64)
    assert count == 2


def test_it_begins_with_nothing_else(manifest: Manifest, pictures: Path) -> None:
    with pytest.raises(TrainingError, match="Leave out --start-from"):
        run_of(manifest, pictures).start_from(SHIPPED / "latent_materials.onnx")


def test_a_style_without_a_share_is_not_taught(manifest: Manifest, pictures: Path) -> None:
    shares = (replace(manifest.styles[0], share=0.0), manifest.styles[1])
    one = run_of(replace(manifest, styles=shares), pictures)
    seen = []
    one.fakes = lambda styles, fakes=one.fakes: seen.extend(styles.tolist()) or fakes(styles)  # type: ignore[method-assign,func-returns-value]
    for _ in range(3):
        one.advance()
    assert set(seen) == {1}


def test_what_is_carried_is_rolled_with_its_picture_to_the_last_bit() -> None:
    rng = torch.Generator().manual_seed(0)
    picture, way = torch.rand(1, 2, 40, 56, generator=rng), 60 * torch.randn(1, 2, 40, 56, generator=rng)
    shift = ((7, -13), (2, 3))
    rolled = network.carried(picture.roll(*shift), way.roll(*shift))
    assert torch.equal(rolled, network.carried(picture, way).roll(*shift))
    assert torch.equal(network.carried(picture, torch.zeros_like(way)), picture)
    across = torch.zeros_like(way)
    across[:, 1] = 5
    assert torch.equal(network.carried(picture, across), picture.roll(-5, 3))


@pytest.mark.parametrize("sides", [(1, 1), (2, 3), (20, 30)], ids=str)
def test_smooth_noise_is_as_strong_on_a_torus_of_any_size(sides: tuple[int, int]) -> None:
    z = torch.randn(4096 // (sides[0] * sides[1]) + 1, *sides, generator=torch.Generator().manual_seed(0))
    assert float(network.smooth(z[None]).square().mean()) == pytest.approx(1, abs=0.3)


def test_ramps_are_multiplied_by_alpha() -> None:
    made = ramp(((0.0, "ff000000"), (1.0, "ff0000ff")))
    assert torch.allclose(made[0], torch.linspace(0, 1, KNOTS))
    for one in STYLES.values():
        for colors in (ramp(one.front), ramp(one.behind)):
            assert (colors[:3] <= colors[3:] + 1e-6).all()


def test_the_elements_that_ship_are_what_is_written_down(tmp_path: Path) -> None:
    network.export(tmp_path / "grown_elements.onnx")
    shipped, made = SHIPPED / "grown_elements.onnx", tmp_path / "grown_elements.onnx"
    assert Card.read(made).styles == Card.read(shipped).styles
    feeds = {f"z{s}": z.numpy() for s, z in zip(network.FIELDS, network.example(), strict=False)}
    for style in np.eye(len(STYLES), dtype=np.float32):
        a, b = (
            onnxruntime.InferenceSession(str(path)).run(None, feeds | {"style": style[None]})[0]
            for path in (shipped, made)
        )
        assert np.abs(a - b).max() < 0.01
