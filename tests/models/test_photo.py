"""Textures from photographs: colors stay as they are, pieces change and come round, files are valid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import numpy_helper

from models.inference.session import Session
from models.kinds._camera import fitted as cells_of
from models.latents import Pieces
from models.onnx import metadata, reader
from models.onnx.writer import Graph
from models.photo import example, graph
from models.photo.example import JOIN, SIDE, Example


def photograph(seed: int, side: int = SIDE) -> np.ndarray:
    """Colored blobs, bright and skewed: nothing about their histograms is normal."""
    rng = np.random.default_rng(seed)
    y, x = np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side), indexing="ij")
    noise = np.fft.ifft2(np.fft.fft2(rng.standard_normal((3, side, side))) / (0.01 + np.hypot(y, x)) ** 1.2).real
    noise /= noise.std(axis=(1, 2), keepdims=True)
    mixed = np.einsum("ij,jyx->yxi", np.array([[0.5, 0.2, 0.0], [0.4, -0.1, 0.1], [0.2, 0.1, -0.2]]), noise)
    return np.clip(0.7 - 0.6 * np.abs(mixed), 0, 1)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return [example.fitted(photograph(seed)) for seed in range(2)]


@pytest.fixture(scope="module")
def network(examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Session:
    path = tmp_path_factory.mktemp("photo") / "photo.onnx"
    path.write_bytes(graph.model(examples, [6.0, 3.0], {"latent_strips": "{}"}))
    return Session(path, 1)


def feeds(style: tuple[float, ...] = (1, 0), seed: int = 0, rows: int = 4, columns: int = 6) -> dict[str, np.ndarray]:
    patches = np.random.default_rng(seed).random((1, 10, rows, columns), np.float32)
    pixels = {"down": np.arange(96, dtype=np.float32)[None], "across": np.arange(64, dtype=np.float32)[None]}
    return {"patches": patches, **pixels, "style": np.array([style], np.float32)}


@pytest.mark.parametrize("style", [0, 1])
def test_what_is_made_has_the_colors_of_the_photograph(network: Session, style: int) -> None:
    given = np.eye(2)[style]
    made = np.concatenate([network.run(feeds(tuple(given), seed))["image"][0] for seed in range(8)], axis=2)
    real = photograph(style).transpose(2, 0, 1)
    shares = np.linspace(0.02, 0.98, 25)
    for channel in range(3):
        gap = np.abs(np.quantile(made[channel], shares) - np.quantile(real[channel], shares))
        assert gap.max() < 0.05, channel  # a plain mean of the pieces is off by 0.1 and more


def test_a_patch_alone_is_a_piece_of_the_photograph(network: Session, examples: list[Example]) -> None:
    # All patches show the same place, so there is nothing to blend but what lies one cell further on.
    given = feeds(rows=1, columns=1)
    given["patches"][:] = 0
    given["patches"][0, [0, 1, 5, 6]] = 0.25
    made = network.run(given)["image"][0].transpose(1, 2, 0)
    # The middle patch has its place half a cell above and a whole one to the left of its own.
    near = made[46:50, 30:34]
    place = SIDE // 4 + 46, SIDE // 4 + 62
    real = photograph(0)[place[0] : place[0] + 4, place[1] : place[1] + 4]
    assert np.abs(near - real).mean() < 0.06


def test_no_edge_of_a_block_is_seen(tmp_path: Path) -> None:
    y, x = np.mgrid[:SIDE, :SIDE] * 2 * np.pi / SIDE
    slow = np.stack((np.sin(x) + np.cos(2 * y), np.cos(x + y), np.sin(2 * x - y)), axis=-1) / 5 + 0.5
    (tmp_path / "slow.onnx").write_bytes(graph.model([example.fitted(slow)], [3.0], {}))
    network = Session(tmp_path / "slow.onnx", 1)
    made = np.concatenate([network.run(feeds((1,), seed))["image"] for seed in range(4)])
    for axis, cell in ((2, 96), (3, 64)):
        steps = np.abs(np.roll(made, -1, axis) - made).mean(axis=tuple({0, 1, 2, 3} - {axis}))
        folded = steps.reshape(-1, cell).mean(axis=0)
        beside = np.maximum(np.roll(folded, 1), np.roll(folded, -1))
        assert (folded < 1.5 * beside).all()


def test_half_a_morph_lies_between_both_photographs(network: Session) -> None:
    a, b, half = (network.run(feeds(style))["image"].mean() for style in ((1, 0), (0, 1), (0.5, 0.5)))
    assert min(a, b) - 0.02 < half < max(a, b) + 0.02
    near = network.run(feeds((0.999, 0.001)))["image"] - network.run(feeds((1, 0)))["image"]
    assert np.abs(near).mean() < 0.01


def test_shares_on_either_side_of_a_half_lead_to_nearly_the_same(network: Session) -> None:
    # The larger share comes first in the graph: nothing may jump where they change places.
    a, b = (network.run(feeds((0.5 + n, 0.5 - n)))["image"] for n in (-0.001, 0.001))
    assert np.abs(a - b).max() < 0.03


def test_a_photograph_that_does_not_wrap_is_joined_without_a_seam() -> None:
    side = SIDE + JOIN
    ramp = np.linspace(0.2, 0.8, side)[None, :, None] + 0.1 * photograph(3, side)
    one = example.fitted(np.clip(ramp, 0, 1))
    blocks = example.basis() @ (one.coefficients[0].reshape(64, -1) * one.steps[0][:, None])
    made = blocks.reshape(8, 8, 64, 64).transpose(2, 0, 3, 1).reshape(SIDE, SIDE)
    for axis in (0, 1):
        steps = np.abs(np.roll(made, -1, axis) - made).mean(axis=1 - axis)
        assert steps[-1] < 3 * np.median(steps)  # cut off, the ramp jumps over the whole range


@pytest.mark.parametrize("what", ["one color", "two colors", "gray"])
def test_poor_photographs_become_examples(what: str) -> None:
    picture = np.full((SIDE, SIDE, 3), 0.4)
    if what == "two colors":
        picture[: SIDE // 3] = (0.9, 0.1, 0.0)
    if what == "gray":
        picture = np.repeat(photograph(1)[..., :1], 3, axis=2)
    one = example.fitted(picture)
    assert np.isfinite(one.tables).all()
    middle = one.colors @ one.tables[:, len(one.tables[0]) // 2]
    assert ((middle > -0.05) & (middle < 1.05)).all()


def test_the_same_photograph_gives_the_same_bytes(examples: list[Example]) -> None:
    again = example.fitted(photograph(0))
    assert graph.model(examples[:1], [6.0], {}) == graph.model([again], [6.0], {})


def test_what_is_written_is_valid_and_reads_back(tmp_path: Path) -> None:
    g, path = Graph(), tmp_path / "small.onnx"
    weights = np.arange(6, dtype=np.float32).reshape(2, 3)
    g.named("out", "Clip", g("Add", g("MatMul", "in", weights), -0.5), 0.0, 4.0)
    path.write_bytes(g.model("small", {"in": (1, "n")}, {"out": (1, 3)}, {"key": "värde"}))
    proto = onnx.load(path)
    onnx.checker.check_model(proto)
    assert np.array_equal(numpy_helper.to_array(proto.graph.initializer[0]), weights)
    assert metadata.metadata(path) == {"key": "värde"}
    read = reader.read(path)
    assert [node.op for node in read.nodes] == ["MatMul", "Add", "Clip"]
    assert Session(path, 1).run({"in": np.ones((1, 2), np.float32)})["out"].tolist() == [[2.5, 4.0, 4.0]]


@given(st.floats(20, 6000), st.sampled_from([144, 250]))
def test_cells_are_even_and_near_their_usual_size(length: float, usual: int) -> None:
    count, size = cells_of(length, usual)
    assert count >= 1
    assert size % 2 == 0
    assert abs(count * size - length) <= count + 1e-6  # half a px a cell and side, at most
    if length > 3 * usual:
        assert 0.75 * usual < size < 1.35 * usual


@pytest.mark.parametrize(("height", "width"), [(1080, 1920), (720, 1280), (2160, 3840), (540, 960), (512, 512)])
def test_usual_frames_are_whole_cells(height: int, width: int) -> None:
    for side, usual in ((height, 250), (width, 144)):
        count, size = cells_of(side, usual)
        assert count * size == side


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(3, 6), st.tuples(st.integers(-2, 2), st.integers(-2, 2)))
def test_pieces_come_round_and_never_jump(seed: int, keys: int, drift: tuple[int, int]) -> None:
    pieces = Pieces(seed, 2, 3, 4, keys, drift)
    for t in (0.0, 0.3, 1.75):
        assert np.array_equal(pieces.at(t + keys), np.roll(pieces.at(t), drift, axis=(1, 2)))
    made = np.stack([pieces.at(n / 50) for n in range(100)]).reshape(100, 2, 5, 3, 4)
    replaced = np.diff(made[:, :, 2], axis=0) != 0
    assert replaced.any()
    # A new piece takes the place of the old one when that is all there is, and nothing is seen of the next one yet.
    assert made[:-1, :, 4][replaced].min() > 0.96
    assert made[1:, :, 4][replaced].max() < 0.04
    assert np.array_equal(made[:-1, :, 2][replaced], made[1:, :, 0][replaced])


def test_what_stands_still_shows_whole_pieces() -> None:
    assert (Pieces(1, 2, 3, 4, still=True).at(0.0).reshape(2, 5, 3, 4)[:, 4] == 0).all()
    busy = [(Pieces(1, 2, 30, 40).at(t).reshape(2, 5, 30, 40)[:, 4] % 1 > 0).mean() for t in np.arange(0, 1, 0.05)]
    assert 0.25 < min(busy) <= max(busy) < 0.6  # as many are changing at any time, or the picture would pulse
