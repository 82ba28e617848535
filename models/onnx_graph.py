"""A stranger's ONNX file, read as data with limits before any runtime sees it.

`read` walks the file in place (see `onnx_wire`), keeps names, shapes and small constants, never the weights, and
refuses whatever could reach outside the file, run for ever, or not be what it says. Fields: onnx.proto of ONNX 1.x.
"""

from __future__ import annotations

import heapq
import math
import mmap
import os
import stat
import struct
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .errors import (
    ControlFlow,
    CustomOperators,
    ExternalData,
    GeneratorRefused,
    MalformedGraph,
    NotOnnx,
    TooLarge,
    UnknownOpset,
)
from .onnx_wire import fields, integer, message, numbers, real, text

#: The largest file, bytes (what Protocol Buffers allow); the most weights, bytes when unpacked.
MAX_FILE = 2**31 - 1
MAX_WEIGHTS = 4 * 2**30
#: The most operations, named tensors, dimensions of a tensor, and graphs within graphs.
MAX_NODES, MAX_TENSORS, MAX_RANK, MAX_DEPTH = 50_000, 100_000, 12, 4
#: The most inputs, outputs and attributes of an operation and of all, and letters in all of their names.
MAX_PLUGS, MAX_ALL_PLUGS, MAX_LETTERS = 4096, 1_000_000, 32_000_000
#: Constants of at most so many numbers are kept: shapes and scales are as small.
MAX_KEPT = 64
#: Versions of the standard's operator set that the runtime knows.
OPSETS = range(7, 29)
#: What else comes as a downloaded .onnx file, by its first bytes.
_OTHERS = {
    b"version https://git-lfs": "is a pointer of Git LFS, not the model. Download the file itself (git lfs pull).",
    b"<": "is a web page, not a model. Download the file itself.",
    b"PK\x03\x04": "is a ZIP archive, as PyTorch's .pt and .pth files are. Export the network to ONNX.",
    b"\x89HDF": "is an HDF5 file, as those of Keras are. Export the network to ONNX.",
}
CONTROL_FLOW = frozenset({"Loop", "Scan", "If", "SequenceMap"})
_STANDARD = frozenset({"", "ai.onnx", "ai.onnx.ml"})

#: Names and bytes of TensorProto.DataType; the format of those whose small constants are kept.
TYPES = {
    1: ("float32", 4), 2: ("uint8", 1), 3: ("int8", 1), 4: ("uint16", 2), 5: ("int16", 2), 6: ("int32", 4),
    7: ("int64", 8), 8: ("string", 8), 9: ("bool", 1), 10: ("float16", 2), 11: ("float64", 8), 12: ("uint32", 4),
    13: ("uint64", 8), 14: ("complex64", 8), 15: ("complex128", 16), 16: ("bfloat16", 2),
}  # fmt: skip
_FORMATS = {"float32": "f", "int32": "i", "int64": "q", "uint8": "B", "bool": "B", "float64": "d"}

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


@dataclass(frozen=True)
class Node:
    """One operation. Attributes are kept when they are numbers, lists of numbers, texts or small tensors."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Number | str | tuple[Number, ...] | Tensor]


@dataclass(frozen=True)
class Graph:
    """What `read` keeps of a file. `nodes` are in an order in which they can run."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    weights: dict[str, Tensor]
    nodes: tuple[Node, ...]
    opset: int
    control_flow: frozenset[str] = frozenset()
    producer: str = ""
    known: dict[str, Tensor] = field(default_factory=dict)


def read(path: Path, allow: Collection[str] = ()) -> Graph:
    """Read and check a file. `allow` names the control flow that the user permits for it. Raises GeneratorRefused."""
    try:
        with _opened(path) as file, mmap.mmap(file, 0, access=mmap.ACCESS_READ) as whole, memoryview(whole) as data:
            try:
                return _Reader(frozenset(allow)).model(data)
            except GeneratorRefused as error:  # without its traceback, whose frames hold on to the mapped file
                refused = type(error)(f"{path.name}: {error}")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise NotOnnx(f"{path.name}: can't be read ({why}).") from error
    raise refused


