"""The index of a recipe folder: `index.jsonl`, a line for each file that was made.

Other people's programs may have written into it, so it is opened only when it is a plain file with one name, and every
line is checked.
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
#: Bytes of a line that can make sense.
LINE = 1000
#: Names that a file of a recipe folder may have: no folders, nothing that a terminal or a panel would show wrong.
_NAME = re.compile(r"(?!\.\.?$)[^/\\\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,255}")
_KEY, _SHA256 = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")


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
    for line in data.splitlines():
        if len(line) <= LINE and (found := _parsed(line, wanted)):
            yield found


def append(path: Path, name: str, made: Made) -> None:
    """Add a line in one write, which other processes' writes can't get into. Raises OSError."""
    line = json.dumps({"file": name, "key": made.key, "size": made.size, "sha256": made.sha256}).encode() + b"\n"
    with open_plain(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, one_name=True) as file:
        if not _ends_with_newline(file):  # a crash or a full disk has cut the last line short
            line = b"\n" + line
        if file.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _parsed(line: bytes, wanted: Callable[[str], bool]) -> tuple[str, Made] | None:
    try:
        raw = json.loads(line)
        name, key, size, sha256 = raw["file"], raw["key"], raw["size"], raw["sha256"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None  # cut short by a crash, or somebody else's: the frame counts as not made
    if not (isinstance(name, str) and isinstance(key, str) and isinstance(sha256, str) and type(size) is int):
        return None
    if not (_NAME.fullmatch(name) and _KEY.fullmatch(key) and _SHA256.fullmatch(sha256) and size >= 0):
        return None
    return (name, Made(key, size, sha256)) if wanted(key) else None


def _ends_with_newline(file: BinaryIO) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
