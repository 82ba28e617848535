"""An untrusted ONNX file, read as data with limits before any runtime sees it.

`read` walks the file in place (see `wire`), keeps names, shapes and small constants, never the weights, and
refuses whatever could reach outside the file, run for ever, or not be what it says. Fields: onnx.proto of ONNX 1.x.
"""

from __future__ import annotations

import mmap
from collections.abc import Collection, Iterable
from pathlib import Path

from ..errors import (
    Canceled,
    ControlFlow,
    CustomOperators,
    GeneratorRefused,
    MalformedGraph,
    NotOnnx,
    TooLarge,
    UnknownOpset,
)
from .container import check_kind, opened
from .graph import CONTROL_FLOW, Attribute, Graph, Node, Number, ordered, unique
from .tensors import MAX_KEPT, Weights, declared, stored
from .wire import fields, integer, limited, message, numbers, real, text

#: The most operations, named tensors, and graphs within graphs.
MAX_NODES, MAX_TENSORS, MAX_DEPTH = 50_000, 100_000, 4
#: The most inputs, outputs and attributes of an operation and of all, and letters in all of their names.
MAX_PLUGS, MAX_ALL_PLUGS, MAX_LETTERS = 4096, 1_000_000, 32_000_000
#: Versions of the standard's operator set that the runtime knows.
OPSETS = range(7, 29)
_STANDARD = frozenset({"", "ai.onnx", "ai.onnx.ml"})


def read(path: Path, allow: Collection[str] = ()) -> Graph:
    """Read and check a file. `allow` names the control flow that the user permits for it. Raises GeneratorRefused."""
    try:
        with opened(path) as file, mmap.mmap(file, 0, access=mmap.ACCESS_READ) as whole, memoryview(whole) as data:
            try:
                return _Reader(frozenset(allow)).model(data)
            except (GeneratorRefused, Canceled, MemoryError) as error:
                # Without its traceback, whose frames hold on to the mapped file.
                refused = type(error)(f"{path.name}: {error}")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise NotOnnx(f"{path.name}: can't be read ({why}).") from error
    raise refused


