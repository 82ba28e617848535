"""Whether processes run."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path


def ended(pid: int, within: float) -> bool:
    """Whether a process ends within so many seconds."""
    until = time.monotonic() + within
    while is_running(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def is_running(pid: int) -> bool:
    """Whether a process runs. One that has ended and that nobody has waited for does not."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True
