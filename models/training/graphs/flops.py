"""Count the arithmetic of an ONNX network from the shapes in its graph."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path

import numpy as np
import onnx
import onnxruntime


def count(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Floating-point operations of one run with inputs of `shapes`; a multiplication and its addition are two.

    Counts convolutions and matrix products, which are over 95 % of a convolutional network. Where their shapes don't
    follow from those given, the network is run once to see.
    """
    model = onnx.load(str(path))
    del model.graph.value_info[:]  # the exporter's, with symbols for sizes
    try:
        known = _inferred(model, shapes)
    except ValueError:
        known = {}
    needed = {name for node in _counted(model) for name in (node.input[0], node.input[1], node.output[0])}
    if any(0 in known.get(name, (0,)) for name in needed):
        known = _seen(onnx.load(str(path)), shapes, needed)

    total = 0
    for node in _counted(model):
        if node.op_type == "Conv":
            total += 2 * prod(known[node.output[0]]) * prod(known[node.input[1]][1:])
        else:
            inner = known[node.input[0]][0 if _flag(node, "transA") else -1]
            total += 2 * prod(known[node.output[0]]) * inner
    return total


def _counted(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    return [node for node in model.graph.node if node.op_type in ("Conv", "Gemm", "MatMul")]


def _inferred(model: onnx.ModelProto, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Return the shapes that follow from those of the inputs; a side that doesn't follow is 0."""
    for value in model.graph.input:
        for dimension, size in zip(value.type.tensor_type.shape.dim, shapes[value.name], strict=True):
            dimension.dim_value = size
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")
    graph = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    known = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        known[value.name] = tuple(dimension.dim_value for dimension in value.type.tensor_type.shape.dim)
    return known


def _seen(model: onnx.ModelProto, shapes: Mapping[str, tuple[int, ...]], names: set[str]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the named values in a run, for what doesn't follow without one."""
    known = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    wanted = sorted(names - known.keys() - shapes.keys())
    outputs = {value.name for value in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted if name not in outputs)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    values = session.run(wanted, {name: np.full(sides, 0.5, np.float32) for name, sides in shapes.items()})
    return known | dict(shapes) | {name: value.shape for name, value in zip(wanted, values, strict=True)}


def _flag(node: onnx.NodeProto, name: str) -> bool:
    return any(attribute.name == name and attribute.i for attribute in node.attribute)
