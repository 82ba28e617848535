"""Sizes that are worked out before anything runs are those that the runtime arrives at; bombs are refused unlit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.errors import TooLarge
from models.importing import roles
from models.importing.trial import feeds
from models.inference.session import Session
from models.library.catalog import Entry
from models.onnx import reader
from models.onnx.shapes.estimate import estimate
from tests.helpers.net import FLOAT, INT64, Net
from tests.helpers.third_party import GENERATORS
from tests.helpers.third_party_footage import OTHERS

EVERY = GENERATORS | {name: build for name, (build, _) in OTHERS.items()}
GIGABYTE = 2**30


@pytest.mark.parametrize("name", EVERY)
def test_outputs_have_the_sizes_that_were_worked_out(name: str, tmp_path: Path) -> None:
    path = EVERY[name](tmp_path / "model.onnx")
    graph = reader.read(path)
    inputs = feeds(roles.infer(graph), 0)
    found = estimate(graph, {key: array.shape for key, array in inputs.items()}, GIGABYTE)
    assert found.unknown == 0
    for output, array in Session(path, 1).run(inputs).items():
        assert found.shapes[output] == np.shape(array)


@pytest.mark.parametrize("cells", [(3, 4), (34, 60)])
def test_a_shipped_generator_of_any_size(texture: Entry, cells: tuple[int, int]) -> None:
    graph = reader.read(texture.path)
    sizes = {}
    for port in texture.card.inputs:
        n = texture.card.stride // port.stride
        sizes[port.name] = (
            (1, port.channels, cells[0] * n, cells[1] * n)
            if port.role in ("latent_field", "waves")
            else (1, port.channels)
        )
    found = estimate(graph, sizes, 8 * GIGABYTE)
    (output,) = texture.card.outputs
    sides = (cells[0] * texture.card.stride, cells[1] * texture.card.stride)
    assert found.shapes[output.name] == (1, output.channels, *sides)
    assert found.peak > np.prod(found.shapes[output.name]) * 4


def ints(net: Net, *values: int) -> str:
    return net.weight(values=np.array(values, np.int64))


def test_whole_numbers_are_divided_as_the_runtime_does(tmp_path: Path) -> None:
    """A size that is worked out: (−7 / 2) + 10, which is 7 without what is left over, and 6 if rounded down."""
    net = Net()
    size = net.node("Add", net.node("Div", ints(net, -7), ints(net, 2)), ints(net, 10))
    net.output(net.node("ConstantOfShape", size), FLOAT, (None,))
    path = net.save(tmp_path / "model.onnx")
    (name,) = Session(path, 1).run({})
    assert estimate(reader.read(path), {}, GIGABYTE).shapes[name] == (7,)
    assert Session(path, 1).run({})[name].shape == (7,)


def constant_of_shape(net: Net) -> str:
    return net.node("ConstantOfShape", ints(net, 200_000_000))


def expand(net: Net) -> str:
    return net.node("Expand", net.weight(1, 1), ints(net, 20_000, 20_000))


def tile(net: Net) -> str:
    return net.node("Tile", net.weight(8, 8), ints(net, 4000, 4000))


def count(net: Net) -> str:
    zero, many, one = (net.weight(values=np.float32(value)) for value in (0, 1e9, 1))
    return net.node("Range", zero, many, one)


def broadcast(net: Net) -> str:
    return net.node("Add", net.weight(30_000, 1), net.weight(1, 30_000))


def outer(net: Net) -> str:
    return net.node("MatMul", net.weight(30_000, 1), net.weight(1, 30_000))


def random(net: Net) -> str:
    return net.node("RandomNormal", shape=[30_000, 30_000])


def resize(net: Net) -> str:
    return net.node("Resize", net.weight(1, 1, 8, 8), "", net.weight(values=np.array([1, 1, 9999, 9999], np.float32)))


def pad(net: Net) -> str:
    return net.node("Pad", net.weight(8, 8), ints(net, 10**6, 10**6, 10**6, 10**6))


def step_by_step(net: Net) -> str:
    """Each operation is innocent alone."""
    size = net.node("Mul", net.node("Shape", net.weight(100, 300)), ints(net, 100))
    return net.node("ConstantOfShape", size)


def million_millions(net: Net) -> str:
    return net.node("ConstantOfShape", ints(net, 10**6, 10**6))


def overflow(net: Net) -> str:
    return net.node("ConstantOfShape", ints(net, 2**62, 2**62))


BOMBS = [
    constant_of_shape,
    expand,
    tile,
    count,
    broadcast,
    outer,
    random,
    resize,
    pad,
    step_by_step,
    million_millions,
    overflow,
]


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__)
def test_a_small_file_that_unpacks_to_much_is_refused(bomb: Callable[[Net], str], tmp_path: Path) -> None:
    net = Net()
    net.node("ReduceMax", bomb(net), keepdims=0, name="y")
    net.output("y", FLOAT, [])
    graph = reader.read(net.save(tmp_path / "bomb.onnx"))
    with pytest.raises(TooLarge, match=r"GB of memory at the operation .*; 0\.50 GB are allowed"):
        estimate(graph, {}, GIGABYTE // 2)


def test_a_picture_that_is_too_large_for_the_asked_size(tmp_path: Path) -> None:
    graph = reader.read(GENERATORS["latent_map"](tmp_path / "map.onnx"))
    assert estimate(graph, {"z": (1, 6, 64, 64)}, GIGABYTE).largest == 3 * 256 * 256 * 4
    with pytest.raises(TooLarge, match="Make the frame smaller"):
        estimate(graph, {"z": (1, 6, 8192, 8192)}, GIGABYTE)


def test_numbers_do_not_grow_without_an_end(tmp_path: Path) -> None:
    net = Net()
    n = net.weight(values=np.array([3], np.int64))
    for _ in range(3000):  # 3, 9, 81 … : the last one would have 10^900 digits
        n = net.node("Mul", n, n)
    none = net.weight(values=np.zeros((0, 2), np.float32))
    for _ in range(3000):
        none = net.node("Tile", none, net.weight(values=np.array([1, 2**40], np.int64)))
    net.node("ConstantOfShape", n, name="y")
    net.output("y", FLOAT, None)
    found = estimate(reader.read(net.save(tmp_path / "tower.onnx")), {}, GIGABYTE)
    assert found.shapes["y"] is None
    assert found.unknown > 0


def test_what_is_freed_is_not_counted_twice(tmp_path: Path) -> None:
    net = Net()
    x = net.input("x", FLOAT, [1, 1000])
    for _ in range(100):
        x = net.node("Relu", x)
    net.node("Relu", x, name="y")
    net.output("y", FLOAT, [1, 1000])
    found = estimate(reader.read(net.save(tmp_path / "long.onnx")), {"x": (1, 1000)}, GIGABYTE)
    assert found.peak == 2 * 4000


def test_unknown_operations_are_counted_not_guessed(tmp_path: Path) -> None:
    net = Net()
    x = net.input("x", INT64, [4])
    net.node("Identity", net.node("Unique", x), name="y")
    net.output("y", INT64, None)
    found = estimate(reader.read(net.save(tmp_path / "odd.onnx")), {"x": (4,)}, GIGABYTE)
    assert found.unknown == 2
    assert found.shapes["y"] is None
