"""The mask network's training: clips with true masks, a network that is the same frame by frame, a file that runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image

from models.cards.card import Card
from models.training import trainer
from models.training.footage_mask import evaluate, export, train
from models.training.footage_mask.composites import Material, clip
from models.training.footage_mask.network import Masker


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people who are squares, one of them held out, and eight grounds."""
    folder = tmp_path_factory.mktemp("data")
    for place in ("masks/person_walk/img", "masks/person_walk/mask", "textures/color"):
        (folder / place).mkdir(parents=True)
    for n in (*range(6), 130, 131):
        pixels, mask = np.full((48, 64, 3), 90, np.uint8), np.zeros((48, 64), np.uint8)
        pixels[10:30, 10 + n % 9 : 30 + n % 9], mask[10:30, 10 + n % 9 : 30 + n % 9] = (220, 40, 40), 255
        Image.fromarray(pixels).save(folder / f"masks/person_walk/img/walk_{n:04d}.jpg", quality=95)
        Image.fromarray(mask).save(folder / f"masks/person_walk/mask/walk_{n:04d}.png")
    for n in range(8):
        ground = np.full((64, 64, 3), (30 * n, 90, 200 - 20 * n), np.uint8)
        Image.fromarray(ground).save(folder / f"textures/color/ground{n}.png")
    return folder


def test_what_is_held_out_is_never_taught(data: Path) -> None:
    taught, held_out = Material(data), Material(data, held_out=True)
    assert {subject.number for subject in taught.people} == set(range(6))
    assert {subject.number for subject in held_out.people} == {130, 131}
    assert len(held_out.grounds) == 2
    assert [s.number for s in taught.following(taught.people[4], 3)] == [4, 5, 5]


def test_clips_are_the_same_every_time_and_their_masks_are_true(data: Path) -> None:
    material = Material(data)
    for seed in range(8):
        one, two = (clip(material, 3, (32, 48), np.random.default_rng(seed)) for _ in range(2))
        assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))
        images, masks = one
        assert (images.shape, masks.shape) == ((3, 3, 32, 48), (3, 1, 32, 48))
        assert images.min() >= 0
        assert images.max() <= 1
        assert masks.min() >= 0
        assert masks.max() <= 1
    shares = [float(clip(material, 1, (32, 48), np.random.default_rng(n))[1].mean()) for n in range(12)]
    assert sum(0.005 < share < 0.9 for share in shares) >= 9


def test_the_network_is_the_same_frame_by_frame_as_over_whole_clips() -> None:
    network = Masker().eval()
    images = torch.rand(1, 3, 3, 32, 48)
    with torch.no_grad():
        whole = network.clips(images)
        states = [torch.zeros(1, channels, 1, 1) for channels in network.states()]
        for n in range(3):
            logits, *states = network(images[:, n], *states)
            assert torch.allclose(logits, whole[:, n], atol=1e-5)


def test_training_goes_on_where_it_stopped(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "SIZE", (32, 48))
    monkeypatch.setattr(train, "FRAMES", 2)
    monkeypatch.setattr(train, "BATCH", 1)
    training = train.MaskTraining(data, train.MaskSettings(1, 1e-3))
    trainer.run(training, tmp_path, 200, training.sheet)
    before = train.load(tmp_path)[0].state_dict()
    training = train.MaskTraining(data, train.MaskSettings(2, 1e-3))
    trainer.run(training, tmp_path, 200, training.sheet)
    network, steps = train.load(tmp_path)
    assert steps == 2
    assert any(not torch.equal(a, b) for a, b in zip(before.values(), network.state_dict().values(), strict=True))
    assert (tmp_path / "sheet.png").exists()


def test_the_file_takes_any_size_and_begins_anew_from_single_zeros(tmp_path: Path) -> None:
    network, path = Masker().eval(), tmp_path / "masker.onnx"
    core = export.core(network)
    for guided in (False, True):
        export.write(export.whole(core, network.states(), guided), export.card(network, 1), path)
        model = onnx.load(path)
        assert model.opset_import[0].version == 20
        assert not {node.op_type for node in model.graph.node} & {"Loop", "If", "Scan"}
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        for sides in ((90, 160), (64, 40)):
            image = np.random.default_rng(0).random((1, 3, *sides), np.float32)
            states = {p.name: np.zeros((1, p.channels, 1, 1), np.float32) for p in Card.read(path).ports("state")}
            first, *kept = session.run(None, {"image": image, **states})
            second, *_ = session.run(None, {"image": image, **dict(zip(states, kept, strict=True))})
            assert first.shape == (1, 1, *sides)
            assert 0 <= first.min() <= first.max() <= 1
            assert not np.array_equal(first, second)  # it remembers


def test_figures_of_masks(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    true = np.zeros((2, 8, 8), np.float32)
    true[:, :4] = 1
    assert evaluate.overlap(true, true) == (64, 64)
    assert evaluate.overlap(1 - true, true) == (0, 128)
    assert evaluate.flicker(true, true) == 0
    assert evaluate.flicker(np.stack((true[0], 1 - true[0])), true) == 1
    evaluate.measure(data, [])
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["set"] for line in told} == {"composites", "person_walk"}
    assert all(0 < line["iou"] < 0.9 for line in told)
