"""Training in miniature: from a folder of pictures to a generator that makes a strip."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")
Image = pytest.importorskip("PIL.Image")

from models.library.catalog import Library  # noqa: E402
from models.recipe import Recipe  # noqa: E402
from models.training import trainer  # noqa: E402
from models.training.data import Manifest, Source, Style  # noqa: E402
from models.training.graphs import flops  # noqa: E402
from models.training.textures import export, losses, train  # noqa: E402
from models.training.textures import run as training  # noqa: E402
from models.training.textures.contact_sheet import contact_sheet  # noqa: E402
from models.training.textures.networks import Generator, Shape  # noqa: E402
from tests.helpers.making import decode, make_with, pngs  # noqa: E402

SMALL = training.TextureSettings(steps=4, crop=64, batch=2, styles_at_once=1, head_start=1, penalty_every=2)


def noisy(folder: Path) -> Path:
    """Make a folder with two noisy pictures of 96×96 px."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("sand", "moss"):
        Image.fromarray(rng.integers(0, 255, (96, 96, 3), dtype=np.uint8)).save(folder / f"{name}.png")
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return noisy(tmp_path / "my_set")


def run(pictures: Path, settings: training.TextureSettings = SMALL) -> training.TextureTraining:
    return training.TextureTraining(Manifest.of_folder(pictures, "my_set"), pictures, settings, "cpu", bf16=False)


def weights(one: training.TextureTraining) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in one.average.state_dict().items()}


def test_a_dry_run_takes_two_steps_and_writes_nothing(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--crop", "64", "--batch", "2", "--styles-at-once", "1", "--head-start", "0"]
    train.main([str(pictures), "--out", str(tmp_path / "out"), "--dry-run", *small])
    assert "nan" not in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_both_networks_learn(pictures: Path) -> None:
    one = run(pictures)
    before, judge = weights(one), [value.clone() for value in one.discriminator.parameters()]
    for _ in range(3):
        losses = one.advance()
    assert all(map(np.isfinite, losses.values()))
    assert any(not torch.equal(value, before[name]) for name, value in one.average.state_dict().items())
    assert any(not torch.equal(a, b) for a, b in zip(judge, one.discriminator.parameters(), strict=True))


def test_going_on_from_a_checkpoint_is_as_if_never_interrupted(pictures: Path, tmp_path: Path) -> None:
    whole = run(pictures)
    for _ in range(4):
        whole.advance()
    first = run(pictures)
    first.advance()
    first.advance()
    first.save(tmp_path / "checkpoint.pt")
    second = run(pictures, replace(SMALL, seed=99))
    second.settings = SMALL
    second.resume(tmp_path / "checkpoint.pt")
    second.advance()
    second.advance()
    assert second.step == 4
    for name, value in weights(whole).items():
        assert torch.allclose(value, weights(second)[name], atol=1e-6), name


def test_a_checkpoint_of_other_networks_is_refused(pictures: Path, tmp_path: Path) -> None:
    one = run(pictures)
    one.save(tmp_path / "checkpoint.pt")
    (pictures / "moss.png").unlink()
    with pytest.raises(trainer.TrainingError, match=r"checkpoint\.pt: was made by other networks"):
        run(pictures).resume(tmp_path / "checkpoint.pt")


def test_a_loss_that_is_no_number_stops_training(pictures: Path) -> None:
    one = run(pictures)
    with torch.no_grad():
        one.generator.out.weight.fill_(float("nan"))
    with pytest.raises(trainer.TrainingError, match="loss is nan at step 0"):
        one.advance()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Generator, Path]:
    """The folder of a run over two pictures, its generator, and the file of that: exporting one takes long."""
    pytest.importorskip("onnxscript", reason="torch needs onnxscript to export")
    root = tmp_path_factory.mktemp("exported")
    one, out, path = run(noisy(root / "my_set")), root / "run", root / "library" / "my_set.onnx"
    out.mkdir()
    trainer.run(one, out, 2, lambda folder: contact_sheet(one, folder))
    generator, steps = export.load(out)
    assert isinstance(generator, Generator)
    described = export.card(Manifest.of_folder(root / "my_set", "my_set"), generator, {"seed": 0}, steps, "my_set.toml")
    assert str(root) not in json.dumps(described)
    path.parent.mkdir()
    assert export.export(generator, described, path) < 1e-5
    return out, generator, path


def test_from_pictures_to_a_generator_that_makes_frames(exported: tuple[Path, Generator, Path], tmp_path: Path) -> None:
    out, generator, path = exported
    assert {path.name for path in out.iterdir()} == {
        "checkpoint.pt", "log.jsonl", "sheet-000002.png", "sheet-000004.png"
    }  # fmt: skip
    (entry,) = Library((path.parent,)).entries()
    assert [style.name for style in entry.card.styles] == ["moss", "sand"]
    assert entry.card.training["steps"] == 4
    recipe = Recipe("texture", "my_set", entry.card.digest, 64, 48, 3, 25.0)
    assert len(set(pngs(make_with(entry, recipe, tmp_path / "cache").path).values())) == 3

    rows, columns = 3, 5
    shapes = {"z": (1, entry.card.inputs[0].channels, rows, columns), "style": (1, entry.card.inputs[1].channels)}
    assert flops.count(path, shapes) == pytest.approx(arithmetic(generator, rows, columns), rel=0.01)


