"""Write a small ONNX network by hand: random weights, a node a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, HALF, INT64, INT32, UINT8, BOOL = (
    TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64, TensorProto.INT32, TensorProto.UINT8, TensorProto.BOOL,
)  # fmt: skip


class Net:
    """A graph that is written down node by node."""

    def __init__(self, seed: int = 0, dtype: Any = np.float32) -> None:
        self.rng = np.random.default_rng(seed)
        self.dtype = dtype
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, kind: int, shape: Sequence[int | str]) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name: str, kind: int, shape: Sequence[int | str] | None) -> None:
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def weight(self, *shape: int, values: Any = None) -> str:
        name = f"w{len(self.weights)}"
        spread = 1 / np.sqrt(max(1, np.prod(shape[1:])))
        made = (self.rng.standard_normal(shape) * spread).astype(self.dtype) if values is None else np.asarray(values)
        self.weights.append(numpy_helper.from_array(made, name))
        return name

    def node(self, op: str, *inputs: str, name: str = "", domain: str = "", **attributes: Any) -> str:
        name = name or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], domain=domain, **attributes))
        return name

    def up(self, x: str, channels: int, out: int) -> str:
        """Twice the size, by a transposed convolution as DCGAN has it."""
        w = self.weight(channels, out, 4, 4)
        return self.node("ConvTranspose", x, w, strides=[2, 2], pads=[1, 1, 1, 1], kernel_shape=[4, 4])

    def model(self, opset: int = 17, ir: int = 8, **more: Any) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, "g", self.inputs, self.outputs, self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir, **more)

    def save(self, path: Path, **more: Any) -> Path:
        path.write_bytes(self.model(**more).SerializeToString())
        return path