class _Reader:
    """Reads one model, and counts what it reads over all of its graphs."""

    def __init__(self, allow: frozenset[str]) -> None:
        self.allow = allow
        self.nodes = self.tensors = self.letters = self.plugs = 0
        self.weights = Weights()
        self.control_flow: set[str] = set()

    def model(self, data: memoryview) -> Graph:
        check_kind(data)
        graphs: list[memoryview] = []
        opsets: dict[str, int] = {}
        version = 0
        for number, value in fields(data):
            if number == 1:
                version = integer(value)
            elif number == 7:
                graphs = [*graphs[:1], message(value)]
            elif number == 8:
                domain, opset = _opset(message(value))
                opsets[domain] = opset
            elif number in (20, 25):
                what = "training steps" if number == 20 else "functions of its own"
                raise CustomOperators(f"has {what}. Export it again with the operations of ONNX alone.")
        if len(graphs) != 1 or not 1 <= version <= 100:
            raise NotOnnx("is not an ONNX model, or is damaged.")
        opset = opsets.get("", opsets.get("ai.onnx", 0))
        if opset not in OPSETS:
            raise UnknownOpset(
                f"uses operator set {opset}; {OPSETS[0]} to {OPSETS[-1]} are known. Export it again with one of those."
            )
        return self.graph(graphs[0], opset)

    def graph(self, data: memoryview, opset: int, depth: int = 0, outer: Iterable[str] = ()) -> Graph:
        if depth > MAX_DEPTH:
            raise MalformedGraph(f"holds graphs more than {MAX_DEPTH} deep.")
        parts: dict[int, list[memoryview]] = {1: [], 5: [], 11: [], 12: [], 13: []}
        for number, value in fields(data):
            if number == 15:
                raise CustomOperators("has sparse weights, which no kind of generator uses.")
            if number in parts:
                self._count(number)
                parts[number].append(message(value))
        weights = {tensor.name: tensor for tensor in unique(map(self.weights.read, parts[5]), "weights")}
        inputs = unique(map(declared, parts[11]), "inputs")
        outputs = unique(map(declared, parts[12]), "outputs")
        if depth == 0 and (not outputs or not parts[1]):
            raise MalformedGraph("computes nothing.")
        given = {*weights, *(tensor.name for tensor in inputs), *outer}
        nodes = [self.node(part, opset, depth, given) for part in parts[1]]
        order = ordered(nodes, given, depth)
        made = {name for node in nodes for name in node.outputs}
        if not depth and (lost := [tensor.name for tensor in outputs if tensor.name not in made | given]):
            raise MalformedGraph(f"never computes its output {lost[0]!r}.")
        free = tuple(tensor for tensor in inputs if tensor.name not in weights)
        flow = frozenset(self.control_flow)
        return Graph(free, tuple(outputs), weights, tuple(order), opset, flow)

    def name(self, value: int | memoryview) -> str:
        """Return the name of an operation's input or output."""
        found = text(value)
        self.letters += len(found)
        if self.letters > MAX_LETTERS:
            raise TooLarge(f"holds names of more than {MAX_LETTERS / 1e6:.0f} MB in all.")
        return found

    def _count(self, number: int) -> None:
        if number == 1:
            self.nodes += 1
        else:
            self.tensors += 1
        if self.nodes > MAX_NODES or self.tensors > MAX_TENSORS:
            raise TooLarge(f"has more than {MAX_NODES} operations or {MAX_TENSORS} named tensors.")

    def node(self, data: memoryview, opset: int, depth: int, given: set[str]) -> Node:
        op, domain = "", ""
        inputs: list[str] = []
        outputs: list[str] = []
        blocks: list[memoryview] = []
        for number, value in fields(data):
            if number in (1, 2):
                (inputs if number == 1 else outputs).append(self.name(value))
            elif number == 4:
                op = text(value)
            elif number == 5:
                blocks.append(message(value))
            elif number == 7:
                domain = text(value)
            self.plugs += 1
            if self.plugs > MAX_ALL_PLUGS:
                raise TooLarge(f"has operations with more than {MAX_ALL_PLUGS} inputs, outputs and attributes in all.")
            if len(inputs) + len(outputs) + len(blocks) > MAX_PLUGS:
                raise TooLarge(f"has an operation of more than {MAX_PLUGS} inputs, outputs and attributes.")
        if domain not in _STANDARD:
            raise CustomOperators(
                f"uses the operation {op[:64]!r} of {domain[:64]!r}, which is not part of the ONNX standard. "
                "Export it again with standard operations alone."
            )
        if op in CONTROL_FLOW:
            self.control_flow.add(op)
            if op not in self.allow:
                risk = "what it does is decided only as it runs" if op == "If" else "may run for ever"
                raise ControlFlow(
                    f"contains {op}, and so {risk}. Allow control flow for this file only if you trust it."
                )
        attributes: dict[str, Attribute] = {}
        for block in blocks:
            name, found = self.attribute(block, op, opset, depth, given)
            if found is not None:
                attributes[name] = found
        return Node(op, tuple(inputs), tuple(outputs), attributes)

    def attribute(
        self, data: memoryview, op: str, opset: int, depth: int, given: set[str]
    ) -> tuple[str, Attribute | None]:
        name = ""
        found: Attribute | None = None
        series: list[Number] = []
        for number, value in fields(data):
            if number == 1:
                name = text(value)
            elif number == 2:
                found = real(value)
            elif number == 3:
                found = integer(value)
            elif number == 4 and len(message(value)) <= 64:
                found = bytes(message(value)).decode("utf-8", "replace")
            elif number == 5:
                found = self.weights.read(message(value))
            elif number in (6, 11):
                if op not in CONTROL_FLOW:
                    raise ControlFlow(f"hides a graph in the operation {op[:64]!r}.")
                # What an inner graph may use of the outer one is checked by the runtime; here the limits matter.
                self.graph(message(value), opset, depth + 1, given)
            elif number == 7 and len(series) < MAX_KEPT:
                series.extend(stored(4, message(value)[: 4 * MAX_KEPT]))
            elif number == 8 and len(series) < MAX_KEPT:
                series.extend(limited(numbers(value), 4096, "an attribute of too many numbers"))
            elif number == 10:
                self.weights.read(message(value))
            elif number in (22, 23):
                raise CustomOperators("has sparse constants, which no kind of generator uses.")
        return name, tuple(series) if series else found


def _opset(data: memoryview) -> tuple[str, int]:
    domain, version = "", 0
    for number, value in fields(data):
        if number == 1:
            domain = text(value)
        elif number == 2:
            version = integer(value)
    return domain, version
