"""How many bytes a number takes, of each tensor of a graph: a double takes eight, a truth value one.

Most operations give numbers of the type of their first input. The tables say which do not (ONNX operators, 1.x).
"""

from __future__ import annotations

from ..graph import TYPES, Graph, Node, Tensor
from .known import Unknown, attribute

#: What a number takes of which nothing is known: the most that any real number does.
WIDEST = 8
#: What the runtime takes for a float of 16 bits: the processor computes with 32.
_HALVES = 4
#: What the runtime takes for a text, however short.
_TEXT = 32
_BYTES = dict(TYPES.values()) | {"float16": _HALVES, "bfloat16": _HALVES, "string": _TEXT}
#: Outputs that are always of one type, each in its place; the last one stands for all that follow.
_FIXED = {
    **dict.fromkeys(("Shape", "Size", "NonZero", "ArgMax", "ArgMin"), (8,)),
    **dict.fromkeys(("ConvInteger", "MatMulInteger"), (4,)),
    **dict.fromkeys(
        ("Not", "And", "Or", "Xor", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "IsNaN", "IsInf"), (1,)
    ),
    "QuantizeLinear": (2,), "DynamicQuantizeLinear": (1, 4, 1),
}  # fmt: skip
#: Outputs after the first that are of a type of their own.
_FURTHER = {"TopK": 8, "Unique": 8, "MaxPool": 8, "Dropout": 1}
#: Which input's type the outputs are of, where it isn't the first.
_FROM = {"Where": 1, "OneHot": 2, "CastLike": 1, "DequantizeLinear": 1}
#: Attributes that name a type, and the one that is meant where they are missing; None: that of the first input.
_NAMED: dict[str, tuple[str, int | None]] = {
    "Cast": ("to", None), "RandomNormal": ("dtype", 1), "RandomUniform": ("dtype", 1), "EyeLike": ("dtype", None),
    "RandomNormalLike": ("dtype", None), "RandomUniformLike": ("dtype", None), "Bernoulli": ("dtype", None),
    "Multinomial": ("dtype", 6),
}  # fmt: skip


class Widths(dict[str, int]):
    """Bytes of a number by the tensors' names."""

    def __init__(self, graph: Graph) -> None:
        given = {tensor.name: tensor for tensor in graph.inputs} | graph.weights
        super().__init__({name: _BYTES.get(tensor.dtype, WIDEST) for name, tensor in given.items()})

    def follow(self, node: Node) -> None:
        """Work out the outputs of a node whose inputs are known."""
        for place, name in enumerate(node.outputs):
            if name:
                self[name] = self._of(node, place)

    def _of(self, node: Node, place: int) -> int:
        if fixed := _FIXED.get(node.op):
            return fixed[min(place, len(fixed) - 1)]
        if place and node.op in _FURTHER:
            return _FURTHER[node.op]
        if node.op in ("Constant", "ConstantOfShape"):
            return _constant(node)
        if node.op in _NAMED:
            name, usual = _NAMED[node.op]
            if name in node.attributes or usual is not None:
                return _type(node, name, usual or 0)
        source = _FROM.get(node.op, 0)
        return self.get(node.inputs[source], WIDEST) if source < len(node.inputs) else WIDEST


def _type(node: Node, name: str, usual: int) -> int:
    try:
        return _BYTES[TYPES[attribute(node, name, usual)][0]]
    except (Unknown, LookupError):
        return WIDEST


def _constant(node: Node) -> int:
    """Return a constant is of its tensor's type; without one it is of floats, where the attribute doesn't say
    otherwise.
    """
    tensor = node.attributes.get("value")
    if isinstance(tensor, Tensor):
        return _BYTES.get(tensor.dtype, WIDEST)
    is_float = node.op == "ConstantOfShape" or not {"value_float", "value_floats"}.isdisjoint(node.attributes)
    return 4 if is_float else WIDEST
