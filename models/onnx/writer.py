"""Write a small ONNX file without a library: an operation a line, constants where they are used.

Fields: onnx.proto of ONNX 1.x; wire format: see `wire`. The same calls always give the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Value = str | float | Sequence[int] | npt.NDArray[np.generic]
Attribute = int | float | str | Sequence[int]

#: Numbers of TensorProto.DataType.
_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7, "bool": 9, "float16": 10}
_FLOAT, OPSET, IR = 1, 20, 10


class Graph:
    """Operations in their order. Values go by name; a number is a float constant, a list one of whole numbers."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], tuple[str, bytes]] = {}

    def __call__(self, operation: str, *inputs: Value, **attributes: Attribute) -> str:
        """Add an operation with one output, whose name is returned. Inputs left out are ""."""
        output = f"v{len(self._nodes)}"
        self.named(output, operation, *inputs, **attributes)
        return output

    def named(self, output: str, operation: str, *inputs: Value, **attributes: Attribute) -> None:
        """Add an operation whose output has a name of its own, such as one of the graph's."""
        names = [each if isinstance(each, str) else self.constant(each) for each in inputs]
        self._nodes.append(
            b"".join(_text(1, name) for name in names)
            + _text(2, output)
            + _text(4, operation)
            + b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())
        )

    def constant(self, value: float | Sequence[int] | npt.NDArray[np.generic]) -> str:
        """Return the name of a constant; equal ones are the same."""
        if isinstance(value, np.ndarray):
            array = value
        else:
            array = np.array(value, np.float32 if isinstance(value, (int, float)) else np.int64)
        raw = array.tobytes()
        key = str(array.dtype), array.shape, raw
        if key not in self._constants:
            name = f"c{len(self._constants)}"
            head = b"".join(_number(1, side) for side in array.shape) + _number(2, _TYPES[str(array.dtype)])
            self._constants[key] = name, head + _text(8, name) + _bytes(9, raw)
        return self._constants[key][0]

    def model(
        self,
        name: str,
        inputs: Mapping[str, Sequence[int | str]],
        outputs: Mapping[str, Sequence[int | str]],
        metadata: Mapping[str, str],
    ) -> bytes:
        """Return the file: floats in and out, of these shapes (a name is an open size), with `metadata`."""
        graph = (
            b"".join(_bytes(1, node) for node in self._nodes)
            + _text(2, name)
            + b"".join(_bytes(5, tensor) for _, tensor in self._constants.values())
            + b"".join(_bytes(11, _port(*each)) for each in inputs.items())
            + b"".join(_bytes(12, _port(*each)) for each in outputs.items())
        )
        entries = (_text(1, key) + _text(2, value) for key, value in metadata.items())
        opset = _bytes(8, _number(2, OPSET))
        return _number(1, IR) + _bytes(7, graph) + opset + b"".join(_bytes(14, entry) for entry in entries)


def _port(name: str, shape: Sequence[int | str]) -> bytes:
    sides = (_bytes(1, _text(2, side) if isinstance(side, str) else _number(1, side)) for side in shape)
    tensor = _number(1, _FLOAT) + _bytes(2, b"".join(sides))
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _attribute(name: str, value: Attribute) -> bytes:
    """Return an AttributeProto; its type comes last."""
    if isinstance(value, float):
        said, kind = _tag(2, 5) + struct.pack("<f", value), 1
    elif isinstance(value, int):
        said, kind = _number(3, value), 2
    elif isinstance(value, str):
        said, kind = _text(4, value), 3
    else:
        said, kind = b"".join(_number(8, each) for each in value), 7
    return _text(1, name) + said + _number(20, kind)


def _tag(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _number(number: int, value: int) -> bytes:
    return _tag(number, 0) + _varint(value)


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


def _bytes(number: int, value: bytes) -> bytes:
    return _tag(number, 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # negative numbers take ten bytes
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
