"""Read an ONNX file's metadata without a runtime and without its weights: what else the file holds is passed over.

Fields of ModelProto and StringStringEntryProto: onnx.proto of ONNX 1.x.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import GeneratorError, GeneratorRefused, NotOnnx, TooLarge
from .wire import HEAD, fields, head, text

#: The largest model file read, and all of its metadata together, bytes.
MAX_FILE = 2**31
MAX_METADATA = 4_000_000
#: The most fields that a model's outermost message may have; a few dozen are usual.
MAX_FIELDS = 10_000

_METADATA_PROPS = 14  # of ModelProto
_KEY, _VALUE = 1, 2  # of StringStringEntryProto


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
            raise NotOnnx("is empty, too large, or not a plain file.")
        with path.open("rb") as file:
            return dict(_entry(entry) for entry in _entries(file, size))
    except OSError as error:
        raise GeneratorError(f"{path.name}: can't be read ({error.strerror}).") from error
    except GeneratorRefused as error:
        raise type(error)(f"{path.name}: {error}") from error


def _entries(file: BinaryIO, size: int) -> Iterator[memoryview]:
    """Yield the metadata entries of a model, seeking past all else. Raises NotOnnx or TooLarge."""
    place = total = 0
    for _ in range(MAX_FIELDS):  # Blender's own process reads this, and must not be kept
        if place == size:
            return
        file.seek(place)
        number, _, start, length = head(memoryview(file.read(HEAD)))
        place += start + length
        if place > size:
            raise NotOnnx("is not an ONNX file, or is damaged (a field runs past the end).")
        if number == _METADATA_PROPS:
            total += length
            if total > MAX_METADATA:
                raise TooLarge(f"has more than {MAX_METADATA / 1e6:.0f} MB of metadata.")
            file.seek(place - length)
            yield memoryview(file.read(length))
    raise TooLarge(f"has more than {MAX_FIELDS} parts.")


def _entry(data: memoryview) -> tuple[str, str]:
    """Return the key and the value of a StringStringEntryProto."""
    texts = {number: text(value, MAX_METADATA) for number, value in fields(data) if number in (_KEY, _VALUE)}
    return texts.get(_KEY, ""), texts.get(_VALUE, "")
