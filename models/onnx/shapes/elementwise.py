"""Operations that treat each number alone: the shape stays, or that of two is broadcast."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from ..graph import Node, Number
from .known import Known, Rules, Shape, attribute, broadcast

RULES = Rules()
_ROUNDING: dict[str, Callable[[Any], Number]] = {
    "Floor": math.floor, "Ceil": math.ceil, "Round": round, "Neg": operator.neg,
}  # fmt: skip


@RULES.of(
    "Relu", "LeakyRelu", "PRelu", "Tanh", "Sigmoid", "HardSigmoid", "HardSwish", "Clip", "Elu", "Selu", "Celu", "Gelu",
    "Mish", "Swish", "Softplus", "Softsign", "Exp", "Log", "Sqrt", "Neg", "Abs", "Sign", "Reciprocal", "Erf", "Sin",
    "Cos", "Tan", "Atan", "Identity", "Dropout", "BatchNormalization", "InstanceNormalization", "LayerNormalization",
    "GroupNormalization", "RMSNormalization", "LpNormalization", "LRN", "MeanVarianceNormalization", "Softmax",
    "LogSoftmax", "Hardmax", "Not", "IsNaN", "IsInf", "CumSum", "ThresholdedRelu", "Shrink", "RandomNormalLike",
    "RandomUniformLike", "EyeLike", "Bernoulli", "Trilu", "Floor", "Ceil", "Round", "Cast", "CastLike",
    "QuantizeLinear", "DequantizeLinear",
)  # fmt: skip
def _same(known: Known, node: Node) -> Sequence[Shape | None]:
    if node.op in ("Identity", "Cast", "Floor", "Ceil", "Round", "Neg") and node.inputs[0] in known.values:
        change = _ROUNDING.get(node.op)
        values = known.values[node.inputs[0]]
        if node.op == "Cast" and attribute(node, "to", 1) in (2, 3, 4, 5, 6, 7, 12, 13):
            change = int
        known.set(node, [change(value) for value in values] if change else values)
    return [known.shape(node)]


_MATH: dict[str, Callable[[Number, Number], Number]] = {
    "Add": operator.add, "Sub": operator.sub, "Mul": operator.mul, "Max": max, "Min": min,
}  # fmt: skip


@RULES.of(
    "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Max", "Min", "Sum", "Mean", "Where", "And", "Or", "Xor", "Equal",
    "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "BitShift",
)  # fmt: skip
def _broadcast(known: Known, node: Node) -> Sequence[Shape | None]:
    if len(node.inputs) == 2 and all(name in known.values for name in node.inputs):
        a, b = (known.values[name] for name in node.inputs)
        if len(a) == len(b) or 1 in (len(a), len(b)):
            count = max(len(a), len(b))
            pairs = list(zip(a * (count // len(a)), b * (count // len(b)), strict=True))
            if node.op in _MATH:
                known.set(node, [_MATH[node.op](x, y) for x, y in pairs])
            elif node.op == "Div" and all(isinstance(n, int) for pair in pairs for n in pair):
                known.set(node, [abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1) for x, y in pairs])  # as C does
            elif node.op == "Div":
                known.set(node, [x / y for x, y in pairs])
    return [broadcast([known.shape(node, place) for place in range(len(node.inputs))])]
