"""The owner's side of the worker: start the process, send it jobs, hear what it says, outlive its death."""

from __future__ import annotations

import importlib.util
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from .errors import WorkerError, from_name

Event = Mapping[str, Any]
#: A worker that says nothing for this long, in seconds, is taken for hung and is killed.
SILENCE = 180.0


class Client:
    """A worker process that is started when first needed and again after it died.

    Everything is called from one thread. `poll` never blocks; `wait` does. A process that dies in the middle of jobs
    becomes an `error` event for each of them.
    """

    def __init__(self, library: Sequence[Path] = (), threads: int = 0, provider: str = "cpu") -> None:
        self._arguments = [f"--threads={threads}", f"--provider={provider}", *(f"--library={path}" for path in library)]
        self._process: subprocess.Popen[str] | None = None
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._jobs: list[str] = []
        self._log: IO[bytes] | None = None
        self._heard = 0.0

    @property
    def pid(self) -> int | None:
        """The process's number, or None when none runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def busy(self) -> bool:
        """Whether a job is unfinished."""
        return bool(self._jobs)

    def send(self, do: str, job: str, **fields: Any) -> None:
        """Queue a request (see `worker`). Raises WorkerError when no process can be started."""
        if self.pid is None:
            self._start()
        if do != "cancel":
            self._jobs.append(job)
            self._heard = time.monotonic()
        self._write({"do": do, "job": job, **fields})

    def poll(self) -> list[Event]:
        """What was said since the last time."""
        events = []
        while not self._events.empty():
            events.append(self._note(self._events.get()))
        if self._jobs and not events:
            events = self._faults()
        return events

    def wait(self, job: str) -> Iterator[Event]:
        """Yield what is said of `job` until it ends. Raises the error that it ended with."""
        while True:
            try:
                events = [self._note(self._events.get(timeout=0.5))]
            except queue.Empty:
                events = self._faults()
            for event in events:
                if event.get("job") != job:
                    continue
                if event["say"] == "error":
                    raise from_name(str(event["name"]), str(event["message"]))
                yield event
                if event["say"] in ("done", "verified"):
                    return

    def close(self, patience: float = 2.0) -> None:
        """End the process: ask, then kill."""
        process, self._process = self._process, None
        self._jobs.clear()
        if process is None:
            return
        if process.stdin:
            with _quiet():
                process.stdin.close()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
        if self._log:
            self._log.close()

    def _start(self) -> None:
        self.close(0.2)
        self._events = queue.SimpleQueue()
        self._log = tempfile.TemporaryFile(prefix="latent-strips-")  # noqa: SIM115 - lives as long as the process
        command = [sys.executable, "-u", "-m", "models.worker", *self._arguments]
        try:
            self._process = subprocess.Popen(
                command,
                cwd=Path(__file__).resolve().parent.parent,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                encoding="utf-8",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise WorkerError(
                f"The worker can't be started ({error}). Is the extension installed completely?"
            ) from error
        threading.Thread(target=_read, args=(self._process.stdout, self._events), daemon=True).start()
        self._heard = time.monotonic()

    def _write(self, request: Mapping[str, Any]) -> None:
        assert self._process
        assert self._process.stdin
        with _quiet():  # a dead process is noticed by poll
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()

    def _note(self, event: Event) -> Event:
        self._heard = time.monotonic()
        if event["say"] in ("done", "verified", "error") and event.get("job") in self._jobs:
            self._jobs.remove(str(event["job"]))
        return event

    def _faults(self) -> list[Event]:
        """An error for each job when the process died or went silent."""
        if self._process is None or not self._events.empty():
            return []
        code = self._process.poll()
        if code is None and time.monotonic() - self._heard < SILENCE:
            return []
        if code is None:
            self._process.kill()
            message = f"The worker said nothing for {SILENCE:.0f} s and was stopped."
        else:
            message = f"The worker process ended unexpectedly (exit code {code})."
        message += " Frames made so far are kept; regenerate to make the rest." + self._last_words()
        jobs, self._jobs = self._jobs, []
        return [{"say": "error", "job": job, "name": "WorkerError", "message": message} for job in jobs]

    def _last_words(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        lines = self._log.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
        return f" Its last words: {lines[-1][:300]}" if lines else ""


def environment() -> dict[str, str]:
    """The worker's environment: this one, with the bundled wheels on the path, writing nothing beside the code."""
    folders = []
    for package in ("onnxruntime", "av", "numpy"):
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            folders.append(str(Path(spec.origin).parent.parent))
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONSTARTUP")}
    return kept | {
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(folders)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }


def _read(lines: IO[str] | None, events: queue.SimpleQueue[Event]) -> None:
    """Runs on a thread: turn lines into events until the process ends."""
    assert lines is not None
    with _quiet():
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and "say" in event:
                events.put(event)


class _quiet:
    """A pipe to a process that has ended: the write fails, and `poll` will tell why."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, (OSError, ValueError))
