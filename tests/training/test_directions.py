"""Directions of the style space: what is measured, and how a direction is found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from models.library.catalog import Library  # noqa: E402
from models.recipe import Recipe  # noqa: E402
from models.training.textures import directions  # noqa: E402
from tests.helpers.making import make_with, pngs  # noqa: E402


def noise(size: int) -> np.ndarray:
    """Gray noise whose features are `size` px."""
    small = np.random.default_rng(0).random((64 // size, 64 // size)).repeat(size, 0).repeat(size, 1)
    return np.stack([0.5 + 0.3 * (small - 0.5)] * 3).astype(np.float32)


def test_measures_tell_what_they_are_named_after() -> None:
    plain = directions.measures(noise(2))
    strong = directions.measures((noise(2) - 0.5) * 2 + 0.5) - plain
    coarse = directions.measures(noise(8)) - plain
    warm = directions.measures(noise(2) + np.array([0.1, 0, -0.1], np.float32)[:, None, None]) - plain
    assert strong == pytest.approx([np.log(2), 0, 0, 0], abs=0.02)
    assert coarse[3] > 0.5
    assert coarse[1] < -0.3
    assert warm[2] == pytest.approx(0.2, abs=1e-3)


def test_a_direction_changes_one_measure_and_leaves_the_others() -> None:
    rng = np.random.default_rng(1)
    effects = rng.standard_normal((7, 4))
    places = rng.standard_normal((200, 7))
    steps = directions.solve(places, places @ effects + 0.01 * rng.standard_normal((200, 4)))
    answer = steps @ effects
    others = answer - np.diag(np.diag(answer))
    assert (np.diag(answer) > 0.2).all()
    assert np.abs(others).max() < 0.05 * np.diag(answer).min()


def test_what_is_found_goes_into_the_card_and_changes_the_picture(tmp_path: Path) -> None:
    shipped = Library().of_kind("texture")[0]
    copy = tmp_path / "library" / shipped.path.name
    copy.parent.mkdir()
    shutil.copy(shipped.path, copy)
    size = len(shipped.card.styles[0].vector)
    proto = onnx.load(str(copy))
    raw = {entry.key: entry.value for entry in proto.metadata_props}
    described = json.loads(raw["latent_strips"]) | {"directions": [{"name": "contrast", "vector": [0.2] * size}]}
    onnx.helper.set_model_props(proto, {**raw, "latent_strips": json.dumps(described)})
    onnx.save(proto, str(copy))
    (entry,) = Library((copy.parent,)).entries()
    assert [each.name for each in entry.card.directions] == ["contrast"]

    def made(folder: str, **tracks: tuple[float, ...]) -> dict[str, bytes]:
        recipe = Recipe("texture", entry.card.id, entry.card.digest, 64, 48, 2, 25.0, tracks=tracks)
        return pngs(make_with(entry, recipe, tmp_path / folder).path)

    plain, moved, unknown = made("a"), made("b", contrast=(0.0, 1.0)), made("c", detail=(1.0,))
    assert moved["0001.png"] == plain["0001.png"]
    assert moved["0002.png"] != plain["0002.png"]
    assert unknown == plain  # this generator has no such direction


def test_the_axes_are_the_principal_ones() -> None:
    card = Library().of_kind("texture")[0].card
    basis = directions.axes(card)
    spread = np.cov(np.array([style.vector for style in card.styles]).T, bias=True)
    assert np.allclose(basis.T @ basis, spread, atol=1e-6)
