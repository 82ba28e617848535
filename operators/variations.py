"""Several results to choose from, on channels above each other."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.kinds import kind
from .blender import compat, properties
from .blender.jobs import make
from .blender.reporting import is_live, reporting
from .blender.timeline import recipes, strips
from .blender.timeline.scope import poll, strips_in


class LATENT_STRIPS_OT_variations(bpy.types.Operator):
    """Add other seeds of the active strip above it, muted, to compare and choose from"""

    bl_idname = "latent_strips.variations"
    bl_label = "Variations"
    bl_options = {"REGISTER", "UNDO"}

    count: bpy.props.IntProperty(name="Count", description="Strips to add", default=3, min=1, max=16)
    near: bpy.props.BoolProperty(
        name="More like this", description="Other takes of the same sound, instead of other seeds"
    )

    poll = classmethod(poll)

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Add them. Keyframes are not copied: each has the settings of the strip as they are now."""
        ((scene, id),) = strips_in(context, "ACTIVE")
        found = strips.found(id)
        strip, recipe = found[1], recipes.stored(found[1])
        made = kind(recipe.kind)
        values = properties.values_of(strip, made, properties.PREFIX)
        varied = "take" if self.near and "take" in values else "seed"
        start = compat.content_start(strip)
        for n in range(1, self.count + 1):
            changed = {varied: int(values[varied]) + n}
            job = make.add(scene, made, values | changed, recipe.frames, start, is_live=is_live(self))
            other = strips.found(job.strip)
            other[1].mute = True
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_variations,)
