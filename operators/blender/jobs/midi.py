"""Write the notes of a score."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....models.recipe import Recipe
from ....models.worker.child import Event
from .job import Job


@dataclass(kw_only=True, eq=False)
class Midi(Job):
    """Write a score's notes as a MIDI file beside its sound; `path` says where."""

    do, doing = "midi", "Writing notes"

    recipe: Recipe
    root: Path
    path: str = field(default="", init=False)

    def request(self) -> dict[str, Any]:
        """Return which score it is."""
        return {"recipe": self.recipe.mapping(), "root": str(self.root)}

    def hear(self, event: Event) -> None:
        """Take in where the file is."""
        super().hear(event)
        if event["say"] == "written":
            self.path, self.state = str(event["path"]), "done"
