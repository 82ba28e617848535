"""Copies that imports work on until a file is stored, and what is left of them when a process was ended."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

_PART = re.compile(r"\.(?:import\.(\d+)-([0-9a-f]{8}-)?|[0-9a-f]{64}\.\w+\.|provider\.json\.)[0-9a-f]{8}\.part")
#: Seconds after which a part of a file belongs to nobody any more.
OLD = 3600.0
#: Tells this machine's processes from those of others that share the folder.
_MACHINE = hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def import_part(folder: Path) -> Path:
    """Where an import keeps its copy of a file until it is stored; the name says whose it is."""
    return folder / f".import.{os.getpid()}-{_MACHINE}-{secrets.token_hex(4)}.part"


def leftovers(folder: Path, ended: int = 0) -> list[Path]:
    """Parts of files that imports left when their process was ended: it is gone, or they are over an hour old.

    `ended` is the number of a process of this machine that has just ended.
    """
    found = []
    for path in folder.glob(".*.part"):
        if (owner := _PART.fullmatch(path.name)) and not path.is_dir():
            with suppress(FileNotFoundError):  # its import has just ended
                is_old = time.time() - path.lstat().st_mtime > OLD
                found += [path] if is_old or _has_ended(owner, ended) else []
    return sorted(found)


def tidy(folder: Path, ended: int = 0) -> int:
    """Delete the leftovers of imports and return how many there were. `ended` is as in `leftovers`."""
    parts = leftovers(folder, ended)
    for part in parts:
        with suppress(OSError):  # another import does the same
            part.unlink()
    return len(parts)


def _has_ended(owner: re.Match[str], ended: int) -> bool:
    """Whether a process of this machine is known to be gone. On Windows asking would end it: there age has to tell."""
    pid, machine = owner.groups()
    if machine != f"{_MACHINE}-" or not pid or len(pid) > 9:
        return False
    if int(pid) == ended:
        return True
    if os.name == "nt":
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
