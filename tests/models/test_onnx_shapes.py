"""Sizes that are worked out before anything runs are those that the runtime arrives at; bombs are refused unlit."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import numpy_helper

from models.errors import LatentStripsError, TooLarge
from models.importing import roles
from models.importing.trial import feeds, tried
from models.inference.session import Session
from models.library.catalog import Entry
from models.onnx import reader
from models.onnx.shapes.estimate import _RULES, estimate
from tests.helpers.fuzz import fuzz
from tests.helpers.net import FLOAT, HALF, INT64, Net
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


@pytest.mark.one_python
@pytest.mark.parametrize("cells", [(3, 4), (34, 60)])
def test_a_shipped_generator_of_any_size(texture: Entry, cells: tuple[int, int]) -> None:
    graph = reader.read(texture.path)
    sizes = {}
    px = {"cell_rows": 250, "cell_columns": 144}  # what of patches may be of any size, too
    for port in texture.card.inputs:
        n = 1 if port.role == "patch_field" else texture.card.stride // port.stride
        sizes[port.name] = (
            (1, port.channels, cells[0] * n, cells[1] * n)
            if port.role in ("latent_field", "waves", "patch_field")
            else (1, px.get(port.role, port.channels))
        )
    found = estimate(graph, sizes, 8 * GIGABYTE)
    (output,) = texture.card.outputs
    stride = tuple(px.values()) if texture.card.ports("patch_field") else (texture.card.stride,) * 2
    sides = (cells[0] * stride[0], cells[1] * stride[1])
    assert not found.unknown
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


#: Types by their numbers in ONNX, and what the runtime's array takes for one number.
WIDTHS = {
    onnx.TensorProto.DOUBLE: 8, onnx.TensorProto.INT64: 8, onnx.TensorProto.FLOAT: 4, onnx.TensorProto.INT32: 4,
    onnx.TensorProto.INT8: 1, onnx.TensorProto.UINT8: 1, onnx.TensorProto.BOOL: 1, onnx.TensorProto.INT16: 2,
    onnx.TensorProto.UINT16: 2, onnx.TensorProto.UINT32: 4, onnx.TensorProto.UINT64: 8,
}  # fmt: skip


def test_what_is_larger_than_any_float_is_refused_too(tmp_path: Path) -> None:
    net = Net()
    net.output(net.node("ConstantOfShape", ints(net, *[2**62] * 20)), FLOAT, None)
    with pytest.raises(TooLarge, match=r"needs [\d.]{1,20} GB of memory at the operation ConstantOfShape"):
        estimate(reader.read(net.save(tmp_path / "bomb.onnx")), {}, GIGABYTE)


@pytest.mark.parametrize("kind", WIDTHS, ids=onnx.TensorProto.DataType.Name)
def test_numbers_count_as_what_they_take(kind: int, tmp_path: Path) -> None:
    def cast(net: Net) -> str:
        return net.node("Expand", net.node("Cast", net.input("x", FLOAT, [1]), to=kind), ints(net, 50, 1000))

    def weight(net: Net) -> str:
        net.input("x", FLOAT, [1])
        kept = net.weight(values=np.ones(1, onnx.helper.tensor_dtype_to_np_dtype(kind)))
        return net.node("Expand", kept, ints(net, 50, 1000))

    for number, build in enumerate((cast, weight)):
        net = Net()
        net.output(build(net), kind, None)
        path = net.save(tmp_path / f"{number}.onnx")
        found = estimate(reader.read(path), {"x": (1,)}, GIGABYTE)
        (array,) = Session(path, 1).run({"x": np.ones(1, np.float32)}).values()
        assert found.unknown == 0
        assert found.largest == array.nbytes == 50_000 * WIDTHS[kind]


def test_half_floats_count_as_what_the_processor_makes_of_them(tmp_path: Path) -> None:
    net = Net(dtype=np.float16)
    net.output(net.node("Expand", net.input("x", HALF, [1]), ints(net, 1000)), HALF, None)
    assert estimate(reader.read(net.save(tmp_path / "half.onnx")), {"x": (1,)}, GIGABYTE).largest == 4000


@pytest.mark.parametrize(
    ("kind", "width"),
    [(onnx.TensorProto.STRING, 32), (onnx.TensorProto.BFLOAT16, 4), (onnx.TensorProto.COMPLEX128, 16)],
    ids=["texts", "brain floats", "complex numbers"],
)
def test_what_no_array_holds_counts_as_what_the_runtime_takes(kind: int, width: int, tmp_path: Path) -> None:
    net = Net()
    net.output(net.node("Expand", net.node("Cast", net.input("x", FLOAT, [1]), to=kind), ints(net, 1000)), kind, None)
    assert estimate(reader.read(net.save(tmp_path / "odd.onnx")), {"x": (1,)}, GIGABYTE).largest == width * 1000


def test_doubles_are_refused_where_floats_are_not(tmp_path: Path) -> None:
    for kind, refused in ((FLOAT, False), (onnx.TensorProto.DOUBLE, True)):
        net = Net()
        net.node("ReduceMax", net.node("RandomNormal", shape=[100_000_000], dtype=kind), keepdims=0, name="y")
        net.output("y", kind, [])
        graph = reader.read(net.save(tmp_path / "random.onnx"))
        with pytest.raises(TooLarge) if refused else nullcontext():
            estimate(graph, {}, GIGABYTE // 2)


def test_operations_without_what_they_need_are_counted_as_unknown(tmp_path: Path) -> None:
    """Whatever an operation lacks or has too much of: the runtime says what is wrong, and nothing else does."""
    rules = sorted(_RULES)
    for op in (*rules, "Einsum"):
        for count in range(4):
            net = Net()
            net.weight(values=np.ones((1, 2, 4, 4), np.float32))
            net.weight(values=np.ones(2, np.int64))
            net.node(op, *["w0", "w1", ""][:count], name="y")
            net.output("y", FLOAT, None)
            estimate(reader.read(net.save(tmp_path / "odd.onnx")), {}, GIGABYTE)
    assert len(rules) > 100


SMALL = st.integers(-3, 5) | st.sampled_from([2**31, 2**63 - 1, -(2**63)])
VALUES = st.one_of(
    st.lists(SMALL, max_size=5).map(lambda some: np.array(some, np.int64)),
    st.lists(st.floats(width=32), max_size=4).map(lambda some: np.array(some, np.float32)),
    st.lists(st.integers(0, 5), max_size=5).map(lambda size: np.zeros(size, np.float32)),
    st.sampled_from([np.float64("nan"), np.int64(3), np.array([[True]]), np.uint8(7)]),
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from([
        "kernel_shape", "strides", "dilations", "pads", "auto_pad", "output_padding", "output_shape", "ceil_mode",
        "group", "axis", "axes", "keepdims", "to", "shape", "dtype", "perm", "starts", "ends", "split", "scales",
        "blocksize", "start", "end", "allowzero", "value", "value_int", "value_floats", "transA", "min", "max",
    ]),
    SMALL | st.lists(SMALL, min_size=1, max_size=4) | st.floats(width=32) | st.sampled_from(["SAME_UPPER", "nonsense"])
    | VALUES.map(numpy_helper.from_array),
    max_size=4,
)  # fmt: skip
NODES = st.lists(
    st.tuples(
        st.sampled_from([*sorted(_RULES), "Einsum", "TopK"]), st.lists(st.integers(-1, 12), max_size=5), ATTRIBUTES,
        st.integers(0, 3),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@fuzz(150)
@given(
    nodes=NODES,
    weights=st.lists(VALUES, min_size=1, max_size=4),
    shape=st.lists(st.sampled_from([-1, 1, 2, 3, 4, 32, 64]), max_size=5),
)
def test_any_graph_is_understood_or_is_a_named_error(
    nodes: Any, weights: Any, shape: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    net = Net()
    names = ["", net.input("z", FLOAT, ["n" if side < 0 else side for side in shape])]
    names += [net.weight(values=values) for values in weights]
    for number, (op, inputs, attributes, more) in enumerate(nodes):
        outputs = [f"o{number}_{place}" for place in range(more)]
        net.nodes.append(onnx.helper.make_node(op, [names[place % len(names)] for place in inputs], outputs))
        net.nodes[-1].attribute.extend(onnx.helper.make_attribute(key, value) for key, value in attributes.items())
        names += outputs
    net.output(names[-1] or "z", FLOAT, None)
    path = net.save(tmp_path_factory.getbasetemp() / "any.onnx")
    with suppress(LatentStripsError):
        graph = reader.read(path)
        estimate(graph, {}, GIGABYTE)
        estimate(graph, {"z": tuple(max(side, 1) for side in shape)}, GIGABYTE)
        guess = roles.infer(graph)
        tried(guess, lambda given: {port.name: np.ones((1, 3, 8, 8), np.float32) for port in guess.outputs})


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
