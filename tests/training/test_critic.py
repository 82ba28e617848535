"""A critic: exported beside its generator, told from a generator, and asked for the best seeds by a real worker."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is installed for training only")
pytest.importorskip("onnxscript", reason="torch needs onnxscript to export")
Image = pytest.importorskip("PIL.Image")

from models import critic  # noqa: E402
from models.errors import GeneratorError, RecipeError  # noqa: E402
from models.library.catalog import Entry, Library  # noqa: E402
from models.training.data import Manifest  # noqa: E402
from models.training.textures import critic as export_critic  # noqa: E402
from models.training.textures import export  # noqa: E402
from models.training.textures import run as training  # noqa: E402
from models.training.textures.networks import Discriminator, Shape  # noqa: E402
from models.worker.client import Client  # noqa: E402
from tests.helpers.making import session  # noqa: E402
from tests.helpers.recipes import raw, small  # noqa: E402


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a generator that was trained for two steps, and its critic."""
    root = tmp_path_factory.mktemp("critic")
    (root / "my_set").mkdir()
    rng = np.random.default_rng(0)
    for name in ("sand", "moss"):
        Image.fromarray(rng.integers(0, 255, (160, 160, 3), dtype=np.uint8)).save(root / "my_set" / f"{name}.png")
    manifest = replace(Manifest.of_folder(root / "my_set", "my_set"), first="sand")  # the other comes first in training
    settings = training.TextureSettings(steps=2, crop=64, batch=2, styles_at_once=1, head_start=0)
    run = training.TextureTraining(manifest, root / "my_set", settings, "cpu", bf16=False)
    run.advance()
    run.advance()
    run.save(root / "checkpoint.pt")
    generator, steps = export.load(root)
    folder = root / "library"
    folder.mkdir()
    export.export(generator, export.card(manifest, generator, {}, steps, "my_set.toml"), folder / "my_set.onnx")
    export_critic.main([str(root), str(folder / "my_set.onnx")])
    return folder


@pytest.fixture(scope="module")
def trained(library: Path) -> Entry:
    (found,) = Library((library,)).entries()
    return found


def test_a_critic_is_no_generator_and_no_problem(library: Path) -> None:
    assert (library / "my_set.critic.onnx").is_file()
    assert [entry.card.id for entry in Library((library,)).entries()] == ["my_set"]
    assert Library((library,)).problems() == []


def test_it_judges_as_the_discriminator_does(library: Path) -> None:
    crops = torch.rand(3, 3, 128, 128, generator=torch.Generator().manual_seed(0))
    styles = torch.tensor([0, 1, 1])
    entry = Library((library,)).entries()[0]
    assert [style.name for style in entry.card.styles] == ["sand", "moss"]
    state = torch.load(library.parent / "checkpoint.pt", weights_only=True)
    shape = Shape(**{**state["shape"], "widths": tuple(state["shape"]["widths"])})
    network = Discriminator(shape)
    network.load_state_dict(state["discriminator"])
    with torch.no_grad():
        expected = network(crops * 2 - 1, 1 - styles).numpy()  # there, sand is number 1
    path = critic.beside(entry)
    assert path
    (found,) = session(path, 1).run({"image": crops.numpy(), "style": styles.numpy()}).values()
    assert np.abs(found - expected).max() < 0.02 * max(1.0, np.abs(expected).max())  # its weights are halved


def test_a_critic_of_another_file_is_passed_over(library: Path, trained: Entry, tmp_path: Path) -> None:
    assert critic.beside(trained) == library / "my_set.critic.onnx"
    shutil.copy(trained.path, tmp_path / "my_set.onnx")
    (tmp_path / "my_set.critic.onnx").write_bytes(b"no critic")
    (copied,) = Library((tmp_path,)).entries()
    assert critic.beside(copied) is None
    with pytest.raises(GeneratorError, match="has no critic"):
        critic.rank(small(copied), copied, 2, lambda path: session(path, 1), lambda: None)


def test_the_worker_ranks_seeds_and_the_first_is_the_best(library: Path, trained: Entry, tmp_path: Path) -> None:
    recipe = small(trained, style="sand", width=160, height=128, seed=5)
    client = Client([library])
    try:
        client.send("rank", "a", recipe=raw(recipe), root=str(tmp_path), count=4)
        (ranked,) = [event for event in client.wait("a") if event["say"] == "ranked"]
    finally:
        client.close()
    assert sorted(ranked["seeds"]) == [5, 6, 7, 8]
    assert not any(tmp_path.iterdir())
    alone = [
        critic.rank(small(trained, style="sand", width=160, height=128, seed=seed), trained, 1, load, lambda: None)[0]
        for seed in ranked["seeds"]
    ]
    assert alone == ranked["seeds"]
    again = critic.rank(recipe, trained, 4, load, lambda: None)
    assert again == ranked["seeds"]


def load(path: Path) -> object:
    return session(path, 1)


@pytest.mark.parametrize("count", [0, 65])
def test_a_count_out_of_range_is_refused(trained: Entry, count: int) -> None:
    with pytest.raises(RecipeError, match="from 1 to 64"):
        critic.candidates(small(trained), count)


def test_seeds_go_round(trained: Entry) -> None:
    assert critic.candidates(small(trained, seed=2**31 - 1), 2) == [2**31 - 1, 0]
