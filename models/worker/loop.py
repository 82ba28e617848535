"""The worker process: `python -m models.worker [--library FOLDER]`. Requests in, events out, one JSON object a line.

Requests (stdin)                                            Events (stdout)
`{"do": "make", "job": ID, "recipe": {…}, "root": PATH,      `begin` (runtime, provider), `frame` (frame, done, total),
  "start": N, "only": [N…], "files": [PATH…],                `done` (made, folder, warning); `alive` for old files;
  "project": PATH, "hold": BOOL}`                            of texts first `placed` (see `models.kinds.Placement`);
                                                             `held` (frame, last), where one stands in for others
`{"do": "look", "job": ID, "recipe": {…}, "frame": N,        `seen` (width, height) when `file` is there, see `look`;
  "files": [PATH…], "file": PATH, "draft": BOOL,             with `draft` maybe twice; `looked` when its placeholder is
  "below": [PATH, N]}`
`{"do": "verify", "job": ID, "recipe": {…}, "root": PATH}`   `verified` (missing, changed, folder)
`{"do": "import", "job": ID, "path": PATH, "label": TEXT,    `imported` (id, label, kind, why, size, seconds, fresh)
  "allow": [OPERATION…], "rate": N}`                          into the last library folder; see `importer`
`{"do": "try", "job": ID, "id": ID}`                         `imported`, after the card was corrected
`{"do": "rank", "job": ID, "recipe": {…}, "root": PATH,      `ranked` (seeds, the best first; see `critic`)
  "count": N}`
`{"do": "midi", "job": ID, "recipe": {…}, "root": PATH}`     `written` (path: the score beside its sound)
`{"do": "hear", "job": ID, "reaction": {…}}`                 `heard` (keys: frame, value; see `hearing.reaction`)
`{"do": "clean", "job": ID, "root": PATH, "project": PATH,   `cleaned` (removed, freed: see `cache.clean`)
  "keep": [NAME…], "limit": BYTES}`
`{"do": "cancel", "job": ID}`                                `error` (name, message); a canceled job ends so too
`{"do": "quit"}`, or end of input                            the process ends

Generators that do not ship are read before they are loaded, and run within limits; see `guard`.
Every event carries its `job`; `ready` comes first. Jobs run one after another; sessions stay loaded between them.
When input ends (Blender quit, crashed or was killed) the worker stops at once, in the middle of a network if need be.
"""

from __future__ import annotations

import json
import os
import queue
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

from ..errors import Canceled, GeneratorOverrun, LatentStripsError
from ..inference.fallback import Steady
from ..inference.guarded import Guarded
from ..inference.limits import HUNG, Limits
from ..inference.session import Session
from ..library.catalog import Entry, Library
from .sessions import Sessions

#: How far the worker stands back behind Blender, which draws its window on the same cores.
NICE = 10
#: A sign of life at least this often, in seconds, while files are read.
ALIVE_EVERY = 5.0


#: Does what a request asks for, and says how it went: (worker, job, request). See `services`.
Serve = Callable[["Worker", str, Mapping[str, Any]], None]


class Worker:
    """One worker: its requests, its warm sessions, and what it says."""

    def __init__(
        self, library: Library, threads: int, provider: str, out: TextIO, limits: Limits, serve: Serve
    ) -> None:
        self.library = library
        self.sessions = Sessions(threads, provider, limits, self._note, self._end)
        self._out, self._serve = out, serve
        self._speaking = threading.Lock()
        self._spoke = 0.0
        self._requests: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self._canceled: set[str] = set()
        self._now: tuple[str, Steady | Guarded | None] = ("", None)
        self._lock = threading.Lock()

    def say(self, event: str, **fields: Any) -> None:
        """Send one event. When nobody listens any more there is nobody to work for."""
        with self._speaking:
            self._spoke = time.monotonic()
            try:
                self._out.write(json.dumps({"say": event, **fields}) + "\n")
                self._out.flush()
            except (BrokenPipeError, OSError):
                os._exit(0)

    def listen(self, lines: TextIO) -> None:
        """Read requests until input ends. Canceling takes effect at once, whatever is running."""
        for line in lines:
            try:
                request = json.loads(line)
                if request["do"] == "quit":
                    break
                if request["do"] == "cancel":
                    self._cancel(str(request["job"]))
                else:
                    self._requests.put(request)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                self.say("error", job="", name="WorkerError", message=f"Not a request: {str(error)[:100]}")
        self._requests.put(None)
        with self._lock:
            self._canceled.add("*")
            if self._now[1]:
                self._now[1].stop()

    def work(self) -> None:
        """Serve requests until there are no more."""
        while (request := self._requests.get()) is not None:
            job = str(request.get("job", ""))
            try:
                self._begin(job)
                self._serve(self, job, request)
            except Canceled:
                message = "Canceled. The frames made so far are kept."
                self.say("error", job=job, name="Canceled", message=message)
            except LatentStripsError as error:
                self.say("error", job=job, name=type(error).__name__, message=str(error))
            except MemoryError:
                message = "Not enough memory for this frame. Make it smaller, or close other programs."
                self.say("error", job=job, name="WorkerError", message=message)
            except Exception as error:  # noqa: BLE001 - whatever happens, the worker answers and goes on
                traceback.print_exc()
                message = f"Unexpected {type(error).__name__} in the worker: {error}. Please report this."
                self.say("error", job=job, name="WorkerError", message=message)

    def _cancel(self, job: str) -> None:
        with self._lock:
            self._canceled.add(job)
            if self._now[0] == job and self._now[1]:
                self._now[1].stop()

    def _begin(self, name: str) -> None:
        self.raise_if_canceled(name)
        with self._lock:
            self._now = (name, None)

    def progress(self, name: str, frame: int, done: int, total: int) -> None:
        """Say that a frame is there. Raises Canceled."""
        self.say("frame", job=name, frame=frame, done=done, total=total)
        self.raise_if_canceled(name)

    def tick(self, name: str) -> None:
        """Let a job be canceled, and tell its owner that it goes on. Called often while files are read."""
        self.raise_if_canceled(name)
        if time.monotonic() - self._spoke > ALIVE_EVERY:
            self.say("alive", job=name)

    def raise_if_canceled(self, name: str) -> None:
        """Raise Canceled when that job was, or when input has ended."""
        if name in self._canceled or "*" in self._canceled:
            raise Canceled("Canceled.")

    def session(self, name: str, entry: Entry) -> Session:
        """Return the network of a generator, for the job of that name, which cancels its runs.

        Raises as `Sessions.of`.
        """
        return self._now_runs(name, self.sessions.of(entry))

    def critic(self, name: str, path: Path) -> Session:
        """Return the network of a critic, likewise."""
        return self._now_runs(name, self.sessions.critic(path))

    def _now_runs(self, name: str, session: Steady | Guarded) -> Session:
        with self._lock:  # or a late cancel of the job before would stop this one
            session.restart()
            self._now = (name, session)
        self.raise_if_canceled(name)
        return session  # type: ignore[return-value]  # a take asks for no more of it than Guarded has

    def _note(self, text: str) -> None:
        self.say("note", job=self._now[0], text=text)

    def _end(self, error: GeneratorOverrun) -> None:
        """End the process: a network neither ended nor stopped, and nothing else ends it."""
        self.say("error", job=self._now[0], name=type(error).__name__, message=str(error), fatal=True)
        os._exit(HUNG)
