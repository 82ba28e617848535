"""Sounds where the picture asks for them: at the timeline's markers, or at its cuts."""

from __future__ import annotations

import bpy

from .. import api
from ..models.kinds import kind
from .blender import compat, properties
from .blender.languages.catalog import CONTEXT
from .blender.reporting import is_live, report, reporting


class LATENT_STRIPS_OT_sound_to_picture(bpy.types.Operator):
    """Add the sound that the panel describes at every marker or cut between the start and the end of the scene"""

    bl_idname = "latent_strips.sound_to_picture"
    bl_label = "Sound to Picture"
    bl_options = {"REGISTER", "UNDO"}

    where: bpy.props.EnumProperty(
        name="Where",
        description="What the sounds are placed at",
        items=[
            ("MARKERS", "Markers", "The timeline's markers: the selected ones, or all where none is selected"),
            ("CUTS", "Cuts", "The frames that pictures begin at, but for the first"),
        ],
        translation_context=CONTEXT,
    )
    vary: bpy.props.BoolProperty(name="Vary", description="Give each place another seed", default=True)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add a strip for each place."""
        scene = compat.sequencer_scene(context)
        settings = scene.latent_strips.sound
        values = properties.values_of(settings, kind("sound")) | {"length": settings.length, "wait": not is_live(self)}
        placed = api.sounds_to_picture(scene, self.where, vary=self.vary, **values)
        report(self, {"INFO"}, f"Placed {len(placed)} sounds")
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_sound_to_picture,)
