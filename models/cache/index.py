"""The index of a recipe folder: `index.jsonl`, a line for each file that was made.

Other people's programs may have written into it, so it is opened only when it is a plain file with one name, and only
lines as they are written here are read.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..plain_files import open_plain

INDEX = "index.jsonl"
#: Bytes of an index that are read: strips have at most 100,000 frames, and a line has about 190 bytes.
MOST = 64 * 2**20
#: A line as `append` writes it; whatever else stands in an index is passed over, however much it is. Names are those
#: that files of a recipe folder have: ASCII, no folders, nothing that a terminal or a panel would show wrong.
_LINE = re.compile(
    rb'\{"file": "(?!\.\.?")([ !#-.0-[\]-~]{1,255})", '
    rb'"key": "([0-9a-f]{32})", "size": ([0-9]{1,15}), "sha256": "([0-9a-f]{64})"\}'
)


@dataclass(frozen=True)
class Made:
    """What the index says of one file: the hash of its key, its size in bytes, and its SHA-256 (hex)."""

    key: str
    size: int
    sha256: str


def hash_key(key: str) -> str:
    """Return the SHA-256 of a frame's key, shortened to 128 bits (32 hex digits): keys themselves are long."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def lines(path: Path, wanted: Callable[[str], bool] = lambda key: True) -> Iterator[tuple[str, Made]]:
    """Yield (file name, what was made) for each valid line whose hashed key is `wanted`; nothing for no such file."""
    try:
        with open_plain(path, os.O_RDONLY, one_name=True) as file:
            data = file.read(MOST)
    except OSError:
        return
    for found in _LINE.finditer(data):
        name, key, size, sha256 = map(bytes.decode, found.groups())
        if wanted(key):
            yield name, Made(key, int(size), sha256)


def append(path: Path, name: str, made: Made) -> None:
    """Add a line in one write, which other processes' writes can't get into. Raises OSError."""
    line = json.dumps({"file": name, "key": made.key, "size": made.size, "sha256": made.sha256}).encode() + b"\n"
    with open_plain(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, one_name=True) as file:
        if not _ends_with_newline(file):  # a crash or a full disk has cut the last line short
            line = b"\n" + line
        if file.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _ends_with_newline(file: BinaryIO) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
