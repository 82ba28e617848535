"""Sounds where the picture asks for them: at the timeline's markers, or at its cuts."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.errors import RecipeError
from ..models.kinds import kind
from .blender import compat, properties
from .blender.jobs import make
from .blender.reporting import is_live, reporting


class LATENT_STRIPS_OT_sound_to_picture(bpy.types.Operator):
    """Add the sound that the panel describes at every marker or cut between the start and the end of the scene"""

    bl_idname = "latent_strips.sound_to_picture"
    bl_label = "Sound to picture"
    bl_options = {"REGISTER", "UNDO"}

    where: bpy.props.EnumProperty(
        name="Where",
        description="What the sounds are placed at",
        items=[
            ("MARKERS", "Markers", "The timeline's markers: the selected ones, or all where none is selected"),
            ("CUTS", "Cuts", "The frames that pictures begin at, but for the first"),
        ],
    )
    vary: bpy.props.BoolProperty(name="Vary", description="Each place gets a seed of its own", default=True)

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Add a strip for each place."""
        scene = compat.sequencer_scene(context)
        compat.show(context, scene)
        places = _markers(scene) if self.where == "MARKERS" else _cuts(scene)
        if not places:
            what = {"MARKERS": "markers (press M in the timeline)", "CUTS": "cuts between pictures"}[self.where]
            raise RecipeError(f"There are no {what} from frame {scene.frame_start} to {scene.frame_end}.")
        made = kind("sound")
        settings = scene.latent_strips.sound
        values = properties.values_of(settings, made)
        for number, frame in enumerate(places):
            seed = {"seed": settings.seed + (number if self.vary else 0)}
            make.add(scene, made, values | seed, settings.length, frame, is_live=is_live(self))
        self.report({"INFO"}, f"Placed {len(places)} sounds")
        return {"FINISHED"}


def _markers(scene: Any) -> list[int]:
    chosen = [marker for marker in scene.timeline_markers if marker.select] or list(scene.timeline_markers)
    return sorted({m.frame for m in chosen if scene.frame_start <= m.frame <= scene.frame_end})


def _cuts(scene: Any) -> list[int]:
    starts = sorted({compat.left(strip) for strip in compat.strips(scene) if strip.type != "SOUND" and not strip.mute})
    return [frame for frame in starts[1:] if scene.frame_start <= frame <= scene.frame_end]


CLASSES = (LATENT_STRIPS_OT_sound_to_picture,)
