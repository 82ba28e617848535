"""The owner's side of the worker: start the process, send it jobs, hear what it says, outlive its death."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from ..errors import Canceled, WorkerDied, WorkerError, from_name
from ..library import user
from ..processes import ROOT, WINDOWS, environment
from .pipes import Inbox, Outbox

Event = Mapping[str, Any]
#: What a job ends with.
ENDS = ("done", "verified", "imported", "ranked", "heard", "written", "cleaned", "error")
#: A worker that says nothing for this long, in seconds, is taken for hung and is killed.
SILENCE = 180.0
#: Seconds between looks at what the worker said, while somebody waits for it.
LOOK = 0.01


class Client:
    """A worker process that is started when first needed and again after it died.

    It has no thread of its own (see `pipes`), so whoever has unfinished jobs is to call `poll` often. `send` and
    `poll` never block; `wait` does. A process that dies becomes an `error` event for the job that it was doing; those
    that waited behind it go to the next process.
    """

    def __init__(
        self,
        library: Sequence[Path] = (),
        threads: int = 0,
        provider: str = "cpu",
        memory: float = 4.0,
        patience: float = 60.0,
        fonts: Sequence[Path] = (),
    ) -> None:
        self._arguments = [f"--threads={threads}", f"--provider={provider}", *(f"--library={path}" for path in library)]
        self._arguments += [f"--memory={memory}", f"--patience={patience}", *(f"--fonts={path}" for path in fonts)]
        self._library = tuple(library)
        self._digests: dict[str, str] = {}
        self._begun = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: Outbox
        self._events: Inbox
        self._unread: list[Event] = []
        self._jobs: dict[str, str] = {}
        self._canceled: set[str] = set()
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
            if do == "cancel":
                return
            self._bury()
        if self.pid is None:
            self._start()
        request = json.dumps({"do": do, "job": job, **fields}) + "\n"
        if do == "cancel":
            self._canceled.add(job)
        else:
            self._jobs[job] = request
            if do == "make":
                self._digests[job] = str(fields["recipe"]["digest"])
            self._heard = time.monotonic()
        self._requests.put(request)

    def poll(self) -> list[Event]:
        """Return whether What was said since the last time."""
        self._listen()
        events, self._unread = self._unread, []
        return events

    def wait(self, job: str) -> Iterator[Event]:
        """Yield what is said of `job` until it ends. Raises the error that it ended with.

        What is said of other jobs is kept for whoever waits for them, or for `poll`.
        """
        while True:
            self._listen(0.0 if any(event.get("job") == job for event in self._unread) else 0.5)
            events = [event for event in self._unread if event.get("job") == job]
            if not events and job not in self._jobs:
                raise WorkerError(f"The worker has no job {job!r}.")
            self._unread = [event for event in self._unread if event.get("job") != job]
            for event in events:
                if event["say"] == "error":
                    raise from_name(str(event["name"]), str(event["message"]))
                yield event
                if event["say"] in ENDS:
                    return

    def close(self, patience: float = 2.0) -> None:
        """End the process: ask, then kill. Unfinished jobs are forgotten."""
        self._jobs.clear()
        self._canceled.clear()
        self._digests.clear()
        self._unread = []
        self._end(patience)

    def _end(self, patience: float = 0.0) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        self._requests.close()
        end = time.monotonic() + patience
        while process.poll() is None and time.monotonic() < end:
            self._events.lines()  # or it might wait for somebody to listen
            time.sleep(LOOK)
        process.kill()
        process.wait()
        self._events.close()
        if self._log:
            self._log.close()

    def _bury(self) -> None:
        """Take in what a dead process still said. Where jobs waited, another process has them then."""
        process = self._process
        while self._process is process and self._process and self._jobs:
            self._listen()
        if self._process is process:
            self._end()

    def _revive(self) -> list[Event]:
        """Hand the jobs that waited to another process. Returns errors for those that can't go on."""
        self._end()
        found = [_failure(job, Canceled.__name__, "Canceled.") for job in self._jobs if job in self._canceled]
        for event in found:
            del self._jobs[str(event["job"])]
        self._canceled.clear()
        if self._jobs:
            try:
                self._start()
            except WorkerError as error:
                found += [_failure(job, WorkerError.__name__, str(error)) for job in self._jobs]
                self._jobs.clear()
            else:
                for request in self._jobs.values():
                    self._requests.put(request)
        return found

    def _start(self) -> None:
        self._log = tempfile.TemporaryFile(prefix="latent-strips-")  # noqa: SIM115 - lives as long as the process
        command = [sys.executable, "-u", "-m", "models.worker", *self._arguments]
        try:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                bufsize=0,
                creationflags=WINDOWS,
            )
        except OSError as error:
            raise WorkerError(
                f"The worker can't be started ({error}). Is the extension installed completely?"
            ) from error
        assert self._process.stdin
        assert self._process.stdout
        self._requests, self._events = Outbox(self._process.stdin), Inbox(self._process.stdout)
        self._heard = time.monotonic()

    def _listen(self, timeout: float = 0.0) -> None:
        """Add to the unread events what was said, waiting for at most `timeout` seconds for the first."""
        heard = self._said()
        end = time.monotonic() + timeout
        while not heard and time.monotonic() < end and not self._ended:
            time.sleep(LOOK)
            heard = self._said()
        for event in heard:
            self._heard = time.monotonic()
            if event["say"] in ENDS and event.get("job") in self._jobs:
                del self._jobs[str(event["job"])]
                self._canceled.discard(str(event["job"]))
                if event.get("fatal") and self._process:
                    self._quarantine(str(event["message"]))
                    self._process.kill()  # it is about to end: nothing may be sent to it any more
                    self._process.wait()
                    self._begun = ""
                    self._unread += [said for said in heard if said["say"] != "alive"] + self._revive()
                    return
                self._begun = ""
            elif event["say"] == "begin":
                self._begun = self._digests.get(str(event["job"]), "")
        self._unread += [event for event in heard if event["say"] != "alive"]
        if not heard:
            self._unread += self._faults()

    @property
    def _ended(self) -> bool:
        """Whether there is nothing more to hear."""
        return self._process is None or self._events.ended

    def _said(self) -> list[Event]:
        """Return the events that have come. Hands over requests that didn't fit into the pipe before, too."""
        if self._ended:
            return []
        self._requests.push()
        return [event for line in self._events.lines() if (event := _event(line))]

    def _faults(self) -> list[Event]:
        """Return an error for the job at hand when the process died or went silent; the others get another process."""
        if self._process is None or not self._jobs:
            return []
        code = self._process.poll()
        if code is None and time.monotonic() - self._heard < SILENCE:
            return []
        if code is not None and not self._events.ended:
            return []  # it may have said that it was done
        if code is None:
            self._process.kill()
            self._process.wait()
            message = f"The worker said nothing for {SILENCE:.0f} s and was stopped."
        else:
            message = f"The worker process ended unexpectedly (exit code {code})."
        message += " Frames made so far are kept; regenerate to make the rest." + self._last_words()
        job = next(iter(self._jobs))  # they are done one after another
        del self._jobs[job]
        self._quarantine(message)
        return [_failure(job, WorkerDied.__name__, message), *self._revive()]

    def _quarantine(self, reason: str) -> None:
        """If the network that was running is one of the user's own, it will not get another chance unasked."""
        if self._begun:
            user.quarantine(self._library, self._begun, reason)
        self._begun = ""

    def _last_words(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        lines = self._log.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
        return f" Its last words: {lines[-1][:300]}" if lines else ""


def _failure(job: str, name: str, message: str) -> Event:
    return {"say": "error", "job": job, "name": name, "message": message}


def _event(line: str) -> Event | None:
    """Return what a line says; None for one that is no event."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "say" in event else None
