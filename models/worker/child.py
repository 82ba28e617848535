"""The worker as a child process: its start, its pipes, its log and its end."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import IO, Any

from ..errors import WorkerError
from ..processes import ROOT, WINDOWS, environment
from .pipes import Inbox, Outbox

Event = Mapping[str, Any]
#: Seconds between looks at what the worker said, while somebody waits for it.
LOOK = 0.01


class Child:
    """One running worker. Nothing here blocks but `end` and `kill`, and those not for long.

    Raises WorkerError when the process can't be started.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile(prefix="latent-strips-")  # noqa: SIM115 - closed in `end`
        command = [sys.executable, "-u", "-m", "models.worker", *arguments]
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe, stderr=self._log, bufsize=0,
                creationflags=WINDOWS,
            )  # fmt: skip
        except OSError as error:
            self._log.close()
            raise WorkerError(
                f"The worker can't be started ({error}). Is the extension installed completely?"
            ) from error
        assert self._process.stdin
        assert self._process.stdout
        self._requests, self._events = Outbox(self._process.stdin), Inbox(self._process.stdout)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.poll()

    @property
    def is_silent(self) -> bool:
        """Whether it has ended, and all that it said has been heard."""
        return self._events.ended

    def ask(self, request: str) -> None:
        """Send a line, now or when the pipe takes it."""
        self._requests.put(request)

    def said(self) -> list[Event]:
        """Return the events that have come. Hands over requests that didn't fit into the pipe before, too."""
        if self._events.ended:
            return []
        self._requests.push()
        return [event for line in self._events.lines() if (event := _event(line))]

    def kill(self) -> None:
        """Stop the process, but keep what it said."""
        self._process.kill()
        self._process.wait()

    def end(self, patience: float = 0.0) -> None:
        """Ask the process to end, wait for `patience` seconds, then kill it."""
        self._requests.close()
        end = time.monotonic() + patience
        while self._process.poll() is None and time.monotonic() < end:
            self._events.lines()  # or it might wait for somebody to listen
            time.sleep(LOOK)
        self.kill()
        self._events.close()
        self._log.close()

    def last_words(self) -> str:
        """Return the last line of its log as a sentence to add to an error; "" when there is none."""
        self._log.seek(0)
        lines = self._log.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
        return f" Its last words: {lines[-1][:300]}" if lines else ""


def _event(line: str) -> Event | None:
    """Return what a line says; None for one that is not an event."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "say" in event else None
