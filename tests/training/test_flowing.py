"""Generators that begin with the written-down elements, and the motion of clips."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from models.cards.card import Card
from models.latents import spline_weights
from models.training.data import CLIP_RATE, DataError, Manifest, Source, Style
from models.training.elements import flowing, network
from models.training.elements.flowing import PACKED, FlowingGenerator, unpacked
from models.training.elements.styles import KNOTS, STYLES, vectors
from models.training.textures import export, motion
from models.training.textures.run import TextureSettings, TextureTraining, correlation
from models.training.trainer import TrainingError, run


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """Two flowing styles: a clip of 8 frames, green and half transparent, and a still of the same."""
    noise = np.random.default_rng(0).integers(0, 40, (96, 96, 4), dtype=np.uint8)
    noise += np.array([20, 200, 20, 128], np.uint8)
    frames = [Image.fromarray(np.roll(noise, -3 * n, 0), "RGBA") for n in range(8)]
    frames[0].save(tmp_path / "moving.png", save_all=True, append_images=frames[1:], duration=40)
    frames[0].save(tmp_path / "still.png")
    styles = (
        Style("fire", "Fire", (Source("moving.png", "CC0-1.0", "here"),), alpha=True, drift=(-75, 0), rate=2.0),
        Style("haze", "Haze", (Source("still.png", "CC0-1.0", "here"),), alpha=True, begins="smoke"),
    )
    return Manifest(
        "airy", "Airy", "CC0-1.0", styles, channels=4, flows=True, widths=(8, 8, 8), judge=(8, 8, 8, 8, 8), rank=7
    )


def run_of(manifest: Manifest, root: Path, **settings: float) -> TextureTraining:
    torch.set_num_threads(1)
    chosen = replace(TextureSettings(steps=4, crop=64, batch=4, head_start=0), **settings)  # type: ignore[arg-type]
    return TextureTraining(manifest, root, chosen, "cpu", False)


def noise(cells: tuple[int, int] = (3, 4), count: int = 1) -> Tensor:
    return torch.randn(count, sum(PACKED.values()), *cells, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", ["fire", "water", "plasma", "nebula"])
def test_untaught_it_draws_what_is_written_down(name: str) -> None:
    generator, z = FlowingGenerator(["smoke", name]).eval(), noise()
    style = torch.eye(len(STYLES))[[list(STYLES).index(name)]]
    with torch.no_grad():
        written = network.Elements().eval()(*unpacked(z), style)
        made = generator(z, torch.eye(2)[1:])
    assert made.shape == (1, 4, 96, 128)
    assert float((made * 0.5 + 0.5 - written).abs().mean()) < 1e-3


def test_pictures_made_together_are_those_made_alone() -> None:
    generator = FlowingGenerator(["fire", "plasma"]).eval()
    nn.init.normal_(generator.flow.guide.out.weight, std=0.02)  # type: ignore[union-attr,arg-type]
    z, styles = noise(count=3), torch.eye(2)[[0, 1, 0]]
    with torch.no_grad():
        whole = generator(z, styles)
        alone = torch.cat([generator(z[n : n + 1], styles[n : n + 1]) for n in range(3)])
    assert torch.allclose(whole, alone, atol=1e-2)
    assert float((whole - alone).abs().mean()) < 1e-4


def test_what_was_taught_is_what_the_file_shows(manifest: Manifest, tmp_path: Path) -> None:
    generator = FlowingGenerator(["fire", "smoke"], manifest.widths).eval()
    torch.manual_seed(0)
    for learned in (generator.flow.changes, generator.flow.tints, generator.flow.guide.out.weight):  # type: ignore[union-attr]
        nn.init.normal_(learned, std=0.02)  # type: ignore[arg-type]
    path = tmp_path / "airy.onnx"
    assert export.export(generator, export.card(manifest, generator, {}, 3, "airy.toml"), path) < 0.01
    card, z = Card.read(path), noise((2, 5))
    assert (card.rank, [style.name for style in card.styles]) == (7, ["fire", "haze"])
    without = replace(manifest, styles=(replace(manifest.styles[0], ships=False), manifest.styles[1]))
    (haze,) = export.card(without, generator, {}, 3, "airy.toml")["styles"]
    assert (haze["name"], haze["vector"]) == ("haze", [0.0, 1.0])
    for style in card.styles:
        feeds = {f"z{s}": field.numpy() for s, field in zip(network.FIELDS, unpacked(z), strict=True)}
        vector = np.array([style.vector], np.float32)
        (image,) = onnxruntime.InferenceSession(str(path)).run(None, feeds | {"style": vector})
        with torch.no_grad():
            expected = generator(z, torch.from_numpy(vector)).numpy() * 0.5 + 0.5
        assert image.shape == (1, 4, 64, 160)
        assert 0 <= image.min() <= image.max() <= 1
        assert np.abs(image - expected).mean() < 0.01


def far(run: TextureTraining) -> float:
    """How far the mean color and alpha of a generator's styles lie from those of its pictures."""
    with torch.no_grad():
        made = run.generator(noise((4, 4), 2), torch.eye(2))
    real = torch.stack([images[0] for images in run.crops.images])
    return float((made.mean(dim=(2, 3)) - real.mean(dim=(2, 3))).abs().mean())


