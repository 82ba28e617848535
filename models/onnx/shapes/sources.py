"""Operations that make tensors of constants, of shapes and of other tensors' numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..graph import Node, Tensor
from .known import MAX_VALUES, Known, Rules, Shape, attribute, ints

RULES = Rules()


@RULES.of("Shape")
def _shape(known: Known, node: Node) -> Sequence[Shape | None]:
    size = known.shape(node)
    end = node.attributes.get("end")
    size = size[attribute(node, "start", 0) : ints(end)[0] if end is not None else None]
    known.set(node, size)
    return [(len(size),)]


@RULES.of("Size")
def _size(known: Known, node: Node) -> Sequence[Shape | None]:
    known.set(node, [math.prod(known.shape(node))])
    return [()]


@RULES.of("Constant")
def _constant(known: Known, node: Node) -> Sequence[Shape | None]:
    tensor = node.attributes.get("value")
    if isinstance(tensor, Tensor):
        known.keep(node.outputs[0], tensor)
        return [tensor.shape]
    for name in ("value_int", "value_float", "value_ints", "value_floats"):
        value = node.attributes.get(name)
        if isinstance(value, (int, float)):
            known.set(node, [value])
            return [()]
        if isinstance(value, tuple):
            known.set(node, value)
            return [(len(value),)]
    return [()]


@RULES.of("ConstantOfShape")
def _constant_of_shape(known: Known, node: Node) -> Sequence[Shape | None]:
    size = tuple(known.ints(node, 0))
    tensor = node.attributes.get("value")
    fill = tensor.values[0] if isinstance(tensor, Tensor) and tensor.values else 0
    if math.prod(size) <= MAX_VALUES and len(size) < 2:
        known.set(node, [fill] * math.prod(size))
    return [size]


@RULES.of("RandomNormal", "RandomUniform")
def _random(_known: Known, node: Node) -> Sequence[Shape | None]:
    return [tuple(ints(node.attributes.get("shape")))]


@RULES.of("Range")
def _range(known: Known, node: Node) -> Sequence[Shape | None]:
    start, end, step = (known.reals(node, place)[0] for place in range(3))
    count = max(0, math.ceil((end - start) / step))
    if count <= MAX_VALUES:
        known.set(node, [start + step * n for n in range(count)])
    return [(count,)]


@RULES.of("OneHot")
def _one_hot(known: Known, node: Node) -> Sequence[Shape | None]:
    size = list(known.shape(node))
    axis = attribute(node, "axis", -1)
    size.insert(axis if axis >= 0 else len(size) + 1 + axis, known.ints(node, 1)[0])
    return [tuple(size)]
