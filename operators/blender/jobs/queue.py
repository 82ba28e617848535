"""The jobs of this Blender, and the worker processes that do them. Nothing here touches Blender's data."""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from ....models.errors import Canceled
from ....models.worker.client import Client
from .job import Job

#: Seconds between looks at what the worker said, while a script waits.
PATIENCE = 0.01
#: What the worker knows the removal of old frames as.
CLEANING = "cleaning"


class Queue:
    """The jobs, done one after another; those that are done `apart` in a worker of their own. Only `wait` waits."""

    def __init__(self, client: Callable[[], Client]) -> None:
        self.jobs: list[Job] = []
        self._make_client = client
        self._clients: dict[bool, Client] = {}
        self._news: dict[str, Job] = {}
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """The worker's process number, or None when none runs."""
        client = self._clients.get(False)
        return client.pid if client else None

    def unfinished(self) -> list[Job]:
        """Return the jobs that a worker still has."""
        return [job for job in self.jobs if job.unfinished]

    def submit(self, job: Job) -> None:
        """Hand a job to the worker and return at once. Raises WorkerError when no process can be started."""
        if job.apart not in self._clients:
            self._clients[job.apart] = self._make_client()
        self.jobs = [old for old in self.jobs if old.unfinished or (old.state == "failed" and old.strip != job.strip)]
        self._clients[job.apart].send(job.do, job.id, **job.request())
        self.jobs.append(job)

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
        client = self._clients.get(False)
        if client and client.pid:
            client.send("clean", CLEANING, root=str(root), keep=list(keep), limit=limit, project=project)

    def cancel(self, job: Job) -> None:
        """Ask the worker to stop a job. What it made is kept."""
        client = self._clients.get(job.apart)
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
                if job := known.get(str(event.get("job"))):
                    job.hear(event)
                    self._news[job.id] = job
        if True in self._clients and not any(job.apart for job in self.unfinished()):
            self._clients.pop(True).close()  # it is needed rarely, and holds memory

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
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()
