"""Other seeds: nine small pictures to choose from, or several strips on channels above each other."""

from __future__ import annotations

import bpy

from .. import api
from ..models.kinds import kind
from ..models.recipe import MAX_SEED
from .blender import compat, properties
from .blender.look import variations
from .blender.reporting import is_live, reporting, reporting_invoke
from .blender.timeline import strips
from .blender.timeline.scope import poll, strips_in

_KIND = bpy.props.StringProperty(
    name="Kind",
    description="Kind of strip to make whose settings get the seed",
    options={"SKIP_SAVE"},
)


class LATENT_STRIPS_OT_variations(bpy.types.Operator):
    """Show other seeds of the active strip to choose from"""

    bl_idname = "latent_strips.variations"
    bl_label = "Variations"
    bl_options = {"REGISTER", "UNDO"}

    count: bpy.props.IntProperty(name="Count", description="Strips to add", default=3, min=1, max=16)
    near: bpy.props.BoolProperty(
        name="More Like This",
        description="Other takes of the same sound, instead of other seeds",
        options={"SKIP_SAVE"},
    )
    as_strips: bpy.props.BoolProperty(
        name="As Strips",
        description="Add each variation as a muted strip above the first, as scripts and sounds always do",
        options={"SKIP_SAVE"},
    )

    poll = classmethod(poll)

    @reporting_invoke
    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Show pictures of nine seeds; sounds have none, and become strips."""
        ((scene, id),) = strips_in(context, "ACTIVE")
        strip = compat.active_strip(scene)
        if self.as_strips or strip.type == "SOUND":
            return self.execute(context)
        return _offer(variations.Choice(strip.latent_seed, strip=id))

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add them. Keyframes are not copied: each has the settings of the strip as they are now."""
        ((_, id),) = strips_in(context, "ACTIVE")
        api.variations(api.Strip(id), self.count, near=self.near, wait=not is_live(self))
        return {"FINISHED"}


class LATENT_STRIPS_OT_seeds(bpy.types.Operator):
    """Show what other seeds would make, to choose from"""

    bl_idname = "latent_strips.seeds"
    bl_label = "Choose Seed"
    bl_options = {"REGISTER", "INTERNAL"}

    kind: _KIND

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Show pictures of nine seeds."""
        scene = compat.sequencer_scene(context)
        made = kind(self.kind).name
        seed = getattr(scene.latent_strips, made).seed
        return _offer(variations.Choice(seed, scene=scene.name, kind=made))


class LATENT_STRIPS_OT_seed_choose(bpy.types.Operator):
    """Take this seed"""

    bl_idname = "latent_strips.seed_choose"
    bl_label = "Choose"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    seed: bpy.props.IntProperty(name="Seed", description="Seed to take", min=0, max=MAX_SEED)
    strip: bpy.props.StringProperty(name="Strip", description="Identity of the strip", options={"SKIP_SAVE"})
    kind: _KIND

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set the seed; of a strip, make its frames again."""
        variations.end()
        if not self.strip:
            getattr(compat.sequencer_scene(context).latent_strips, kind(self.kind).name).seed = self.seed
            return {"FINISHED"}
        setattr(strips.found(self.strip)[1], properties.PREFIX + "seed", self.seed)
        api.Strip(self.strip).regenerate(wait=not is_live(self))
        return {"FINISHED"}


def _offer(choice: variations.Choice) -> set[str]:
    variations.offer(choice)
    if not bpy.app.background:
        bpy.ops.wm.call_panel(name="LATENT_STRIPS_PT_seeds", keep_open=False)
    return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_variations, LATENT_STRIPS_OT_seeds, LATENT_STRIPS_OT_seed_choose)
