"""What all work has in common: a request to the worker, the events that come back, and what follows on the timeline."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from ....models.errors import Canceled, LatentStripsError, from_name
from ....models.printable import printable
from ....models.worker.child import Event

State = Literal["waiting", "running", "done", "canceled", "failed"]


@dataclass(kw_only=True, eq=False)
class Job(ABC):
    """Work for the worker, and what has become of it. One subclass for each kind of work.

    `title` is what the user reads; `strip` the identity of the strip that the work is for, "" where there is none.
    `then` is called on the main thread when the work is done; a LatentStripsError that it raises fails the job.
    """

    #: What the worker knows this work as.
    do: ClassVar[str]
    #: What the user reads while it goes on.
    doing: ClassVar[str]
    #: Whether it is done in a worker of its own, so that a bad file can't take other work down.
    apart: ClassVar[bool] = False

    title: str
    strip: str = ""
    then: Callable[[Any], None] | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex, init=False)
    state: State = field(default="waiting", init=False)
    provider: str = field(default="", init=False)
    done: int = field(default=0, init=False)
    total: int = field(default=0, init=False)
    error: LatentStripsError | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.title = printable(self.title)

    @property
    def unfinished(self) -> bool:
        """Whether the worker still has this job."""
        return self.state in ("waiting", "running")

    @abstractmethod
    def request(self) -> dict[str, Any]:
        """Return what the worker is asked for, beside `do` and `job`."""

    def hear(self, event: Event) -> None:
        """Take in one event of the worker."""
        match event["say"]:
            case "begin":
                self.state = "running"
                self.provider = printable(f"{event['provider']}: {event.get('reason', '')}".rstrip(": "))
            case "note":
                self.provider = printable(str(event["text"]))
            case "error":
                self.fail(from_name(str(event["name"]), str(event["message"])))

    def fail(self, error: LatentStripsError) -> None:
        """End with an error."""
        self.error = error
        self.state = "canceled" if isinstance(error, Canceled) else "failed"

    def progress(self) -> str:
        """Return how far it is, for a status bar, such as `12 of 100 frames, 3.4 fps, 26 s left`."""
        return "Waiting" if self.state == "waiting" else self.doing

    def fresh_frames(self) -> list[int]:
        """Return the frames of which another picture is there since the last call."""
        return []

    def folder_name(self) -> str:
        """Return the name of the recipe folder that it writes, "" where it writes none."""
        return ""

    @property
    def is_draft(self) -> bool:
        """Whether the worker has yet to say what exactly it makes."""
        return False

    def show(self) -> None:
        """Bring what has just become known to the timeline, on the main thread, while the job goes on."""
        return None

    def settle(self) -> None:
        """Bring what was found to strips and settings, on the main thread, when the job has ended."""
        return None
