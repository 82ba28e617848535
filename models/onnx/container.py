"""What a third-party network comes in: a plain file of a credible size, and none of those often taken for it."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from ..errors import GeneratorRefused, NotOnnx, TooLarge

#: The largest file, bytes (what Protocol Buffers allow).
MAX_FILE = 2**31 - 1
#: Bytes within which a web page begins, after blanks.
_BLANKS = 2**16
#: What else comes as a downloaded .onnx file, by its first bytes.
_PAGE = "is a web page, not a model. Download the file itself."
_OTHERS = {
    b"version https://git-lfs": "is a pointer of Git LFS, not the model. Download the file itself (git lfs pull).",
    b"PK\x03\x04": "is a ZIP archive, as PyTorch's .pt and .pth files are. Export the network to ONNX.",
    b"\x89HDF": "is an HDF5 file, as those of Keras are. Export the network to ONNX.",
}


class opened:
    """The descriptor of a plain file of a sound size, as a context; nothing waits on a pipe and no link is followed.

    Raises NotOnnx, TooLarge or OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> int:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if self.path.is_symlink():
            raise NotOnnx(f"{self.path.name}: is a link. Choose the file that it leads to.")
        self.file = os.open(self.path, flags)
        found = os.fstat(self.file)
        try:
            if not stat.S_ISREG(found.st_mode):
                raise NotOnnx(f"{self.path.name}: is a folder or a device, not a file.")
            if found.st_size == 0:
                raise NotOnnx(f"{self.path.name}: is empty.")
            if found.st_size > MAX_FILE:
                size = found.st_size / 1e9
                raise TooLarge(f"{self.path.name}: is {size:.1f} GB large; at most {MAX_FILE / 1e9:.1f} are read.")
        except GeneratorRefused:
            os.close(self.file)
            raise
        return self.file

    def __exit__(self, *_: object) -> None:
        os.close(self.file)


def check_kind(data: memoryview) -> None:
    """Raise NotOnnx, which says what it is, for what else comes as a downloaded .onnx file."""
    if known := next((what for begin, what in _OTHERS.items() if bytes(data[: len(begin)]) == begin), ""):
        raise NotOnnx(known)
    if _is_page(bytes(data[:_BLANKS])):
        raise NotOnnx(_PAGE)


def _is_page(begin: bytes) -> bool:
    """Whether a file begins as HTML or XML does, after a byte order mark and blanks. The zeros are those of UTF-16."""
    mark = next((mark for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff") if begin.startswith(mark)), b"")
    return re.match(rb"[\s\0]*<\0?[a-zA-Z!?]", begin[len(mark) :]) is not None
