"""Compare a strip's files with what was made."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....models.recipe import Recipe
from ....models.worker.child import Event
from ..timeline import state, strips
from .job import Job


@dataclass(kw_only=True, eq=False)
class Verify(Job):
    """Find the `missing` and the `changed` frames (from 0) of a recipe's folder under `root`."""

    do, doing = "verify", "Verifying"

    recipe: Recipe
    root: Path
    missing: tuple[int, ...] = field(default=(), init=False)
    changed: tuple[int, ...] = field(default=(), init=False)

    def request(self) -> dict[str, Any]:
        """Return what is to be verified."""
        return {"recipe": self.recipe.mapping(), "root": str(self.root)}

    def hear(self, event: Event) -> None:
        """Take in what was found."""
        super().hear(event)
        if event["say"] == "verified":
            self.missing, self.changed = tuple(event["missing"]), tuple(event["changed"])
            self.state = "done"

    def settle(self) -> None:
        """Remember it for the strip's panel."""
        if self.state == "done" and (found := strips.find(self.strip)):
            state.note(found[1], self.missing, self.changed)
