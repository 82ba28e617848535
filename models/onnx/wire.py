"""Protocol Buffers' wire format, walked in place: nothing is copied but what the caller asks for.

https://protobuf.dev/programming-guides/encoding/. A hostile file can't exhaust memory here: a field is a slice of the
file, and whoever reads fields counts them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..errors import MalformedGraph, NotOnnx, TooLarge

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
#: The most bytes that `head` reads: two varints of ten bytes.
HEAD = 20
#: The longest name or other text read, bytes.
MAX_TEXT = 1024
#: The most fields of one message.
MAX_FIELDS = 1_000_000

Field = tuple[int, "int | memoryview"]

_tick: ContextVar[Callable[[], None]] = ContextVar("tick", default=lambda: None)


@contextmanager
def watched(tick: Callable[[], None]) -> Iterator[None]:
    """Call `tick` often while files are read inside. It may raise, to end that."""
    token = _tick.set(tick)
    try:
        yield
    finally:
        _tick.reset(token)


def tick() -> None:
    """Let whoever waits for a file to be read end that. Raises what `watched` was given to raise."""
    _tick.get()()


def head(data: memoryview, place: int = 0) -> tuple[int, int | None, int, int]:
    """Read what stands before a field's bytes: (number, a varint's value or else None, where they begin, how many).

    The bytes themselves need not be part of `data`. Raises NotOnnx.
    """
    tag, place = _varint(data, place)
    number, wire = tag >> 3, tag & 7
    if number == 0 or wire not in (_VARINT, _BYTES, _FIXED32, _FIXED64):
        raise NotOnnx("is not an ONNX file, or is damaged (a field of an unknown kind).")
    if wire in (_FIXED32, _FIXED64):
        return number, None, place, 4 if wire == _FIXED32 else 8
    value, place = _varint(data, place)
    return (number, value, place, 0) if wire == _VARINT else (number, None, place, value)


def fields(data: memoryview) -> Iterator[Field]:
    """Yield (number, value) of each field of a message: an int of a varint, else bytes. Raises NotOnnx or TooLarge."""
    place, end = 0, len(data)
    for count in range(MAX_FIELDS):
        if not count % 256:
            tick()
        if place == end:
            return
        number, value, place, length = head(data, place)
        if length > end - place:
            raise NotOnnx("is not an ONNX file, or is damaged (a field runs past the end).")
        yield number, data[place : place + length] if value is None else value
        place += length
    raise TooLarge(f"has a part of more than {MAX_FIELDS} fields.")


def numbers(value: int | memoryview) -> Iterator[int]:
    """Yield the int64 numbers of a repeated field, packed or not."""
    if isinstance(value, int):
        yield signed(value)
        return
    place = 0
    while place < len(value):
        number, place = _varint(value, place)
        yield signed(number)


def limited(values: Iterable[int], most: int, what: str) -> Iterator[int]:
    """Yield the values, of which there may be `most`. Raises MalformedGraph, which says that the file has `what`."""
    for count, value in enumerate(values):
        if count == most:
            raise MalformedGraph(f"has {what}.")
        yield value


def signed(value: int) -> int:
    """Return a varint as int64."""
    return value - (1 << 64) if value >= 1 << 63 else value


def text(value: int | memoryview, most: int = MAX_TEXT) -> str:
    """Return a text of at most `most` bytes, by default a name.

    Raises MalformedGraph, or NotOnnx for what is not bytes.
    """
    block = message(value)
    if len(block) > most:
        raise MalformedGraph(f"holds a name of {len(block)} bytes; at most {most} are read.")
    try:
        return bytes(block).decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedGraph("holds a name that is not UTF-8 text.") from None


def message(value: int | memoryview) -> memoryview:
    """Return a field that must be a message or bytes."""
    if isinstance(value, int):
        raise NotOnnx("is not an ONNX file, or is damaged (a number where a message belongs).")
    return value


def integer(value: int | memoryview) -> int:
    """Return a field that must be a number."""
    if not isinstance(value, int):
        raise NotOnnx("is not an ONNX file, or is damaged (a message where a number belongs).")
    return signed(value)


def real(value: int | memoryview) -> float:
    """Return a field that must be a 32-bit float."""
    block = message(value)
    if len(block) != 4:
        raise NotOnnx("is not an ONNX file, or is damaged (a float of a wrong size).")
    return float(struct.unpack("<f", block)[0])


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70 and place < len(data):
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, place
        shift += 7
    raise NotOnnx("is not an ONNX file, or is damaged (a number without an end).")
