"""Count the arithmetic of an ONNX network from the shapes in its graph."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path

import onnx


def count(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Floating-point operations of one run with inputs of `shapes`; a multiplication and its addition are two.

    Counts convolutions and matrix products, which are over 95 % of a convolutional network. Raises ValueError when a
    shape that is needed doesn't follow from those given.
    """
    model = onnx.load(str(path))
    graph = model.graph
    del graph.value_info[:]  # the exporter's, with symbols for sizes
    for value in graph.input:
        for dimension, size in zip(value.type.tensor_type.shape.dim, shapes[value.name], strict=True):
            dimension.dim_value = size
    for value in graph.output:
        value.type.tensor_type.ClearField("shape")
    graph = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph

    known = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        known[value.name] = tuple(dimension.dim_value for dimension in value.type.tensor_type.shape.dim)

    def shape(name: str) -> tuple[int, ...]:
        found = known.get(name, ())
        if not found or 0 in found:
            raise ValueError(f"{path.name}: the shape of {name!r} doesn't follow from the inputs' shapes.")
        return found

    total = 0
    for node in graph.node:
        if node.op_type == "Conv":
            total += 2 * prod(shape(node.output[0])) * prod(shape(node.input[1])[1:])
        elif node.op_type in ("Gemm", "MatMul"):
            inner = shape(node.input[0])[0 if _flag(node, "transA") else -1]
            total += 2 * prod(shape(node.output[0])) * inner
    return total


def _flag(node: onnx.NodeProto, name: str) -> bool:
    return any(attribute.name == name and attribute.i for attribute in node.attribute)
