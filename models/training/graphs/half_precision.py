"""Weights stored in half precision: half the file, for networks whose last digits say nothing. They still run whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

#: Smaller weights are left whole.
SMALL = 1000
#: Digits that are enough for pictures of 256 steps.
PICTURES = 7


def halve(graph: onnx.GraphProto, digits: int = 10) -> None:
    """Store large weights in half precision; a node in front of their use makes them whole again.

    Of their 10 binary digits behind the first, `digits` are kept: with 7, a weight is off by 0.4 % at most, and the
    file takes a seventh less of a zip.
    """
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) > SMALL:
            name = tensor.name
            half = numpy_helper.from_array(_short(numpy_helper.to_array(tensor), digits), f"{name}_half")
            tensor.CopyFrom(half)
            casts.append(helper.make_node("Cast", [half.name], [name], name=f"{name}_whole", to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def _short(values: npt.NDArray[np.float32], digits: int) -> npt.NDArray[np.float16]:
    """`values` in half precision, with so many binary digits behind the first."""
    rest = np.uint16(1 << (10 - digits))
    bits = values.astype(np.float16).view(np.uint16)
    return ((bits + rest // 2) // rest * rest).view(np.float16)


@torch.no_grad()
def rounded(module: nn.Module) -> None:
    """Round a network's large weights to what `halve` keeps of them, so that the file is what was measured."""
    for weight in module.parameters():
        if weight.numel() > SMALL:
            weight.copy_(weight.half().float())
