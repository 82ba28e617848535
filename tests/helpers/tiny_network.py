"""A small network, written by hand so that making it needs no onnx."""

from __future__ import annotations

import numpy as np

# A DCGAN-like network of one matrix, written by hand so that this needs no onnx: z [1,8] → Tanh → [1,3,8,8].
SIDE, SIZE = 8, 8


def _varint(value: int) -> bytes:
    return bytes([value & 127 | 128]) + _varint(value >> 7) if value > 127 else bytes([value])


def _field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _value(name: str, *shape: int) -> bytes:
    dims = b"".join(_field(1, _field(1, n)) for n in shape)
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, 1) + _field(2, dims)))


def _node(op: str, inputs: list[str], output: str, domain: str = "") -> bytes:
    made = b"".join(_field(1, name.encode()) for name in inputs) + _field(2, output.encode()) + _field(4, op.encode())
    return made + (_field(7, domain.encode()) if domain else b"")


def network(seed: int = 0, domain: str = "", name: str = "image", shape: tuple[int, ...] = (1, 3, SIDE, SIDE)) -> bytes:
    """The bytes of a small generator with random weights; `shape` is that of its output."""
    count = int(np.prod(shape))
    weights = np.random.default_rng(seed).standard_normal((SIZE, count)).astype("<f4") / 2
    matrix = _field(1, SIZE) + _field(1, count) + _field(2, 1) + _field(8, b"w") + _field(9, weights.tobytes())
    sizes = _field(1, len(shape)) + _field(2, 7) + _field(8, b"s") + _field(9, np.array(shape, "<i8").tobytes())
    graph = _field(1, _node("MatMul", ["z", "w"], "a")) + _field(1, _node("Tanh", ["a"], "b", domain))
    graph += _field(1, _node("Reshape", ["b", "s"], name)) + _field(2, b"g")
    graph += _field(5, matrix) + _field(5, sizes) + _field(11, _value("z", 1, SIZE))
    graph += _field(12, _value(name, *shape))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 17))


def negative() -> bytes:
    """The bytes of a network that turns a picture in −1…1 into its negative: x [1,h,w,3] → Neg → y."""
    sides = b"".join(_field(1, side) for side in (_field(1, 1), _field(2, b"h"), _field(2, b"w"), _field(1, 3)))
    x, y = (_field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, sides))) for name in (b"x", b"y"))
    graph = _field(1, _node("Neg", ["x"], "y")) + _field(2, b"g") + _field(11, x) + _field(12, y)
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 17))
