"""The worker process: `python -m models.worker [--library FOLDER]`. Requests in, events out, one JSON object a line.

Requests (stdin)                                            Events (stdout)
`{"do": "make", "job": ID, "recipe": {…}, "root": PATH,      `begin` (runtime, provider), `frame` (frame, done, total),
  "start": N, "only": [N…], "files": [PATH…]}`               `done` (made, folder); `alive` while it reads old files
`{"do": "verify", "job": ID, "recipe": {…}, "root": PATH}`   `verified` (missing, changed, folder)
`{"do": "import", "job": ID, "path": PATH, "label": TEXT,    `imported` (id, label, kind, why, size, seconds, fresh)
  "allow": [OPERATION…], "rate": N}`                          into the last library folder; see `importer`
`{"do": "try", "job": ID, "id": ID}`                         `imported`, after the card was corrected
`{"do": "rank", "job": ID, "recipe": {…}, "root": PATH,      `ranked` (seeds, the best first; see `critic`)
  "count": N}`
`{"do": "midi", "job": ID, "recipe": {…}, "root": PATH}`     `written` (path: the score beside its sound)
`{"do": "hear", "job": ID, "reaction": {…}}`                 `heard` (keys: frame, value; see `hearing.reaction`)
`{"do": "cancel", "job": ID}`                                `error` (name, message); a cancelled job ends so too
`{"do": "quit"}`, or end of input                            the process ends

Generators that do not ship are read before they are loaded, and run within limits; see `guard`.
Every event carries its `job`; `ready` comes first. Jobs run one after another; sessions stay loaded between them.
When input ends (Blender quit, crashed or was killed) the worker stops at once, in the middle of a network if need be.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TextIO

from . import critic, own
from .errors import Cancelled, GeneratorOverrun, LatentStripsError, RecipeError, WorkerError
from .fallback import Steady
from .generators.music import MusicTake
from .guard import Guarded
from .job import Job
from .library import SHIPPED, Entry, Library
from .limits import HUNG, Limits
from .onnx_file import digest
from .provider import AUTO, CPU, Choice, chosen, remembered, sample
from .recipe import Recipe
from .runtime import Session, available, version
from .text import folders

#: Sessions kept loaded.
WARM = 2
#: How far the worker stands back behind Blender, which draws its window on the same cores.
NICE = 10
#: A sign of life at least this often, in seconds, while files are read.
ALIVE_EVERY = 5.0


class Worker:
    """One worker: its requests, its warm sessions, and what it says."""

    def __init__(self, library: Library, threads: int, provider: str, out: TextIO, limits: Limits) -> None:
        self.library, self.threads, self.provider, self.limits = library, threads, provider, limits
        self.reason = ""
        self._remember: Path | None = None
        self._out = out
        self._speaking = threading.Lock()
        self._spoke = 0.0
        self._sessions: OrderedDict[str, Steady | Guarded] = OrderedDict()
        self._requests: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self._cancelled: set[str] = set()
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
        """Read requests until input ends. Cancelling takes effect at once, whatever is running."""
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
            self._cancelled.add("*")
            if self._now[1]:
                self._now[1].stop()

    def work(self) -> None:
        """Serve requests until there are no more."""
        while (request := self._requests.get()) is not None:
            job = str(request.get("job", ""))
            try:
                self._serve(job, request)
            except Cancelled:
                message = "Cancelled. The frames made so far are kept."
                self.say("error", job=job, name="Cancelled", message=message)
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
            self._cancelled.add(job)
            if self._now[0] == job and self._now[1]:
                self._now[1].stop()

    def _serve(self, name: str, request: Mapping[str, Any]) -> None:
        self._raise_if_cancelled(name)
        with self._lock:
            self._now = (name, None)
        if request["do"] in ("import", "try"):
            self._import(name, request)
            return
        if request["do"] == "hear":
            from .hearing.reaction import Reaction  # of no use to workers that only make frames

            self.say("begin", job=name, runtime=version, provider="", total=0)
            keys = Reaction.from_mapping(request.get("reaction")).keys(lambda: self._tick(name))
            self.say("heard", job=name, keys=keys)
            return
        recipe = Recipe.from_mapping(request.get("recipe"))
        entry = self.library.exact(recipe.generator, recipe.digest)
        job = Job.of(recipe, entry.card, Path(str(request["root"])))
        if request["do"] == "verify":
            missing, changed = job.check(lambda: self._tick(name))
            self.say("verified", job=name, missing=missing, changed=changed, folder=str(job.folder.path))
        elif request["do"] == "rank":
            seeds = critic.rank(
                job.recipe,
                entry,
                int(request["count"]),
                lambda path: self._session(name, entry) if path == entry.path else self._critic(name, path),
                lambda: self._tick(name),
            )
            self.say("ranked", job=name, seeds=seeds)
        elif request["do"] == "midi":
            if not isinstance(job.take, MusicTake):
                raise RecipeError(f"A {recipe.kind} has no notes: only music can be written as MIDI.")
            self.say("begin", job=name, runtime=version, provider=self.provider, reason=self.reason, total=0)
            job.folder.create(job.recipe.canonical())
            path = job.folder.put_beside(".mid", job.take.midi(self._session(name, entry)))
            self.say("written", job=name, path=str(path))
        elif request["do"] == "make":
            if files := request.get("files"):
                job.take.attach([Path(str(file)) for file in files])
            self.say(
                "begin", job=name, runtime=version, provider=self.provider, reason=self.reason, total=job.folder.count
            )
            made = job.make(
                lambda: self._session(name, entry),
                lambda frame, done, total: self._progress(name, frame, done, total),
                lambda: self._tick(name),
                int(request.get("start", 0)),
                request.get("only"),
            )
            self.say("done", job=name, made=made, folder=str(job.folder.path))
        else:
            raise WorkerError(f"The worker can't {str(request['do'])[:40]!r}.")

    def _progress(self, name: str, frame: int, done: int, total: int) -> None:
        self.say("frame", job=name, frame=frame, done=done, total=total)
        self._raise_if_cancelled(name)

    def _tick(self, name: str) -> None:
        """Called often while files are read: lets a job be cancelled, and its owner know that it goes on."""
        self._raise_if_cancelled(name)
        if time.monotonic() - self._spoke > ALIVE_EVERY:
            self.say("alive", job=name)

    def _raise_if_cancelled(self, name: str) -> None:
        if name in self._cancelled or "*" in self._cancelled:
            raise Cancelled("Cancelled.")

    def _import(self, name: str, request: Mapping[str, Any]) -> None:
        from . import importer  # its parts are of no use to workers that only make frames

        def open(path: Path, allow: Collection[str]) -> Guarded:
            return Guarded(path, self._open, self.limits, lambda error: self._end(name, error), allow)

        if request["do"] == "try":
            entry = self.library.latest(str(request["id"]))
            about, fresh = importer.again(entry, open), False
        else:
            path, allow = Path(str(request["path"])), [str(op) for op in request.get("allow", ())]
            label, folder = str(request.get("label", "")), self.library.folders[-1]
            made = importer.take(path, folder, open, self.provider, allow, label, int(request.get("rate", 0)))
            entry, about, fresh = made.entry, made.own, made.fresh
        card = entry.card
        self.say(
            "imported", job=name, id=card.id, label=card.label, kind=card.kind, why=about.why, size=about.size,
            seconds=about.seconds, fresh=fresh,
        )  # fmt: skip

    def choose(self, remember: Path | None) -> None:
        """Let a trial choose the provider, unless one was asked for; keep the choice in the file `remember`."""
        found, self._remember = available(), remember
        if self.provider != AUTO:
            self.reason = "chosen in the preferences"
            if self.provider not in found:
                self.provider, self.reason = CPU, f"{self.provider}, chosen in the preferences, is not there"
            return

        def choose() -> Choice:
            return chosen(found, lambda name: sample(name, self.threads))

        choice = remembered(remember, version, found, choose) if remember else choose()
        self.provider, self.reason = choice.provider, choice.reason

    def _open(self, path: Path) -> Steady:
        return Steady(path, lambda each, provider: Session(each, self.threads, provider), self.provider, self._fell)

    def _fell(self, text: str) -> None:
        """The provider failed: say so, and measure anew before it is trusted again."""
        self.say("note", job=self._now[0], text=text)
        if self._remember:
            with contextlib.suppress(OSError):
                self._remember.unlink(missing_ok=True)

    def _session(self, name: str, entry: Entry) -> Session:
        own.check_released(entry)
        allow = () if entry.path.parent == SHIPPED else own.about(entry).allow
        return self._warm(name, entry.card.digest, lambda: self._load(name, entry.path, allow))

    def _critic(self, name: str, path: Path) -> Session:
        return self._warm(name, digest(path), lambda: self._load(name, path, ()))

    def _warm(self, name: str, digest: str, load: Callable[[], Steady | Guarded]) -> Session:
        session = self._sessions.pop(digest, None) or load()
        self._sessions[digest] = session
        while len(self._sessions) > WARM:
            self._sessions.popitem(last=False)
        with self._lock:  # or a late cancel of the job before would stop this one
            session.restart()
            self._now = (name, session)
        self._raise_if_cancelled(name)
        return session  # type: ignore[return-value]  # a take asks for no more of it than Guarded has

    def _load(self, name: str, path: Path, allow: Collection[str]) -> Steady | Guarded:
        if path.parent == SHIPPED:
            return self._open(path)
        return Guarded(path, self._open, self.limits, lambda error: self._end(self._now[0] or name, error), allow)

    def _end(self, name: str, error: GeneratorOverrun) -> None:
        """A network neither ended nor stopped: nothing but the end of this process ends it."""
        self.say("error", job=name, name=type(error).__name__, message=str(error), fatal=True)
        os._exit(HUNG)


def main() -> None:
    """Run a worker on standard input and output."""
    parser = argparse.ArgumentParser(description="Latent Strips worker. Speaks JSON lines; see models/worker.py.")
    parser.add_argument("--library", type=Path, action="append", default=[], help="a folder of the user's generators")
    parser.add_argument("--fonts", type=Path, action="append", default=[], help="a folder of fonts for texts")
    parser.add_argument("--threads", type=int, default=0, help="of the runtime; 0 is one a core")
    parser.add_argument("--provider", default=CPU, help="auto lets a trial choose; see models/provider.py")
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
    worker = Worker(Library((SHIPPED, *options.library)), options.threads, options.provider, out, limits)
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8", errors="replace")
    worker.choose(options.library[-1] / "provider.json" if options.library else None)
    worker.say("ready", runtime=version, pid=os.getpid(), provider=worker.provider, reason=worker.reason)
    threading.Thread(target=worker.listen, args=(requests,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        worker.work()
    sys.stderr.flush()
    os._exit(0)  # the listening thread may still wait on input


if __name__ == "__main__":
    main()
