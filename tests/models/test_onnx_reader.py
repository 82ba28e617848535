"""What a stranger's file is refused for, each with its own error, before a runtime sees it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from models.errors import (
    ControlFlow,
    CustomOperators,
    ExternalData,
    GeneratorRefused,
    MalformedGraph,
    NotOnnx,
    TooLarge,
    UnknownOpset,
)
from models.library.catalog import Entry
from models.onnx import reader, wire
from tests.helpers.fuzz import fuzz
from tests.helpers.net import FLOAT, Net
from tests.helpers.third_party import GENERATORS, dcgan
from tests.helpers.third_party_footage import OTHERS

EVERY = GENERATORS | {name: build for name, (build, _) in OTHERS.items()}


@pytest.mark.parametrize("name", EVERY)
def test_what_is_kept_is_what_onnx_itself_reads(name: str, tmp_path: Path) -> None:
    path = EVERY[name](tmp_path / "model.onnx")
    read, proto = reader.read(path), onnx.load(path).graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in proto.initializer}
    assert {name: tensor.shape for name, tensor in read.weights.items()} == {n: a.shape for n, a in weights.items()}
    for name_, tensor in read.weights.items():
        assert tensor.bytes == weights[name_].nbytes
        if tensor.values is not None:
            assert np.array_equal(tensor.values, weights[name_].ravel())
    assert [t.name for t in read.inputs] == [v.name for v in proto.input if v.name not in weights]
    assert [t.name for t in read.outputs] == [v.name for v in proto.output]
    for tensor, value in zip(read.outputs, proto.output, strict=True):
        dims = value.type.tensor_type.shape.dim
        if value.type.tensor_type.HasField("shape"):
            assert tensor.shape == tuple(d.dim_value if d.dim_value > 0 else -1 for d in dims)
    assert [(n.op, list(n.inputs)) for n in read.nodes] == [(n.op_type, list(n.input)) for n in proto.node]


def test_a_generator_that_ships_passes(entry: Entry) -> None:
    graph = reader.read(entry.path)
    assert graph.opset == 20
    assert not graph.control_flow


def small(**more: Any) -> onnx.ModelProto:
    net = Net()
    net.node("Relu", net.input("x", FLOAT, [1, 4]), name="y")
    net.output("y", FLOAT, [1, 4])
    return net.model(**more)


def external(model: onnx.ModelProto) -> None:
    weight = model.graph.initializer.add(name="w", data_type=FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    weight.external_data.add(key="location", value="../../etc/passwd")


def external_in_a_constant(model: onnx.ModelProto) -> None:
    tensor = TensorProto(data_type=FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="/etc/passwd")
    model.graph.node.append(helper.make_node("Constant", [], ["c"], value=tensor))


def custom(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("Shell", ["x"], ["s"], domain="com.evil"))


def contributed(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("FusedConv", ["x"], ["s"], domain="com.microsoft"))


def functions(model: onnx.ModelProto) -> None:
    body = [helper.make_node("Relu", ["a"], ["b"])]
    model.functions.append(helper.make_function("local", "f", ["a"], ["b"], body, [helper.make_opsetid("", 17)]))


def sparse(model: onnx.ModelProto) -> None:
    model.graph.sparse_initializer.add()


def branch(model: onnx.ModelProto) -> None:
    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["i"])], "b", [], [helper.make_tensor_value_info("i", FLOAT, None)]
    )
    model.graph.input.append(helper.make_tensor_value_info("c", TensorProto.BOOL, []))
    model.graph.node.append(helper.make_node("If", ["c"], ["z"], then_branch=graph, else_branch=graph))


def hidden_branch(model: onnx.ModelProto) -> None:
    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["i"])], "b", [], [helper.make_tensor_value_info("i", FLOAT, None)]
    )
    model.graph.node.append(helper.make_node("Relu", ["x"], ["z"], body=graph))


def twice(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("Relu", ["x"], ["y"]))


def twice_a_weight(model: onnx.ModelProto) -> None:
    for _ in range(2):
        model.graph.initializer.append(numpy_helper.from_array(np.zeros(1, np.float32), "w"))


def circle(model: onnx.ModelProto) -> None:
    model.graph.node.extend([helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"])])


def from_nowhere(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("Relu", ["nothing"], ["z"]))


def lost_output(model: onnx.ModelProto) -> None:
    model.graph.output.append(helper.make_tensor_value_info("never", FLOAT, [1]))


def empty(model: onnx.ModelProto) -> None:
    del model.graph.node[:]
    del model.graph.output[:]


def long_name(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("Relu", ["x"], ["n" * 1_000_000]))


def no_text(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("Relu", ["x"], ["QQQQ"]))  # spoiled when written


def odd_dims(model: onnx.ModelProto) -> None:
    model.graph.initializer.add(name="w", data_type=FLOAT, dims=[-4])


def short_weight(model: onnx.ModelProto) -> None:
    model.graph.initializer.add(name="w", data_type=FLOAT, dims=[1000], raw_data=b"1234")


def hollow_weight(model: onnx.ModelProto) -> None:
    model.graph.initializer.add(name="w", data_type=FLOAT, dims=[10**6])


def huge_weights(model: onnx.ModelProto) -> None:
    model.graph.initializer.add(name="w", data_type=FLOAT, dims=[10**6, 10**6], float_data=[0.0])


def many_dimensions(model: onnx.ModelProto) -> None:
    model.graph.initializer.add(name="w", data_type=FLOAT, dims=[1] * 100, float_data=[0.0])


def many_plugs(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("Concat", ["x"] * 5000, ["z"], axis=0))


REFUSED: list[tuple[Callable[[onnx.ModelProto], None], type[GeneratorRefused], str]] = [
    (external, ExternalData, "keeps its weights in other files.*external_data=False"),
    (external_in_a_constant, ExternalData, "keeps its weights in other files"),
    (custom, CustomOperators, r"'Shell' of 'com\.evil'"),
    (contributed, CustomOperators, r"'FusedConv' of 'com\.microsoft'"),
    (functions, CustomOperators, "functions of its own"),
    (sparse, CustomOperators, "sparse weights"),
    (branch, ControlFlow, "contains If, and so what it does is decided only as it runs"),
    (hidden_branch, ControlFlow, "hides a graph in the operation 'Relu'"),
    (twice, MalformedGraph, "computes 'y' twice"),
    (twice_a_weight, MalformedGraph, "weights of the same name"),
    (circle, MalformedGraph, "runs in a circle"),
    (from_nowhere, MalformedGraph, "'nothing', which nothing computes"),
    (lost_output, MalformedGraph, "never computes its output 'never'"),
    (empty, MalformedGraph, "computes nothing"),
    (long_name, MalformedGraph, "a name of 1000000 bytes"),
    (no_text, MalformedGraph, "not UTF-8"),
    (odd_dims, MalformedGraph, "a negative size"),
    (short_weight, MalformedGraph, "do not fill its shape"),
    (hollow_weight, MalformedGraph, "without numbers"),
    (huge_weights, TooLarge, "weights of more than 4 GB"),
    (many_dimensions, MalformedGraph, "too many dimensions"),
    (many_plugs, TooLarge, "more than 4096 inputs"),
]


@pytest.mark.parametrize(("spoil", "error", "says"), REFUSED, ids=[spoil.__name__ for spoil, _, _ in REFUSED])
def test_refused(
    spoil: Callable[[onnx.ModelProto], None], error: type[GeneratorRefused], says: str, tmp_path: Path
) -> None:
    model = small()
    spoil(model)
    path = tmp_path / "evil.onnx"
    path.write_bytes(model.SerializeToString().replace(b"QQQQ", b"\xff\xfe\xff\xfe"))
    with pytest.raises(error, match=rf"evil\.onnx: .*{says}") as caught:
        reader.read(path)
    assert type(caught.value) is error


def test_control_flow_is_read_when_the_user_allows_it(tmp_path: Path) -> None:
    model = small()
    branch(model)
    path = tmp_path / "branch.onnx"
    path.write_bytes(model.SerializeToString())
    assert reader.read(path, ["If"]).control_flow == {"If"}
    with pytest.raises(ControlFlow):
        reader.read(path, ["Loop"])


def test_what_an_allowed_branch_holds_is_checked_too(tmp_path: Path) -> None:
    model = small()
    branch(model)
    for attribute in model.graph.node[-1].attribute:
        attribute.g.node[0].domain = "com.evil"
    path = tmp_path / "branch.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(CustomOperators, match="evil"):
        reader.read(path, ["If"])


@pytest.mark.parametrize("opset", [1, 6, 29, 2**40, -1])
def test_unknown_operator_sets(opset: int, tmp_path: Path) -> None:
    model = small()
    model.opset_import[0].version = opset
    path = tmp_path / "new.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(UnknownOpset, match=f"operator set {opset}; 7 to 28"):
        reader.read(path)


def test_the_runtime_knows_the_operator_sets_that_are_let_through(tmp_path: Path) -> None:
    from models.inference.session import Session

    for opset in (reader.OPSETS[0], reader.OPSETS[-1]):
        path = tmp_path / f"{opset}.onnx"
        path.write_bytes(small(opset=opset).SerializeToString())
        x = np.full((1, 4), -1, np.float32)
        assert Session(path, 1).run({"x": x})["y"].tolist() == [[0, 0, 0, 0]]


def test_no_plain_file(tmp_path: Path) -> None:
    real = dcgan(tmp_path / "real.onnx")
    folder, link, hollow, gone = (tmp_path / name for name in ("folder.onnx", "link.onnx", "hollow.onnx", "gone.onnx"))
    folder.mkdir()
    hollow.touch()
    cases = [(folder, "folder or a device|can't be read"), (hollow, "is empty"), (gone, "can't be read")]
    if sys.platform != "win32":
        link.symlink_to(real)
        os.mkfifo(tmp_path / "pipe.onnx")
        cases += [(link, "is a link"), (tmp_path / "pipe.onnx", "folder or a device")]
    for path, says in cases:
        with pytest.raises(NotOnnx, match=says):
            reader.read(path)


def test_three_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "huge.onnx"
    with path.open("wb") as file:
        file.truncate(3 * 10**9)  # no byte of it is written
    with pytest.raises(TooLarge, match=r"3\.0 GB"):
        reader.read(path)


@pytest.mark.parametrize("data", [b"GIF89a" * 100, b"\x00" * 1000, b"RIFF" + b"x" * 99, b"\x80" * 100, b"\x08\x0a"])
def test_not_onnx_at_all(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "picture.onnx"
    path.write_bytes(data)
    with pytest.raises(NotOnnx, match=r"picture\.onnx: is not an ONNX"):
        reader.read(path)


def test_an_empty_weight_is_usual(tmp_path: Path) -> None:
    model = small()  # such as the region that Resize does not need
    model.graph.initializer.append(numpy_helper.from_array(np.zeros(0, np.float32), "roi"))
    path = tmp_path / "resize.onnx"
    path.write_bytes(model.SerializeToString())
    assert reader.read(path).weights["roi"].bytes == 0


def test_many_fields_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_FIELDS", 50)
    path = tmp_path / "many.onnx"
    path.write_bytes(b"\x08\x0a" * 100)
    with pytest.raises(TooLarge, match="more than 50 fields"):
        reader.read(path)


def test_a_truncated_file_is_never_taken(tmp_path: Path) -> None:
    whole = dcgan(tmp_path / "whole.onnx").read_bytes()
    path = tmp_path / "part.onnx"
    for size in range(1, len(whole), 97):
        path.write_bytes(whole[:size])
        with pytest.raises(GeneratorRefused):
            reader.read(path)


@fuzz(150)
@given(flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_spoiled_file_is_read_or_refused(
    flips: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "spoiled.onnx"
    data = bytearray(SPOILABLE)
    for place, value in flips:
        data[place % len(data)] = value
    path.write_bytes(data)
    with contextlib.suppress(GeneratorRefused):
        reader.read(path)


@fuzz(150)
@given(data=st.binary(min_size=1, max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.onnx"
    path.write_bytes(data)
    with pytest.raises(GeneratorRefused):
        reader.read(path)


SPOILABLE = small().SerializeToString()
