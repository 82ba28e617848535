"""What is known while a graph is followed: shapes, and the small whole numbers that shapes are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..graph import Graph, Node, Number, Tensor

Shape = tuple[int, ...]
#: Whole numbers followed through the graph at most, for one tensor.
MAX_VALUES = 64
#: Larger numbers than the runtime's own whole numbers lead nowhere, and Python's would grow without an end.
MAX_SIZE = 2**63


class Unknown(Exception):
    """A shape that can't be known."""


class Known:
    """Shapes (None: unknown) and values by the tensors' names."""

    def __init__(self, graph: Graph, inputs: Mapping[str, Shape]) -> None:
        self.opset = graph.opset
        self.shapes: dict[str, Shape | None] = dict(inputs)
        self.values: dict[str, list[Number]] = {}
        for name, weight in graph.weights.items():
            self.keep(name, weight)

    def keep(self, name: str, tensor: Tensor) -> None:
        """Remember a constant."""
        self.shapes[name] = tensor.shape
        if tensor.values is not None:
            self.values[name] = list(tensor.values)

    def set(self, node: Node, values: Sequence[Number]) -> None:
        """Remember the values of a node's first output, if they are few and small enough."""
        if len(values) <= MAX_VALUES and all(abs(value) <= MAX_SIZE for value in values):
            self.values[node.outputs[0]] = list(values)

    def shape(self, node: Node, place: int = 0) -> Shape:
        """Return the shape of an input. Raises Unknown."""
        name = node.inputs[place] if place < len(node.inputs) else ""
        size = self.shapes.get(name)
        if size is None:
            raise Unknown
        return size

    def ints(self, node: Node, place: int, attribute: str = "") -> list[int]:
        """Return the known values of an input, or of the attribute that older operator sets have instead.

        Raises Unknown.
        """
        if attribute in node.attributes:
            return ints(node.attributes[attribute])
        return [int(value) for value in self.reals(node, place)]

    def reals(self, node: Node, place: int) -> list[Number]:
        """Return the known values of an input. Raises Unknown."""
        name = node.inputs[place] if place < len(node.inputs) else ""
        if name not in self.values:
            raise Unknown
        return self.values[name]

    def given(self, node: Node, place: int) -> bool:
        """Whether a node has that input."""
        return place < len(node.inputs) and node.inputs[place] != ""


#: What works out the shapes of a node's outputs. It may raise what wrong models lead to.
Rule = Callable[[Known, Node], "Sequence[Shape | None]"]


class Rules(dict[str, Rule]):
    """Rules by the operations that they are for."""

    def of(self, *names: str) -> Callable[[Rule], Rule]:
        """Return a decorator: the function is the rule of these operations."""

        def add(rule: Rule) -> Rule:
            self.update(dict.fromkeys(names, rule))
            return rule

        return add


def ints(value: object) -> list[int]:
    """Return an attribute's whole numbers. Raises Unknown for one that is missing or of another type."""
    if isinstance(value, tuple):
        return [int(n) for n in value]
    if isinstance(value, (int, float)):
        return [int(value)]
    raise Unknown


def attribute(node: Node, name: str, default: int) -> int:
    """Return an attribute that is one whole number. Raises Unknown for one of another type."""
    return ints(node.attributes.get(name, default))[0]


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Return the shape that all of these are broadcast to."""
    rank = max(map(len, shapes))
    full = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    return tuple(0 if 0 in column else max(column) for column in zip(*full, strict=True))
