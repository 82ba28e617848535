"""Operations that sum over axes, or reduce them otherwise: products of matrices, means, largest values."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..graph import Node
from .known import Known, Rules, Shape, attribute, broadcast

RULES = Rules()


@RULES.of("Gemm")
def _gemm(known: Known, node: Node) -> Sequence[Shape | None]:
    a, b = known.shape(node), known.shape(node, 1)
    return [(a[1] if attribute(node, "transA", 0) else a[0], b[0] if attribute(node, "transB", 0) else b[1])]


@RULES.of("MatMul")
def _matmul(known: Known, node: Node) -> Sequence[Shape | None]:
    a, b = known.shape(node), known.shape(node, 1)
    left, right = (1, *a) if len(a) == 1 else a, (*b, 1) if len(b) == 1 else b
    rest = broadcast([left[:-2], right[:-2]]) if len(left) > 2 or len(right) > 2 else ()
    return [(*rest, *(left[-2:-1] if len(a) > 1 else ()), *(right[-1:] if len(b) > 1 else ()))]


@RULES.of(
    "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare",
    "ReduceLogSumExp", "ArgMax", "ArgMin",
)  # fmt: skip
def _reduce(known: Known, node: Node) -> Sequence[Shape | None]:
    size = known.shape(node)
    if node.op.startswith("Arg"):
        axes = [attribute(node, "axis", 0)]
    elif "axes" in node.attributes or known.given(node, 1):
        axes = known.ints(node, 1, "axes")
    else:
        axes = [] if attribute(node, "noop_with_empty_axes", 0) else list(range(len(size)))
    gone, keep = {axis % len(size) for axis in axes}, attribute(node, "keepdims", 1)
    if node.op == "ReduceProd" and node.inputs[0] in known.values:
        known.set(node, [math.prod(known.values[node.inputs[0]])])
    return [tuple(1 if place in gone else n for place, n in enumerate(size) if keep or place not in gone)]
