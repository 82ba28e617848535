"""Tensors as an ONNX file stores and declares them: TensorProto and ValueInfoProto of onnx.proto, read with limits."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

from ..errors import ExternalData, MalformedGraph, TooLarge
from .graph import MAX_RANK, TYPES, Number, Tensor
from .wire import fields, integer, limited, message, numbers, text

#: The most weights, bytes when unpacked.
MAX_WEIGHTS = 4 * 2**30
#: Constants of at most so many numbers are kept: shapes and scales are as small.
MAX_KEPT = 64
#: The format, for `struct`, of the types of which small constants are kept.
_FORMATS = {"float32": "f", "int32": "i", "int64": "q", "uint8": "B", "bool": "B", "float64": "d"}


class Weights:
    """Reads the weights and constants of one file, and counts their bytes over all of its graphs."""

    def __init__(self) -> None:
        self.bytes = 0

    def read(self, data: memoryview) -> Tensor:
        """Return a TensorProto. Its bytes are counted, and kept when they are few."""
        name, kind, raw, listed = "", 0, None, 0
        shape: list[int] = []
        small: list[Number] = []
        for number, value in fields(data):
            if number == 1:
                shape.extend(limited(numbers(value), MAX_RANK, "a weight of too many dimensions"))
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
                    small.extend(stored(number, value))
        if kind not in TYPES or min(shape, default=1) < 0:
            raise MalformedGraph(f"has a weight {name[:64]!r} of an unknown type or a negative size.")
        found = Tensor(name, TYPES[kind][0], tuple(shape), None)
        self.bytes += found.bytes
        if self.bytes > MAX_WEIGHTS:
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


def declared(data: memoryview) -> Tensor:
    """Return a ValueInfoProto: what the file says of an input, an output or what is between them.

    Only tensors have a type here, other things have the type "".
    """
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


def stored(number: int, value: int | memoryview) -> Iterator[Number]:
    """Yield the numbers of float_data, int32_data, int64_data, double_data or uint64_data."""
    if number in (4, 10):
        size, code = (4, "f") if number == 4 else (8, "d")
        block = message(value)
        yield from struct.unpack(f"<{len(block) // size}{code}", block[: len(block) // size * size])
    else:
        yield from numbers(value)


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
