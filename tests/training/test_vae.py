"""The autoencoder in miniature."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")
pytest.importorskip("onnxscript", reason="torch needs onnxscript to export")
Image = pytest.importorskip("PIL.Image")

from models.library.catalog import Library  # noqa: E402
from models.recipe import Recipe  # noqa: E402
from models.training import trainer  # noqa: E402
from models.training.data import Manifest  # noqa: E402
from models.training.textures import vae  # noqa: E402
from tests.helpers.making import make_with, pngs  # noqa: E402

SMALL = vae.VaeSettings(steps=4, crop=96, middle=64, batch=2, warm_up=1)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "my_set"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("sand", "moss"):
        Image.fromarray(rng.integers(0, 255, (96, 96, 3), dtype=np.uint8)).save(folder / f"{name}.png")
    return folder


def run(pictures: Path, settings: vae.VaeSettings = SMALL) -> vae.VaeTraining:
    return vae.VaeTraining(Manifest.of_folder(pictures, "my_set"), pictures, settings, bf16=False)


def test_going_on_from_a_checkpoint_is_as_if_never_interrupted(pictures: Path, tmp_path: Path) -> None:
    whole, first = run(pictures), run(pictures)
    for _ in range(4):
        whole.advance()
    first.advance()
    first.advance()
    first.save(tmp_path / "checkpoint.pt")
    second = run(pictures, replace(SMALL, seed=9))
    second.settings = SMALL
    second.resume(tmp_path / "checkpoint.pt")
    second.advance()
    second.advance()
    for name, value in whole.average.state_dict().items():
        assert torch.allclose(value, second.average.state_dict()[name], atol=1e-6), name


def test_a_checkpoint_of_other_networks_is_refused(pictures: Path, tmp_path: Path) -> None:
    torch.save({"step": 3, "shape": {}}, tmp_path / "checkpoint.pt")
    with pytest.raises(trainer.TrainingError, match=r"checkpoint\.pt: was made by other networks"):
        run(pictures).resume(tmp_path / "checkpoint.pt")


def test_a_loss_that_is_no_number_stops_training(pictures: Path) -> None:
    one = run(pictures)
    with torch.no_grad():
        one.decoder.out.weight.fill_(float("nan"))
    with pytest.raises(trainer.TrainingError, match="loss is nan at step 0"):
        one.advance()


def test_the_decoder_is_a_texture_generator_like_the_gans(pictures: Path, tmp_path: Path) -> None:
    one = run(pictures)
    (tmp_path / "run").mkdir()
    trainer.run(one, tmp_path / "run", 2, lambda out: vae.samples(one, out))
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        "checkpoint.pt", "log.jsonl", "sample-000002.png", "sample-000004.png"
    }  # fmt: skip
    assert vae.write(one, tmp_path / "library") < 1e-5
    (entry,) = Library((tmp_path / "library",)).entries()
    assert (entry.card.id, entry.card.training["method"]) == ("my_set_vae", "variational autoencoder")
    recipe = Recipe("texture", entry.card.id, entry.card.digest, 64, 48, 3, 25.0)
    assert len(set(pngs(make_with(entry, recipe, tmp_path / "cache").path).values())) == 3
