"""Name a media file by its content, so that recipes need no path and notice when the file was replaced.

Whole movies take too long to hash: the size and a few blocks, spread over the file, stand for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from ..cache.mark import is_mark
from ..errors import MediaError

BLOCKS, BLOCK = 16, 65_536  # bytes


def of(paths: Sequence[Path]) -> str:
    """SHA-256, hex, over the files in their order. Raises MediaError with the path that can't be read."""
    found = hashlib.sha256()
    for path in paths:
        try:
            state = path.stat()
        except OSError as error:
            raise MediaError(f"{path}: the footage is not there ({error.strerror}). Find it, or relink it.") from error
        found.update(_one(path, state.st_size, state.st_mtime_ns))
    return found.hexdigest()


@lru_cache(maxsize=100_000)
def _one(path: Path, size: int, changed: int) -> bytes:
    """Digest of a file in a certain state: panels ask for it at every redraw."""
    digest = hashlib.sha256(str(size).encode())
    try:
        with path.open("rb") as file:
            for n in range(BLOCKS):
                file.seek(max(0, size - BLOCK) * n // (BLOCKS - 1))
                digest.update(block := file.read(BLOCK))
                if n == 0 and is_mark(block):
                    raise MediaError(f"{path}: this frame is still being generated. Wait, or regenerate its strip.")
    except OSError as error:
        raise MediaError(f"{path}: the footage can't be read ({error.strerror}).") from error
    return digest.digest()
