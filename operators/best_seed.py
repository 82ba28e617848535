"""Choose the seed of the next strip: the best of several, by the network that judged the generator in training."""

from __future__ import annotations

from typing import Any

import bpy

from ..models import critic
from ..models.kinds import kind
from ..models.library.catalog import Entry
from .blender import compat, properties
from .blender.jobs import live
from .blender.jobs.rank import Rank
from .blender.preferences import frames_root, library
from .blender.reporting import is_live, reporting
from .blender.timeline import recipes


def chosen(settings: Any, kind_name: str) -> Entry | None:
    """Return the generator that settings name, if it has a critic."""
    entries = [entry for entry in library().of_kind(kind_name) if entry.card.id == settings.generator]
    return entries[0] if entries and critic.beside(entries[0]) else None


class LATENT_STRIPS_OT_best_seed(bpy.types.Operator):
    """Try the seed and those after it, and take the one whose first frame looks most like the real material"""

    bl_idname = "latent_strips.best_seed"
    bl_label = "Best Seed"
    bl_options = {"REGISTER", "UNDO"}

    kind: bpy.props.StringProperty(name="Kind", description="Kind of strip that the seed is for", default="texture")
    count: bpy.props.IntProperty(
        name="Seeds", description="How many to compare", default=8, min=1, max=critic.MOST, soft_max=32
    )

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Compare: at once and live for a person, complete for a script."""
        scene, made = compat.sequencer_scene(context), kind(self.kind)
        settings = getattr(scene.latent_strips, made.name)
        recipe, _ = recipes.new(made, scene, properties.values_of(settings, made), 1)
        title = f"Best of {self.count} seeds"
        job = Rank(title=title, recipe=recipe, root=frames_root(), count=self.count, scene=scene.name)
        live.run(job, is_live(self))
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_best_seed,)
