"""Take third-party networks into the user library, in a worker of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....models.worker.child import Event
from .job import Job


@dataclass(kw_only=True, eq=False)
class Import(Job):
    """Read, try and store one ONNX file. `rate` is that of sounds in hertz (0: by what the file says).

    `event` is what the worker says of a generator that is in (see `models.worker.loop`), empty until then; `ended` is
    called when the job has ended, well or not.
    """

    do, doing, apart = "import", "Importing", True

    path: Path
    label: str = ""
    allow: Collection[str] = ()
    rate: int = 0
    event: Event = field(default_factory=dict, init=False)
    ended: Callable[[Import], None] | None = field(default=None, init=False)

    def request(self) -> dict[str, Any]:
        """Return which file it is."""
        return {"path": str(self.path.absolute()), "label": self.label, "allow": list(self.allow), "rate": self.rate}

    def hear(self, event: Event) -> None:
        """Take in what the generator is."""
        super().hear(event)
        if event["say"] == "imported":
            self.event, self.state = event, "done"

    def settle(self) -> None:
        """Tell whoever waits for it, however it ended."""
        if self.ended:
            self.ended(self)


@dataclass(kw_only=True, eq=False)
class Develop(Import):
    """Make a texture generator of a photograph and store it. `credit` says whose picture it is."""

    do, doing, apart = "develop", "Developing", True

    credit: str = ""

    def request(self) -> dict[str, Any]:
        """Return which picture it is."""
        return {"path": str(self.path.absolute()), "label": self.label, "credit": self.credit}


@dataclass(kw_only=True, eq=False)
class Try(Job):
    """Try a generator of the user library again after its card was edited."""

    do, doing, apart = "try", "Trying", True

    generator: str

    def request(self) -> dict[str, Any]:
        """Return which generator it is."""
        return {"id": self.generator}

    def hear(self, event: Event) -> None:
        """Take in that it works."""
        super().hear(event)
        if event["say"] == "imported":
            self.state = "done"
