"""Small files that lie where others may write: read and written only as what they seem to be.

A link may lead anywhere, a pipe never ends and a device may do anything as it is opened; none of them is followed,
waited for or opened.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path
from typing import BinaryIO

_FOLLOW_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_plain(path: Path, flags: int, one_name: bool = False) -> BinaryIO:
    """Open a plain file, unbuffered: for reading, else also for writing at its end.

    Raises OSError: EPERM for links, pipes and devices, with `one_name` for a file that has other names too.
    """
    if path.is_symlink():  # where the system can't refuse to follow it
        raise OSError(errno.EPERM, "is a link")
    descriptor = os.open(path, flags | _FOLLOW_NO_LINK, 0o666)
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode) or (one_name and about.st_nlink > 1):
        os.close(descriptor)
        raise OSError(errno.EPERM, "is a link, a pipe or a device")
    return os.fdopen(descriptor, "rb" if flags == os.O_RDONLY else "ab+", buffering=0)


def is_plain(path: Path) -> bool:
    """Whether there is a plain file, which is not a link either."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Whether there is anything of that name, a link to nowhere included."""
    return os.path.lexists(path)


def read(path: Path, most: int) -> bytes:
    """Read a plain file of at most `most` bytes. Raises OSError: EPERM as `open_plain`, EFBIG for a larger one."""
    with open_plain(path, os.O_RDONLY) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise OSError(errno.EFBIG, f"is larger than {most / 1e6:g} MB")
        data = bytearray()
        while block := file.read(most + 1 - len(data)):
            data += block
            if len(data) > most:
                raise OSError(errno.EFBIG, f"is larger than {most / 1e6:g} MB")
    return bytes(data)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, in the place of whatever has its name. Raises OSError."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
        os.replace(part, path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