@pytest.fixture
def clips(tmp_path: Path) -> Manifest:
    """A set of one style with alpha and courses, learned from a clip of 12 frames that moves 2 px a frame."""
    noise = np.random.default_rng(0).integers(0, 255, (96, 96, 4), dtype=np.uint8)
    frames = [Image.fromarray(np.roll(noise, 2 * n, 0), "RGBA") for n in range(12)]
    frames[0].save(tmp_path / "veil.png", save_all=True, append_images=frames[1:], duration=40)
    source = Source("veil.png", "CC0-1.0", "here")
    style = Style("veil", "Veil", (source,), alpha=True, drift=(50, 0), rate=1.0, repeat=(2, 3))
    return Manifest("airy", "Airy", "CC0-1.0", (style,), channels=4)


def test_a_clip_teaches_alpha_courses_and_motion(clips: Manifest, tmp_path: Path) -> None:
    pytest.importorskip("onnxscript", reason="torch needs onnxscript to export")
    one = training.TextureTraining(clips, tmp_path, replace(SMALL, head_start=0), "cpu", bf16=False)
    assert one.shape.moving
    assert one.shape.waves
    styles = torch.zeros(2, dtype=torch.int64)
    assert tuple(one.fakes(styles)[0].shape) == (2, 8, 64, 64)  # the picture, and what changes
    for _ in range(2):
        assert all(map(np.isfinite, one.advance().values()))

    path = tmp_path / "airy.onnx"
    described = export.card(clips, one.average, {}, one.step, "airy.toml")
    assert export.export(one.average.eval(), described, path) < 1e-5
    (entry,) = Library((tmp_path,)).entries()
    (veil,) = entry.card.styles
    assert (veil.alpha, veil.drift, veil.rate, veil.repeat) == (True, (50, 0), 1.0, (2, 3))
    folder = make_with(entry, Recipe("texture", "airy", entry.card.digest, 200, 100, 2, 25.0), tmp_path / "cache")
    assert decode((folder.path / folder.name(0)).read_bytes()).shape == (100, 200, 4)


def test_repeated_pixels_are_uneven_and_noise_is_not() -> None:
    rng = torch.Generator().manual_seed(0)
    even = torch.randn(4, 3, 160, 160, generator=rng)
    repeated = torch.randn(4, 3, 40, 40, generator=rng).repeat_interleave(4, 2).repeat_interleave(4, 3)
    assert losses.unevenness(even, 32) < 1e-3
    assert losses.unevenness(repeated, 32) > 0.5
    lit = even + torch.linspace(0, 1, 32).repeat(5)  # each cell brighter at its right
    assert losses.unevenness(lit, 32) > 10 * losses.unevenness(even, 32)


def test_a_generator_begins_with_what_another_has_learned(
    exported: tuple[Path, Generator, Path], pictures: Path
) -> None:
    _, learned, path = exported
    manifest = Manifest.of_folder(pictures, "my_set")
    (pictures / "sand.png").rename(pictures / "dune.png")
    other = run(pictures, replace(SMALL, seed=5))
    other.start_from(path)
    for name, value in weights(other).items():
        assert torch.allclose(value, learned.state_dict()[name], atol=1e-5) == (name != "styles.weight"), name
    vectors = {style.name: row for style, row in zip(manifest.styles, learned.styles.weight, strict=True)}
    assert [style.name for style in other.crops.manifest.styles] == ["dune", "moss"]
    assert torch.allclose(other.average.styles.weight[1], vectors["moss"], atol=1e-5)


def test_latents_of_a_walk_are_less_alike_the_farther_they_lie_apart() -> None:
    alike = [training.correlation(keys) for keys in (0, 0.1, 0.5, 1, 2, 4)]
    assert alike[0] == pytest.approx(1)
    assert alike == sorted(alike, reverse=True)
    assert alike[-1] == 0


def arithmetic(generator: Generator, rows: int, columns: int) -> int:
    """Operations of the convolutions of a generator, from the sizes of its levels."""
    total, side = 0, 1
    for number, level in enumerate(generator.levels):
        side = 2**number
        total += sum(2 * block.conv.weight.numel() * rows * columns * side**2 for block in level)
    return total + 2 * generator.out.weight.numel() * rows * columns * side**2


def test_the_generator_is_a_torus() -> None:
    shape = Shape(styles=1)
    generator = Generator(shape).eval()
    z, style = torch.randn(1, shape.latent, 4, 5), torch.randn(1, shape.style)
    with torch.no_grad():
        here, there = generator(z, style), generator(z.roll((1, 2), dims=(2, 3)), style)
    assert tuple(here.shape) == (1, 3, 128, 160)
    assert torch.allclose(here.roll((32, 64), dims=(2, 3)), there, atol=1e-4)