class _opened:
    """The descriptor of a plain file of a sound size; nothing waits on a pipe and no link is followed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> int:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if self.path.is_symlink():
            raise NotOnnx(f"{self.path.name}: is a link. Choose the file that it leads to.")
        self.file = os.open(self.path, flags)
        found = os.fstat(self.file)
        try:
            if not stat.S_ISREG(found.st_mode):
                raise NotOnnx(f"{self.path.name}: is a folder or a device, not a file.")
            if found.st_size == 0:
                raise NotOnnx(f"{self.path.name}: is empty.")
            if found.st_size > MAX_FILE:
                size = found.st_size / 1e9
                raise TooLarge(f"{self.path.name}: is {size:.1f} GB large; at most {MAX_FILE / 1e9:.1f} are read.")
        except GeneratorRefused:
            os.close(self.file)
            raise
        return self.file

    def __exit__(self, *_: object) -> None:
        os.close(self.file)


class _Reader:
    """Reads one model, and counts what it reads over all of its graphs."""

    def __init__(self, allow: frozenset[str]) -> None:
        self.allow = allow
        self.nodes = self.tensors = self.weight = self.letters = self.plugs = 0
        self.control_flow: set[str] = set()

    def model(self, data: memoryview) -> Graph:
        if known := next((text for begin, text in _OTHERS.items() if bytes(data[: len(begin)]) == begin), ""):
            raise NotOnnx(known)
        graphs: list[memoryview] = []
        opsets: dict[str, int] = {}
        version, producer = 0, ""
        for number, value in fields(data):
            if number == 1:
                version = integer(value)
            elif number == 2:
                producer = text(value)
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
        return self.graph(graphs[0], opset, producer)

    def graph(self, data: memoryview, opset: int, producer: str, depth: int = 0, outer: Iterable[str] = ()) -> Graph:
        if depth > MAX_DEPTH:
            raise MalformedGraph(f"holds graphs more than {MAX_DEPTH} deep.")
        parts: dict[int, list[memoryview]] = {1: [], 5: [], 11: [], 12: [], 13: []}
        for number, value in fields(data):
            if number == 15:
                raise CustomOperators("has sparse weights, which no kind of generator uses.")
            if number in parts:
                self._count(number)
                parts[number].append(message(value))
        weights = {tensor.name: tensor for tensor in _unique(map(self.tensor, parts[5]), "weights")}
        inputs = _unique(map(_value, parts[11]), "inputs")
        outputs = _unique(map(_value, parts[12]), "outputs")
        if depth == 0 and (not outputs or not parts[1]):
            raise MalformedGraph("computes nothing.")
        given = {*weights, *(tensor.name for tensor in inputs), *outer}
        nodes = [self.node(part, opset, depth, given) for part in parts[1]]
        order = _ordered(nodes, given, depth)
        made = {name for node in nodes for name in node.outputs}
        if not depth and (lost := [tensor.name for tensor in outputs if tensor.name not in made | given]):
            raise MalformedGraph(f"never computes its output {lost[0]!r}.")
        known = {tensor.name: tensor for tensor in map(_value, parts[13])}
        free = tuple(tensor for tensor in inputs if tensor.name not in weights)
        flow = frozenset(self.control_flow)
        return Graph(free, tuple(outputs), weights, tuple(order), opset, flow, producer, known)

    def name(self, value: int | memoryview) -> str:
        """The name of an operation's input or output."""
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

    def tensor(self, data: memoryview) -> Tensor:
        """A TensorProto. Its bytes are counted, and kept when they are few."""
        name, kind, raw, listed = "", 0, None, 0
        shape: list[int] = []
        small: list[Number] = []
        for number, value in fields(data):
            if number == 1:
                shape.extend(_limited(numbers(value), MAX_RANK, "a weight of too many dimensions"))
                if len(shape) > MAX_RANK:
                    raise MalformedGraph("has a weight of too many dimensions.")
            elif number == 2:
                kind = integer(value)
            elif number == 8:
                name = text(value)
            elif number == 9:
                raw = message(value)
            elif number == 13 or (number == 14 and integer(value) != 0):
                raise ExternalData(
                    "keeps its weights in other files, which are not read. Export it again as one file: with "
                    "external_data=False in torch.onnx.export, or by onnx.save(onnx.load(…), …)."
                )
            elif number in (4, 5, 7, 10, 11):
                listed += 1
                if len(small) <= MAX_KEPT and (isinstance(value, int) or len(value) <= 16 * MAX_KEPT):
                    small.extend(_listed(number, value))
        if kind not in TYPES or min(shape, default=1) < 0:
            raise MalformedGraph(f"has a weight {name[:64]!r} of an unknown type or a negative size.")
        found = Tensor(name, TYPES[kind][0], tuple(shape), None)
        self.weight += found.bytes
        if self.weight > MAX_WEIGHTS:
            raise TooLarge(f"holds weights of more than {MAX_WEIGHTS / 2**30:.0f} GB.")
        count = math.prod(shape)
        if raw is not None and found.dtype != "string" and len(raw) != found.bytes:
            raise MalformedGraph(f"has a weight {name[:64]!r} whose bytes do not fill its shape.")
        if raw is None and not listed and count:
            raise MalformedGraph(f"has a weight {name[:64]!r} without numbers.")
        values: tuple[Number, ...] | None = None
        if count <= MAX_KEPT and found.dtype in _FORMATS:
            values = tuple(small) if raw is None else struct.unpack(f"<{count}{_FORMATS[found.dtype]}", raw)
            if len(values) != count:
                raise MalformedGraph(f"has a weight {name[:64]!r} whose numbers do not fill its shape.")
        return Tensor(name, found.dtype, found.shape, values)

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
        attributes: dict[str, Number | str | tuple[Number, ...] | Tensor] = {}
        for block in blocks:
            name, found = self.attribute(block, op, opset, depth, given)
            if found is not None:
                attributes[name] = found
        return Node(op, tuple(inputs), tuple(outputs), attributes)

    def attribute(
        self, data: memoryview, op: str, opset: int, depth: int, given: set[str]
    ) -> tuple[str, Number | str | tuple[Number, ...] | Tensor | None]:
        name = ""
        found: Number | str | tuple[Number, ...] | Tensor | None = None
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
                found = self.tensor(message(value))
            elif number in (6, 11):
                if op not in CONTROL_FLOW:
                    raise ControlFlow(f"hides a graph in the operation {op[:64]!r}.")
                # What an inner graph may use of the outer one is checked by the runtime; here the limits matter.
                self.graph(message(value), opset, "", depth + 1, given)
            elif number == 7 and len(series) < MAX_KEPT:
                series.extend(_listed(4, message(value)[: 4 * MAX_KEPT]))
            elif number == 8 and len(series) < MAX_KEPT:
                series.extend(_limited(numbers(value), 4096, "an attribute of too many numbers"))
            elif number == 10:
                self.tensor(message(value))
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


