"""The text-effect network: targets, two steps of training, resuming, and export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from models.cards.card import Card
from models.training.data import Manifest
from models.training.text.data import Surfaces, fields
from models.training.text.export import described, export
from models.training.text.network import compose
from models.training.text.targets import TARGETS, Scene, Target
from models.training.text.train import TextSettings, TextTraining
from models.training.textures.export import card
from models.training.textures.export import export as export_texture
from models.training.textures.networks import Generator, Shape
from tests.helpers.squares import square_font


@pytest.fixture(scope="module")
def textures(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A generator of the styles that letters have their surfaces from; it has learned nothing."""
    manifest = Manifest.read(root / "models" / "training" / "sets" / "textures.toml")
    generator = Generator(Shape(len(manifest.styles), widths=manifest.widths)).eval()
    path = tmp_path_factory.mktemp("textures") / "textures.onnx"
    export_texture(generator, card(manifest, generator, {}, 0, "textures.toml"), path)
    return path


def letters() -> np.ndarray:
    mask = np.zeros((64, 64), np.float32)
    mask[20:44, 16:28] = mask[20:44, 36:48] = 1
    return mask


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_target_is_premultiplied_and_keeps_the_letters(target: Target) -> None:
    scene = Scene.of(fields(letters(), 40.0, 1, 0.3), torch.full((3, 64, 64), 0.5), 40.0)
    rgba = target.render(scene)
    assert rgba.shape == (4, 64, 64)
    assert (rgba[:3] <= rgba[3:] + 1e-5).all()
    assert rgba[3][letters() == 1].mean() > 0.6
    assert rgba[3, :, 0].max() < 0.7


def test_no_strength_is_the_letters_whatever_the_network_says() -> None:
    mask = torch.from_numpy(letters())[None, None]
    made = compose(mask, torch.rand(1, 3, 64, 64), torch.randn(1, 7, 64, 64), 0.0)
    assert torch.equal(made[:, 3:], mask)


def test_training_goes_on_from_a_checkpoint_and_is_exported(textures: Path, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    (tmp_path / "fonts").mkdir()
    square_font(tmp_path / "fonts" / "squares.ttf")
    run = TextTraining(tmp_path, textures, TextSettings(10, 64, 2, duel_from=1))
    judged = [parameter.clone() for parameter in run.judge.parameters()]
    assert np.isfinite(run.advance()["loss"])
    assert all(torch.equal(a, b) for a, b in zip(judged, run.judge.parameters(), strict=True))
    assert np.isfinite(run.advance()["loss"])
    assert not all(torch.equal(a, b) for a, b in zip(judged, run.judge.parameters(), strict=True))
    run.save(tmp_path / "checkpoint.pt")
    again = TextTraining(tmp_path, textures, TextSettings(10, 64, 2))
    again.resume(tmp_path / "checkpoint.pt")
    assert again.step == 2
    assert all(torch.equal(a, b) for a, b in zip(run.average.parameters(), again.average.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b in zip(run.judge.parameters(), again.judge.parameters(), strict=True))

    described_ = described(Card.read(textures), again.styles.weight.detach(), 1)
    path = tmp_path / "letters.onnx"
    assert export(again.average.eval(), described_, textures, path) < 1e-4
    made = Card.read(path)
    assert (made.kind, len(made.styles)) == ("text_effect", len(TARGETS))
    assert not {node.op_type for node in onnx.load(str(path)).graph.node} & {"If", "Loop", "Scan"}
    assert str(Path.cwd()).encode() not in path.read_bytes()


def test_a_folder_without_fonts_is_told(tmp_path: Path) -> None:
    from models.training.data import DataError
    from models.training.text.data import Words

    with pytest.raises(DataError, match="holds no font"):
        Words(tmp_path)


def test_surfaces_are_cropped_from_the_generator(textures: Path) -> None:
    crop = Surfaces(textures, 2, 1).crop("gold", 48, np.random.default_rng(0))
    assert crop.shape == (3, 48, 48)
