"""Operations that only move numbers: other sides, another order, parts, several at once, the same again."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..graph import Node
from .known import Known, Rules, Shape, attribute, broadcast, ints

RULES = Rules()


@RULES.of("Reshape")
def _reshape(known: Known, node: Node) -> Sequence[Shape | None]:
    size, wanted = known.shape(node), known.ints(node, 1)
    if not attribute(node, "allowzero", 0):
        wanted = [size[place] if n == 0 else n for place, n in enumerate(wanted)]
    if -1 in wanted:
        rest = -math.prod(wanted)
        wanted[wanted.index(-1)] = math.prod(size) // rest
    if node.inputs[0] in known.values:
        known.set(node, known.values[node.inputs[0]])
    return [tuple(wanted)]


@RULES.of("Flatten")
def _flatten(known: Known, node: Node) -> Sequence[Shape | None]:
    size = known.shape(node)
    axis = attribute(node, "axis", 1)
    axis += len(size) if axis < 0 else 0
    return [(math.prod(size[:axis]), math.prod(size[axis:]))]


@RULES.of("Transpose")
def _transpose(known: Known, node: Node) -> Sequence[Shape | None]:
    size = known.shape(node)
    order = ints(node.attributes.get("perm", tuple(reversed(range(len(size))))))
    return [tuple(size[place] for place in order)]


@RULES.of("Squeeze", "Unsqueeze")
def _squeeze(known: Known, node: Node) -> Sequence[Shape | None]:
    size = list(known.shape(node))
    if node.inputs[0] in known.values:
        known.set(node, known.values[node.inputs[0]])
    if node.op == "Squeeze":
        if not known.given(node, 1) and "axes" not in node.attributes:
            return [tuple(n for n in size if n != 1)]
        gone = {axis % len(size) for axis in known.ints(node, 1, "axes")}
        return [tuple(n for place, n in enumerate(size) if place not in gone)]
    axes = known.ints(node, 1, "axes")
    rank = len(size) + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        size.insert(axis, 1)
    return [tuple(size)]


@RULES.of("Expand")
def _expand(known: Known, node: Node) -> Sequence[Shape | None]:
    return [broadcast([known.shape(node), tuple(known.ints(node, 1))])]


@RULES.of("Tile")
def _tile(known: Known, node: Node) -> Sequence[Shape | None]:
    return [tuple(n * times for n, times in zip(known.shape(node), known.ints(node, 1), strict=True))]


@RULES.of("Concat")
def _concat(known: Known, node: Node) -> Sequence[Shape | None]:
    if all(name in known.values for name in node.inputs):
        known.set(node, [value for name in node.inputs for value in known.values[name]])
    sizes = [known.shape(node, place) for place in range(len(node.inputs))]
    axis = attribute(node, "axis", 0) % len(sizes[0])
    total = sum(size[axis] for size in sizes)
    return [(*sizes[0][:axis], total, *sizes[0][axis + 1 :])]


@RULES.of("Split")
def _split(known: Known, node: Node) -> Sequence[Shape | None]:
    size = known.shape(node)
    axis, count = attribute(node, "axis", 0) % len(size), len(node.outputs)
    if known.given(node, 1) or "split" in node.attributes:
        parts = known.ints(node, 1, "split")
    else:
        whole = -(-size[axis] // count)
        parts = [min(whole, size[axis] - whole * n) for n in range(count)]
    return [(*size[:axis], part, *size[axis + 1 :]) for part in parts]


@RULES.of("GatherElements")
def _gather_elements(known: Known, node: Node) -> Sequence[Shape | None]:
    return [known.shape(node, 1)]


@RULES.of("Gather")
def _gather(known: Known, node: Node) -> Sequence[Shape | None]:
    size, index = known.shape(node), known.shape(node, 1)
    axis = attribute(node, "axis", 0) % len(size)
    if node.inputs[0] in known.values and node.inputs[1] in known.values and len(size) == 1:
        known.set(node, [known.values[node.inputs[0]][int(n)] for n in known.values[node.inputs[1]]])
    return [(*size[:axis], *index, *size[axis + 1 :])]


@RULES.of("Slice")
def _slice(known: Known, node: Node) -> Sequence[Shape | None]:
    size = list(known.shape(node))
    old = "starts" in node.attributes
    starts, ends = known.ints(node, 1, "starts"), known.ints(node, 2, "ends")
    axes = known.ints(node, 3, "axes") if old or known.given(node, 3) else list(range(len(starts)))
    steps = known.ints(node, 4) if not old and known.given(node, 4) else [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        part = range(*slice(start, end if step > 0 or end > -(2**31) else None, step).indices(size[axis]))
        if len(size) == 1 and node.inputs[0] in known.values:
            values = known.values[node.inputs[0]]
            known.set(node, [values[place] for place in part])
        size[axis] = len(part)
    return [tuple(size)]


@RULES.of("Pad")
def _pad(known: Known, node: Node) -> Sequence[Shape | None]:
    size, pads = list(known.shape(node)), known.ints(node, 1, "pads")
    axes = [axis % len(size) for axis in known.ints(node, 3)] if known.given(node, 3) else list(range(len(size)))
    for place, axis in enumerate(axes):
        size[axis] += pads[place] + pads[place + len(axes)]
    return [tuple(size)]
