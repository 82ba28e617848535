"""The memory that a graph takes, worked out before anything runs.

A 137-byte file can ask for a gigabyte: `ConstantOfShape`, `Expand`, `Tile`, or two vectors that broadcast. `estimate`
carries shapes, and the small whole numbers that shapes are made of, through the graph. What it can't know (an operation
that is not in the table, sizes that depend on the picture) it counts as unknown: there the worker's memory limit holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import TooLarge
from ..graph import MAX_RANK, Graph, Node
from ..wire import tick
from . import elementwise, layout, sources, spatial, sums
from .known import MAX_SIZE, Known, Rule, Shape, Unknown
from .widths import WIDEST, Widths

#: What is as good as any larger number, and not too large to be shown, bytes.
_HUGE = 10**18
ADVICE = "Make the frame smaller, or raise the limit in the preferences."
_RULES: dict[str, Rule] = {**elementwise.RULES, **sources.RULES, **layout.RULES, **spatial.RULES, **sums.RULES}


@dataclass
class Estimate:
    """Shapes by name (None: unknown), the memory of the weights and of what lives at once, bytes, and unknown nodes."""

    shapes: dict[str, Shape | None] = field(default_factory=dict)
    peak: int = 0
    largest: int = 0
    unknown: int = 0


def estimate(graph: Graph, inputs: Mapping[str, Shape], limit: int, advice: str = ADVICE) -> Estimate:
    """Follow `graph` with inputs of these shapes. Raises TooLarge when it needs more than `limit` bytes.

    `advice` ends the message.
    """
    known = Known(graph, inputs)
    widths = Widths(graph)

    def taken(name: str) -> int:
        """Return what a tensor takes; nothing is counted for one of unknown size."""
        size = known.shapes.get(name)
        return widths.get(name, WIDEST) * math.prod(size) if size is not None else 0

    live = sum(weight.bytes for weight in graph.weights.values()) + sum(map(taken, inputs))
    found = Estimate(known.shapes, live, 0, 0)
    last = {name: place for place, node in enumerate(graph.nodes) for name in node.inputs}
    kept = {tensor.name for tensor in graph.outputs}
    for place, node in enumerate(graph.nodes):
        tick()
        sizes = _step(known, node)
        widths.follow(node)
        found.unknown += None in sizes
        made = [taken(name) for name in node.outputs if name]
        found.largest = max(found.largest, *made, 0)
        live += sum(made)
        found.peak = max(found.peak, live)
        if found.peak > limit:
            raise TooLarge(
                f"needs {min(found.peak, _HUGE) / 2**30:.2f} GB of memory at the operation {node.op}; "
                f"{limit / 2**30:.2f} GB are allowed. {advice}"
            )
        for name in {*node.inputs, *node.outputs}:
            if last.get(name, -1) <= place and name not in kept and name not in graph.weights:
                live -= taken(name)
    return found


def _step(known: Known, node: Node) -> list[Shape | None]:
    """Work out a node's outputs."""
    try:
        rule = _RULES.get(node.op)
        sizes: Sequence[Shape | None] = rule(known, node) if rule else [None]
        if any(size is not None and (min(size, default=0) < 0 or len(size) > 2 * MAX_RANK) for size in sizes):
            raise Unknown
        if any(size is not None and 0 in size and max(size) > MAX_SIZE for size in sizes):
            raise Unknown  # takes no memory, however long
    except (Unknown, LookupError, ValueError, ArithmeticError, TypeError, AttributeError):
        sizes = [None]  # wrong models end here too: the runtime will say what is wrong with them
    padded = [*sizes, *[None] * len(node.outputs)][: len(node.outputs)]
    for name, size in zip(node.outputs, padded, strict=True):
        if name:
            known.shapes[name] = size
    return [size for name, size in zip(node.outputs, padded, strict=True) if name]
