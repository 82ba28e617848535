"""The jobs of this Blender, and the worker processes that do them. Nothing here touches Blender's data.

Most is done by one worker, jobs `apart` by another, and what somebody looks at while the first is busy by a third.
"""

from __future__ import annotations

import atexit
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ....models.errors import Canceled
from ....models.worker.child import Event
from ....models.worker.client import ENDS, Client
from .job import Job

#: Seconds between looks at what the worker said, while a script waits.
PATIENCE = 0.01
#: What the worker knows the removal of old frames as.
CLEANING = "cleaning"
#: The workers.
MAIN, APART, ASIDE = "main", "apart", "aside"


class Queue:
    """The jobs, done one after another; those that are done `apart` in a worker of their own. Only `wait` waits.

    What is asked for by `ask` is no job: nobody lists, cancels or waits for it.
    """

    def __init__(self, client: Callable[[], Client]) -> None:
        self.jobs: list[Job] = []
        self._make_client = client
        self._clients: dict[str, Client] = {}
        self._asked: dict[str, Callable[[Event], None]] = {}
        self._news: dict[str, Job] = {}
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """The worker's process number, or None when none runs."""
        client = self._clients.get(MAIN)
        return client.pid if client else None

    def _client(self, name: str) -> Client:
        if name not in self._clients:
            self._clients[name] = self._make_client()
        return self._clients[name]

    def unfinished(self) -> list[Job]:
        """Return the jobs that a worker still has."""
        return [job for job in self.jobs if job.unfinished]

    def submit(self, job: Job) -> None:
        """Hand a job to the worker and return at once. Raises WorkerError when no process can be started."""
        client = self._client(_worker(job))
        self.jobs = [old for old in self.jobs if old.unfinished or (old.state == "failed" and old.strip != job.strip)]
        client.send(job.do, job.id, **job.request())
        self.jobs.append(job)

    def ask(self, do: str, hear: Callable[[Event], None], **fields: Any) -> str:
        """Ask a worker for something that takes a moment; `hear` gets what it says. Returns a name for `drop`.

        Raises WorkerError when no process can be started.
        """
        name = uuid.uuid4().hex
        is_busy = any(not job.apart for job in self.unfinished())
        self._client(ASIDE if is_busy else MAIN).send(do, name, **fields)
        self._asked[name] = hear
        return name

    def drop(self, name: str) -> None:
        """Don't wait for what was asked for any more."""
        if self._asked.pop(name, None):
            for client in self._clients.values():
                client.cancel(name)

    @property
    def is_asked(self) -> bool:
        """Whether an answer is awaited."""
        return bool(self._asked)

    def wait(self, job: Job, progress: Callable[[Job], None]) -> None:
        """Wait until a job ends; call `progress` whenever it is further. Raises the error that it ended with."""
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

    def clean(self, root: Path, keep: Iterable[str], limit: int, project: str) -> None:
        """Let the worker remove old frames under `root` (see `models.cache.clean`), after the jobs that it has."""
        client = self._clients.get(MAIN)
        if client and client.pid:
            client.send("clean", CLEANING, root=str(root), keep=list(keep), limit=limit, project=project)

    def cancel(self, job: Job) -> None:
        """Ask the worker to stop a job. What it made is kept."""
        client = self._clients.get(_worker(job))
        if job.unfinished and client and client.pid:
            client.send("cancel", job.id)

    def dismiss(self, job: Job) -> None:
        """Take an ended job off the list."""
        if not job.unfinished and job in self.jobs:
            self.jobs.remove(job)

    def poll(self) -> None:
        """Take in what the workers said. Never waits."""
        known = {job.id: job for job in self.jobs}
        for client in list(self._clients.values()):
            for event in client.poll():
                if event.get("job") == CLEANING and event["say"] == "error":
                    print(f"Latent Strips: the size limit can't be kept. {event['message']}")
                name = str(event.get("job"))
                if job := known.get(name):
                    job.hear(event)
                    self._news[job.id] = job
                elif hear := self._asked.get(name):
                    if event["say"] in ENDS:
                        del self._asked[name]
                    hear(event)
        busy = {_worker(job) for job in self.unfinished()} | ({MAIN, ASIDE} if self._asked else set())
        for each in {APART, *({ASIDE} if MAIN not in busy else ())} - busy:
            if each in self._clients:
                self._clients.pop(each).close()  # they are needed rarely, and hold memory

    def news(self) -> list[Job]:
        """Return the jobs that something was said of since the last call, except those that a `wait` waited for."""
        news, self._news = list(self._news.values()), {}
        return news

    def forget(self) -> None:
        """Stop all jobs of strips and drop them: their file is being closed. The workers stay, and imports go on."""
        for job in self.unfinished():
            if not job.apart:
                self.cancel(job)
        self.jobs = [job for job in self.unfinished() if job.apart]
        self._news = {job.id: job for job in self._news.values() if job.apart}

    def close(self) -> None:
        """End the worker processes, and every job with them."""
        for job in self.unfinished():
            job.fail(Canceled("The worker was closed. Finished frames are kept."))
        self._asked.clear()
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()


def _worker(job: Job) -> str:
    return APART if job.apart else MAIN