def _value(data: memoryview) -> Tensor:
    """A ValueInfoProto; only tensors have a type here, other things have the type ""."""
    name, dtype = "", ""
    shape: tuple[int, ...] | None = None
    for number, value in fields(data):
        if number == 1:
            name = text(value)
        elif number == 2:
            for kind, block in fields(message(value)):
                if kind == 1:
                    dtype, shape = _tensor_type(message(block))
    return Tensor(name, dtype, shape)


def _tensor_type(data: memoryview) -> tuple[str, tuple[int, ...] | None]:
    kind = 0
    shape: list[int] | None = None
    for number, value in fields(data):
        if number == 1:
            kind = integer(value)
        elif number == 2:
            shape = []
            for part, block in fields(message(value)):
                if part == 1:
                    sizes = [integer(size) for key, size in fields(message(block)) if key == 1]
                    shape.append(sizes[0] if sizes and sizes[0] > 0 else -1)
                    if len(shape) > MAX_RANK:
                        raise MalformedGraph(f"has an input or output of more than {MAX_RANK} dimensions.")
    return TYPES.get(kind, ("", 0))[0], tuple(shape) if shape is not None else None


def _listed(number: int, value: int | memoryview) -> Iterator[Number]:
    """The numbers of float_data, int32_data, int64_data, double_data or uint64_data."""
    if number in (4, 10):
        size, code = (4, "f") if number == 4 else (8, "d")
        block = message(value)
        yield from struct.unpack(f"<{len(block) // size}{code}", block[: len(block) // size * size])
    else:
        yield from numbers(value)


def _limited(values: Iterable[int], most: int, what: str) -> Iterator[int]:
    for count, value in enumerate(values):
        if count == most:
            raise MalformedGraph(f"has {what}.")
        yield value


def _unique(tensors: Iterable[Tensor], what: str) -> list[Tensor]:
    found = list(tensors)
    names = {tensor.name for tensor in found}
    if len(names) != len(found) or "" in names:
        raise MalformedGraph(f"has {what} of the same name, or without one.")
    return found


def _ordered(nodes: list[Node], given: set[str], depth: int) -> list[Node]:
    """The nodes in an order in which they can run. Raises MalformedGraph for cycles and for names that clash."""
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
