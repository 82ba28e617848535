"""A network as a graph: tensors, operations, and an order in which these can run. Terms are those of ONNX."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import MalformedGraph

#: The most dimensions of a tensor.
MAX_RANK = 12
#: Operations that hold graphs, which they run or not, or run again.
CONTROL_FLOW = frozenset({"Loop", "Scan", "If", "SequenceMap"})
#: Names and bytes of TensorProto.DataType.
TYPES = {
    1: ("float32", 4), 2: ("uint8", 1), 3: ("int8", 1), 4: ("uint16", 2), 5: ("int16", 2), 6: ("int32", 4),
    7: ("int64", 8), 8: ("string", 8), 9: ("bool", 1), 10: ("float16", 2), 11: ("float64", 8), 12: ("uint32", 4),
    13: ("uint64", 8), 14: ("complex64", 8), 15: ("complex128", 16), 16: ("bfloat16", 2),
}  # fmt: skip

Number = int | float


@dataclass(frozen=True)
class Tensor:
    """A named tensor: `shape` has −1 where a size is open, and is None where nothing is known."""

    name: str
    dtype: str
    shape: tuple[int, ...] | None
    values: tuple[Number, ...] | None = None

    @property
    def bytes(self) -> int:
        """What it takes in memory; open sizes count as 1."""
        size = next((size for name, size in TYPES.values() if name == self.dtype), 4)
        return size * math.prod(1 if n == -1 else n for n in self.shape or ())


Attribute = Number | str | tuple[Number, ...] | Tensor


@dataclass(frozen=True)
class Node:
    """One operation. Attributes are kept when they are numbers, lists of numbers, texts or small tensors."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Attribute]


@dataclass(frozen=True)
class Graph:
    """What is kept of a file. `nodes` are in an order in which they can run."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    weights: dict[str, Tensor]
    nodes: tuple[Node, ...]
    opset: int
    control_flow: frozenset[str] = frozenset()


def unique(tensors: Iterable[Tensor], what: str) -> list[Tensor]:
    """Tensors of which each has a name of its own; `what` they are. Raises MalformedGraph."""
    found = list(tensors)
    names = {tensor.name for tensor in found}
    if len(names) != len(found) or "" in names:
        raise MalformedGraph(f"has {what} of the same name, or without one.")
    return found


def ordered(nodes: list[Node], given: set[str], depth: int) -> list[Node]:
    """Return the nodes in an order in which they can run; `given` are the names that need none of them.

    Raises MalformedGraph for cycles, for names that clash, and at a depth of 0 for those that nothing computes: what a
    graph may use of the one that it lies within is not known here.
    """
    maker: dict[str, int] = {}
    for place, node in enumerate(nodes):
        for name in filter(None, node.outputs):
            if name in maker or name in given:
                raise MalformedGraph(f"computes {name[:64]!r} twice.")
            maker[name] = place
    waits = [0] * len(nodes)
    users: dict[int, list[int]] = {}
    for place, node in enumerate(nodes):
        for name in set(filter(None, node.inputs)):
            if name in maker:
                waits[place] += 1
                users.setdefault(maker[name], []).append(place)
            elif name not in given and depth == 0:
                raise MalformedGraph(f"uses {name[:64]!r}, which nothing computes.")
    ready = [place for place, count in enumerate(waits) if not count]
    order = []
    while ready:
        place = heapq.heappop(ready)  # the first one that can run: what is in order stays so
        order.append(nodes[place])
        for user in users.get(place, ()):
            waits[user] -= 1
            if not waits[user]:
                heapq.heappush(ready, user)
    if len(order) != len(nodes):
        raise MalformedGraph("runs in a circle: an operation needs its own result.")
    return order
