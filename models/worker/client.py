"""The owner's side of the worker: send it jobs, hear what it says, and give what is left to another when it dies."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import Canceled, WorkerDied, WorkerError, from_name
from ..library import parts, user
from .child import LOOK, Child, Event

#: What a job ends with.
ENDS = ("done", "looked", "verified", "imported", "ranked", "heard", "written", "cleaned", "error")
#: A worker that says nothing for this long, in seconds, is taken for hung and is killed.
SILENCE = 180.0


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
        self._child: Child | None = None
        self._unread: list[Event] = []
        self._jobs: dict[str, str] = {}
        self._canceled: set[str] = set()
        self._heard = 0.0

    @property
    def pid(self) -> int | None:
        """The process's number, or None when none runs."""
        return self._child.pid if self._child and self._child.code is None else None

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
        child = self._child or self._start()
        request = json.dumps({"do": do, "job": job, **fields}) + "\n"
        if do == "cancel":
            self._canceled.add(job)
        else:
            self._jobs[job] = request
            if do == "make":
                self._digests[job] = str(fields["recipe"]["digest"])
            self._heard = time.monotonic()
        child.ask(request)

    def cancel(self, job: str) -> None:
        """Ask the process to stop a job, if it has it."""
        if job in self._jobs:
            self.send("cancel", job)

    def poll(self) -> list[Event]:
        """Return what was said since the last time."""
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
        child, self._child = self._child, None
        if child:
            child.end(patience)
            for folder in self._library:
                parts.tidy(folder, child.pid)

    def _bury(self) -> None:
        """Take in what a dead process still said. Where jobs waited, another process has them then."""
        dead = self._child
        while dead and self._child is dead and self._jobs:
            self._listen()
        if self._child is dead:
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
                child = self._start()
            except WorkerError as error:
                found += [_failure(job, WorkerError.__name__, str(error)) for job in self._jobs]
                self._jobs.clear()
            else:
                for request in self._jobs.values():
                    child.ask(request)
        return found

    def _start(self) -> Child:
        self._child = child = Child(self._arguments)
        self._heard = time.monotonic()
        return child

    def _listen(self, timeout: float = 0.0) -> None:
        """Add to the unread events what was said, waiting for at most `timeout` seconds for the first."""
        heard = self._said()
        end = time.monotonic() + timeout
        while not heard and time.monotonic() < end and self._child and not self._child.is_silent:
            time.sleep(LOOK)
            heard = self._said()
        for event in heard:
            self._heard = time.monotonic()
            if event["say"] in ENDS and event.get("job") in self._jobs:
                del self._jobs[str(event["job"])]
                self._canceled.discard(str(event["job"]))
                if event.get("fatal") and self._child:
                    self._quarantine(str(event["message"]))
                    self._child.kill()  # it is about to end: nothing may be sent to it any more
                    self._begun = ""
                    self._unread += [said for said in heard if said["say"] != "alive"] + self._revive()
                    return
                self._begun = ""
            elif event["say"] == "begin":
                self._begun = self._digests.get(str(event["job"]), "")
        self._unread += [event for event in heard if event["say"] != "alive"]
        if not heard:
            self._unread += self._faults()

    def _said(self) -> list[Event]:
        return self._child.said() if self._child else []

    def _faults(self) -> list[Event]:
        """Return an error for the job at hand when the process died or went silent; the others get another process."""
        if self._child is None or not self._jobs:
            return []
        code = self._child.code
        if code is None and time.monotonic() - self._heard < SILENCE:
            return []
        if code is not None and not self._child.is_silent:
            return []  # it may have said that it was done
        if code is None:
            self._child.kill()
            message = f"The worker said nothing for {SILENCE:.0f} s and was stopped."
        else:
            message = f"The worker process ended unexpectedly (exit code {code})."
        message += " Frames made so far are kept; regenerate to make the rest." + self._child.last_words()
        job = next(iter(self._jobs))  # they are done one after another
        del self._jobs[job]
        self._quarantine(message)
        return [_failure(job, WorkerDied.__name__, message), *self._revive()]

    def _quarantine(self, reason: str) -> None:
        """If the network that was running is one of the user's own, it will not get another chance unasked."""
        if self._begun:
            user.quarantine(self._library, self._begun, reason)
        self._begun = ""


def _failure(job: str, name: str, message: str) -> Event:
    return {"say": "error", "job": job, "name": name, "message": message}