def test_plain_noise_begins_with_the_right_colors_and_webs_are_taught_them(manifest: Manifest, tmp_path: Path) -> None:
    assert far(run_of(manifest, tmp_path)) < 0.02
    webs = tuple(replace(style, begins=name) for style, name in zip(manifest.styles, ("water", "plasma"), strict=True))
    run = run_of(replace(manifest, styles=webs), tmp_path, steps=400, rate=0.02, final_rate=0.02, head_start=60)
    before = far(run)
    for _ in range(60):
        run.advance()
    assert far(run) < 0.6 * before


def test_a_ramp_has_every_color_as_often_as_the_pictures_do() -> None:
    """Half empty, the rest from dark to light green, and some stars that are left out."""
    light = torch.cat((torch.zeros(5000), torch.linspace(0, 0.5, 4850), torch.ones(150)))
    order = torch.randperm(10_000, generator=torch.Generator().manual_seed(0))
    picture = torch.stack((light * 0, light, light * 0, light))[:, order].reshape(4, 100, 100) * 2 - 1
    ramp = flowing.ramp_of([picture])
    assert ramp.shape == (4, KNOTS)
    assert torch.equal(ramp[[0, 2]], torch.zeros(2, KNOTS))
    assert float(ramp[3, : KNOTS // 2].max()) < 0.01
    assert float(ramp[3].max()) == pytest.approx(0.49, abs=0.015)
    place = (0.2 * torch.randn(20_000, generator=torch.Generator().manual_seed(1)) + 0.5).clamp(0, 1) * (KNOTS - 1)
    assert float(ramp[3, place.round().long()].mean()) == pytest.approx(float(light[:9850].mean()), abs=0.02)


def test_only_plain_noise_takes_the_colors_of_pictures() -> None:
    red = torch.tensor([1.0, -1.0, -1.0, 1.0])[:, None, None].expand(4, 64, 64)
    weights, ramps = vectors()
    for number, (name, one) in enumerate(STYLES.items()):
        _, given = flowing.matched(weights[number], ramps[number], [red])
        folded = not one.weights.get("noise1") or one.weights.get("web1") or one.weights.get("crest1")
        if folded:
            assert torch.equal(given, ramps[number]), name
        else:
            assert torch.allclose(given[:4], red[:, 0, :1] * 0.5 + 0.5), name


def test_weights_colors_and_guide_are_all_taught_and_a_run_goes_on(manifest: Manifest, tmp_path: Path) -> None:
    whole = run_of(manifest, tmp_path)
    for _ in range(4):
        assert all(map(math.isfinite, whole.advance().values()))
    flow = whole.generator.flow  # type: ignore[union-attr]
    for learned in (flow.changes, flow.tints, flow.guide.out.weight):  # type: ignore[union-attr]
        assert float(learned.detach().abs().max()) > 0  # type: ignore[union-attr]

    out = tmp_path / "run"
    out.mkdir()
    first = run_of(manifest, tmp_path)
    first.advance()
    first.advance()
    first.save(out / "checkpoint.pt")
    run(run_of(manifest, tmp_path), out, 500)
    loaded, steps = export.load(out)
    assert steps == 4
    for name, value in whole.average.state_dict().items():
        assert torch.allclose(value, loaded.state_dict()[name], atol=1e-5), name


def test_a_style_that_is_not_procedural_is_named(manifest: Manifest, tmp_path: Path) -> None:
    slime = replace(manifest, styles=(replace(manifest.styles[0], begins="slime"),))
    with pytest.raises(DataError, match="no procedural element 'slime' to begin with: name one of fire, smoke"):
        run_of(slime, tmp_path)


def test_it_begins_with_nothing_else(manifest: Manifest, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="Leave out --start-from"):
        run_of(manifest, tmp_path).start_from(tmp_path / "any.onnx")


def walk(drift: tuple[int, int], rate: float, frames: int = 48, side: int = 96) -> Tensor:
    """A clip `[T,2,side,side]` of smooth noise that walks `rate` keys a second and drifts, px a second."""
    rng = torch.Generator().manual_seed(0)
    near = torch.fft.fftfreq(side).square()
    window = torch.exp(-300 * (near[:, None] + near))
    keys = torch.fft.ifft2(torch.fft.fft2(torch.randn(24, 2, side, side, generator=rng)) * window).real
    pictures = []
    for frame in range(frames):
        seconds = frame / CLIP_RATE
        weights = list(spline_weights(4 + rate * seconds))
        blend = torch.stack([weight * keys[key] for key, weight in weights]).sum(dim=0)
        blend = blend / math.hypot(*(weight for _, weight in weights))
        pictures.append(blend.roll([round(v * seconds) for v in drift], (1, 2)))
    return torch.stack(pictures)


@pytest.mark.parametrize(("drift", "rate"), [((0, 0), 1.0), ((-100, 25), 2.0), ((50, -75), 4.0)], ids=str)
def test_drift_and_rate_of_a_clip_are_found(drift: tuple[int, int], rate: float) -> None:
    clip = walk(drift, rate)
    moved = motion.drift(clip)
    assert moved == pytest.approx(drift, abs=5)
    assert motion.rate(clip, moved) == pytest.approx(rate, rel=0.2)
    if drift != (0, 0):
        assert motion.rate(clip, (0.0, 0.0)) > 1.5 * rate  # what drifts and is not followed seems to change


def test_a_generator_whose_pictures_are_its_latents_changes_as_they_do() -> None:
    class Plain(nn.Module):
        def forward(self, z: Tensor, style: Tensor) -> Tensor:
            return z

    made = motion.pictures(Plain(), torch.ones(1, 1))
    for keys in (0.0, 0.25, 0.7, 1.5):
        assert made(keys) == pytest.approx(correlation(keys), abs=0.03)


def test_the_motion_of_a_set_is_printed(manifest: Manifest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["id = 'airy'", "label = 'Airy'", "licence = 'CC0-1.0'", "channels = 4", "flows = true", "[[style]]"]
    lines += ["name = 'fire'", "label = 'Fire'", "sources = [{file = 'moving.png', license = 'CC0', origin = 'here'}]"]
    (tmp_path / "airy.toml").write_text("\n".join(lines))
    motion.main([str(tmp_path / "airy.toml"), "--data", str(tmp_path)])
    assert capsys.readouterr().out.startswith("fire: drift = [-75, 0], rate = 0.1")
