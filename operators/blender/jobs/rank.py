"""Compare seeds for a strip that is yet to be made."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ....models.recipe import Recipe
from ....models.worker.child import Event
from .job import Job


@dataclass(kw_only=True, eq=False)
class Rank(Job):
    """Rank `count` seeds, that of the recipe and those after it; the best becomes that of the `scene`'s settings."""

    do, doing = "rank", "Comparing seeds"

    recipe: Recipe
    root: Path
    count: int
    scene: str
    seeds: tuple[int, ...] = field(default=(), init=False)

    def request(self) -> dict[str, Any]:
        """Return what is to be ranked."""
        return {"recipe": self.recipe.mapping(), "root": str(self.root), "count": self.count}

    def hear(self, event: Event) -> None:
        """Take in the ranks."""
        super().hear(event)
        if event["say"] == "ranked":
            self.seeds, self.state = tuple(event["seeds"]), "done"

    def settle(self) -> None:
        """Set the best seed."""
        scene = bpy.data.scenes.get(self.scene)
        if self.state == "done" and scene:
            getattr(scene.latent_strips, self.recipe.kind).seed = self.seeds[0]
