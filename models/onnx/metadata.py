"""Read an ONNX file's metadata without a runtime: the file is walked as protobuf, nothing in it is executed.

Wire format: https://protobuf.dev/programming-guides/encoding/; fields of ModelProto: onnx.proto of ONNX 1.x.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import GeneratorError

#: The largest model file read, and the largest metadata entry, bytes.
MAX_FILE = 2**31
MAX_ENTRY = 4_000_000
#: The most fields that a model's outermost message may have; a few dozen are usual.
MAX_FIELDS = 10_000

_METADATA_PROPS = 14  # of ModelProto
_KEY, _VALUE = 1, 2  # of StringStringEntryProto
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def digest(path: Path) -> str:
    """SHA-256 of a file, hex. Raises GeneratorError when it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise GeneratorError(f"{path.name}: can't be read ({error.strerror}).") from error


def metadata(path: Path) -> dict[str, str]:
    """`metadata_props` of an ONNX file. Raises GeneratorError when the file is not a readable ONNX model."""
    try:
        size = path.stat().st_size
        if not path.is_file() or not 0 < size <= MAX_FILE:
            raise GeneratorError(f"{path.name}: is empty, too large, or not a plain file.")
        with path.open("rb") as file:
            entries = [_entry(file.read(length)) for field, length in _fields(file, size) if field == _METADATA_PROPS]
    except OSError as error:
        raise GeneratorError(f"{path.name}: can't be read ({error.strerror}).") from error
    except (ValueError, IndexError) as error:
        raise GeneratorError(f"{path.name}: is not an ONNX file, or is damaged ({error}).") from error
    return dict(entries)


def _fields(file: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """Yield (field number, byte length) of each length-delimited field; the caller may read it or not."""
    count = 0
    while file.tell() < size:
        count += 1
        if count > MAX_FIELDS:  # Blender's own process reads this, and must not be kept
            raise ValueError(f"more than {MAX_FIELDS} fields")
        tag = _varint(file)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            _varint(file)
            continue
        length = {_FIXED64: 8, _FIXED32: 4}.get(wire, -1) if wire != _BYTES else _varint(file)
        end = file.tell() + length
        if length < 0 or end > size or (number == _METADATA_PROPS and length > MAX_ENTRY):
            raise ValueError("a field runs past the end, or is too large")
        if wire == _BYTES:
            yield number, length
        file.seek(end)


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)[0]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise ValueError("a number is too long")


def _entry(data: bytes) -> tuple[str, str]:
    """A StringStringEntryProto."""
    texts = {_KEY: "", _VALUE: ""}
    file = io.BytesIO(data)
    for number, length in _fields(file, len(data)):
        if number in texts:
            texts[number] = file.read(length).decode("utf-8")
    return texts[_KEY], texts[_VALUE]
