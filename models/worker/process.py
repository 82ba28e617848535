"""The worker process, on standard input and output."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import threading
from pathlib import Path

from ..inference.limits import Limits
from ..inference.session import version
from ..library import parts
from ..library.catalog import SHIPPED, Library
from ..text import folders
from .loop import NICE, Worker
from .provider import CPU
from .services import serve


def main() -> None:
    """Run a worker on standard input and output."""
    parser = argparse.ArgumentParser(description="Latent Strips worker. Speaks JSON lines; see models/worker/loop.py.")
    parser.add_argument("--library", type=Path, action="append", default=[], help="a folder of the user's generators")
    parser.add_argument("--fonts", type=Path, action="append", default=[], help="a folder of fonts for texts")
    parser.add_argument("--threads", type=int, default=0, help="of the runtime; 0 is one a core")
    parser.add_argument("--provider", default=CPU, help="auto lets a trial choose; see models/worker/provider.py")
    parser.add_argument("--memory", type=float, default=4.0, help="GB that a generator of the user's may take")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds that one may take for a frame")
    options = parser.parse_args()
    folders.FONTS[:] = options.fonts
    if hasattr(os, "nice"):
        os.nice(NICE)
    # What a library prints must not get between the events: standard output becomes standard error.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    limits = Limits(int(options.memory * 2**30), options.patience)
    worker = Worker(Library((SHIPPED, *options.library)), options.threads, options.provider, out, limits, serve)
    for folder in options.library:
        parts.tidy(folder)
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8", errors="replace")
    worker.sessions.choose(options.library[-1] / "provider.json" if options.library else None)
    worker.say(
        "ready", runtime=version, pid=os.getpid(), provider=worker.sessions.provider, reason=worker.sessions.reason
    )
    threading.Thread(target=worker.listen, args=(requests,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        worker.work()
    sys.stderr.flush()
    os._exit(0)  # the listening thread may still wait on input
