"""Jobs over one worker process. Nothing here waits except `run`, and nothing here touches Blender's data."""

from __future__ import annotations

import atexit
import json
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ....models.errors import Cancelled, LatentStripsError, from_name
from ....models.kinds import kind
from ....models.recipe import Recipe
from ....models.worker.client import Client, Event

State = Literal["waiting", "running", "done", "cancelled", "failed"]
#: Seconds between looks at what the worker said, while a script waits.
PATIENCE = 0.01
#: Seconds after which the speed of a job means something.
SETTLED = 0.3
#: What the worker knows the removal of old frames as.
CLEANING = "cleaning"


@dataclass
class Job:
    """Frames of one recipe to be made, or verified, for the strip of that identity ("" before there is one).

    Or `count` seeds to be ranked for the settings of a `scene`, for a strip that is yet to be made. Or a `reaction` of
    that strip to what is heard (see `models.audio_analysis.reaction`), which becomes `keys` (frame, value). Or a
    score to be written as MIDI, to `path`.
    """

    do: Literal["make", "verify", "rank", "hear", "midi"]
    recipe: Recipe
    root: Path
    title: str
    strip: str = ""
    start: int = 0
    files: tuple[str, ...] = ()
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    state: State = "waiting"
    done: int = 0
    total: int = 0
    began: float = 0.0
    found: int = 0
    frames: list[int] = field(default_factory=list)
    provider: str = ""
    missing: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    error: LatentStripsError | None = None
    before: tuple[str, str] | None = None
    count: int = 0
    scene: str = ""
    seeds: tuple[int, ...] = ()
    reaction: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[tuple[int, float], ...] = ()
    warnings: tuple[str, ...] = ()
    warning: str = ""
    path: str = ""
    then: Callable[[Job], None] | None = None

    @property
    def unfinished(self) -> bool:
        """Whether the worker still has this job."""
        return self.state in ("waiting", "running")

    @property
    def speed(self) -> float:
        """Frames a second so far; 0 while that is unknown, as in the first moments, which may only link old frames."""
        passed = time.monotonic() - self.began
        known = self.began and self.done > self.found and passed > SETTLED
        return (self.done - self.found) / passed if known else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None while that is unknown."""
        return (self.total - self.done) / self.speed if self.speed else None

    def take_frames(self) -> list[int]:
        """The frames made since the last call."""
        frames, self.frames = self.frames, []
        return frames

    def progress(self) -> str:
        """Such as `12 of 100 frames, 3.4 fps, 26 s left`."""
        if self.do == "hear" and self.state == "running":
            return "Listening"
        if self.state == "waiting" or not self.total:
            return "Waiting" if self.state == "waiting" else "Starting"
        if kind(self.recipe.kind).medium == "sound":
            return "Being made"
        words = [f"{self.done} of {self.total} frames"]
        if self.speed:
            words += [f"{self.speed:.1f} fps", f"{self.seconds_left or 0:.0f} s left"]
        return ", ".join(words)


class Queue:
    """The jobs of this Blender, and the worker that does them one after another."""

    def __init__(self, client: Callable[[], Client]) -> None:
        self.jobs: list[Job] = []
        self._make_client = client
        self._client: Client | None = None
        self._news: dict[str, Job] = {}
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """The worker's process number, or None when none runs."""
        return self._client.pid if self._client else None

    def unfinished(self) -> list[Job]:
        """The jobs that the worker still has."""
        return [job for job in self.jobs if job.unfinished]

    def submit(self, job: Job) -> Job:
        """Hand a job to the worker and return at once. Raises WorkerError when no process can be started."""
        if self._client is None:
            self._client = self._make_client()
        self.jobs = [old for old in self.jobs if old.unfinished or (old.state == "failed" and old.strip != job.strip)]
        more: dict[str, dict[str, Any]] = {
            "make": {"start": job.start, "files": list(job.files)},
            "rank": {"count": job.count},
            "hear": {"reaction": job.reaction},
        }
        self._client.send(
            job.do, job.id, recipe=json.loads(job.recipe.canonical()), root=str(job.root), **more.get(job.do, {})
        )
        self.jobs.append(job)
        return job

    def run(self, job: Job, progress: Callable[[Job], None] = lambda job: None) -> Job:
        """Hand a job to the worker and wait until it ends. Raises the error that it ended with."""
        self.submit(job)
        seen = -1
        try:
            while job.unfinished:
                self.poll()
                if job.done != seen:
                    seen = job.done
                    progress(job)
                time.sleep(PATIENCE)
        except BaseException:
            self.cancel(job)  # such as Ctrl+C in a terminal
            raise
        self._news.pop(job.id, None)
        if job.error:
            raise job.error
        return job

    def clean(self, roots: Iterable[Path], keep: Iterable[str], limit: int) -> None:
        """Let the worker remove old frames under `roots` (see `cache.clean`), after the jobs that it has."""
        if self._client and self._client.pid:
            self._client.send("clean", CLEANING, roots=[str(root) for root in roots], keep=list(keep), limit=limit)

    def cancel(self, job: Job) -> None:
        """Ask the worker to stop a job. What it made is kept."""
        if job.unfinished and self._client and self._client.pid:
            self._client.send("cancel", job.id)

    def dismiss(self, job: Job) -> None:
        """Take an ended job off the list."""
        if not job.unfinished and job in self.jobs:
            self.jobs.remove(job)

    def poll(self) -> None:
        """Take in what the worker said. Never waits."""
        if self._client is None:
            return
        known = {job.id: job for job in self.jobs}
        for event in self._client.poll():
            if event.get("job") == CLEANING and event["say"] == "error":
                print(f"Latent Strips: the size limit can't be kept. {event['message']}")
            if job := known.get(str(event.get("job"))):
                _note(job, event)
                self._news[job.id] = job

    def news(self) -> list[Job]:
        """The jobs that something was said of since the last call, except those that a `run` waited for."""
        news, self._news = list(self._news.values()), {}
        return news

    def forget(self) -> None:
        """Stop all jobs and drop them: the file they belong to is being closed. The worker stays."""
        for job in self.unfinished():
            self.cancel(job)
        self.jobs.clear()
        self._news.clear()

    def close(self) -> None:
        """End the worker process, and every job with it."""
        for job in self.unfinished():
            job.state, job.error = "cancelled", Cancelled("The worker was closed. The frames made so far are kept.")
        client, self._client = self._client, None
        if client:
            client.close()


def _note(job: Job, event: Event) -> None:
    """Carry one event of the worker into its job."""
    match event["say"]:
        case "begin":
            job.state = "running"
            job.provider = f"{event['provider']}: {event.get('reason', '')}".rstrip(": ")
        case "note":
            job.provider = str(event["text"])
        case "frame":
            job.done, job.total = int(event["done"]), int(event["total"])
            if not job.began:  # the first frame waits for the network to load: the speed counts from there
                job.began, job.found = time.monotonic(), job.done
            job.frames.append(int(event["frame"]))
        case "done":
            job.state, job.warning = "done", str(event["warning"])
        case "verified":
            job.missing, job.changed = tuple(event["missing"]), tuple(event["changed"])
            job.state = "done"
        case "ranked":
            job.seeds = tuple(event["seeds"])
            job.state = "done"
        case "heard":
            job.keys = tuple((int(frame), float(value)) for frame, value in event["keys"])
            job.state = "done"
        case "written":
            job.path = str(event["path"])
            job.state = "done"
        case "error":
            job.error = from_name(str(event["name"]), str(event["message"]))
            job.state = "cancelled" if isinstance(job.error, Cancelled) else "failed"
