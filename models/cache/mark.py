"""What tells a placeholder from a frame: a text chunk right behind a PNG file's header (PNG 11.3.4)."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

from ..plain_files import open_plain

#: Bytes of a PNG file before the mark: its signature and its header.
HEAD = 33
_TEXT = b"tEXtComment\0Latent Strips placeholder"
_MARK = struct.pack(">I", len(_TEXT) - 4) + _TEXT + struct.pack(">I", zlib.crc32(_TEXT))


def marked(png: bytes) -> bytes:
    """Return a PNG file as a placeholder."""
    return png[:HEAD] + _MARK + png[HEAD:]


def is_mark(begin: bytes) -> bool:
    """Whether a file that begins so is a placeholder."""
    return begin[HEAD : HEAD + len(_MARK)] == _MARK


def is_placeholder(path: Path) -> bool:
    """Whether a file is a placeholder. False where it can't be read."""
    try:
        with open_plain(path, os.O_RDONLY) as file:
            return is_mark(file.read(HEAD + len(_MARK)))
    except OSError:
        return False
