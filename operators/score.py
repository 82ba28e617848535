"""What is done with a score on the timeline: accents at the markers, and its parts on channels of their own."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.errors import RecipeError
from ..models.generators import kind
from ..models.music.compose import PARTS
from .blender import compat, make, properties, recipes, state, strips
from .blender.report import is_live, reporting


def _poll(cls: Any, context: Any) -> bool:
    """The active strip is a score."""
    strip = compat.active_strip(compat.sequencer_scene(context))
    if strips.is_latent(strip) and state.kind_of(strip) == "music":
        return True
    cls.poll_message_set("Select a strip of music that was made by Latent Strips")
    return False


class LATENT_STRIPS_OT_accents(bpy.types.Operator):
    """Key an accent of the active score at each of the timeline's markers, and make it anew"""

    bl_idname = "latent_strips.accents"
    bl_label = "Accents at markers"
    bl_options = {"REGISTER", "UNDO"}

    poll = classmethod(_poll)

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Accents are ordinary keyframes: move, delete or add them, and regenerate."""
        scene = compat.sequencer_scene(context)
        strip = compat.active_strip(scene)
        first, end = compat.left(strip), compat.left(strip) + compat.length(strip)
        frames = sorted({marker.frame for marker in scene.timeline_markers if first <= marker.frame < end})
        if not frames:
            raise RecipeError(f"No marker lies in {strip.name}. Press M over the timeline to set one.")
        for frame in frames:
            for at, value in ((frame - 1, 0.0), (frame, 1.0), (frame + 1, 0.0)):
                if at not in frames or value:
                    strip.latent_accent = value
                    strip.keyframe_insert("latent_accent", frame=at)
        curve = compat.fcurve_of(compat.fcurves(scene), strip, "latent_accent")
        for point in curve.keyframe_points:
            point.interpolation = "CONSTANT"
        make.remake(scene, strip, is_live=is_live(self))
        self.report({"INFO"}, f"Set {len(frames)} accents")
        return {"FINISHED"}


class LATENT_STRIPS_OT_stems(bpy.types.Operator):
    """Put melody, harmony, bass and percussion of the active score on channels of their own, and mute the whole"""

    bl_idname = "latent_strips.stems"
    bl_label = "Stems"
    bl_options = {"REGISTER", "UNDO"}

    poll = classmethod(_poll)

    @reporting
    def execute(self, context: Any) -> set[str]:
        """The stems sound together like the whole."""
        scene = compat.sequencer_scene(context)
        strip = compat.active_strip(scene)
        made, recipe = kind("music"), recipes.stored(strip)
        id, start = strips.owned_id(strip), compat.content_start(strip)
        values = properties.values_of(strip, made, properties.PREFIX)
        for part in PARTS:
            make.add(scene, made, values | {"stem": part}, recipe.frames, start, is_live=is_live(self))
        found = strips.find(id)
        assert found
        found[1].mute = True
        return {"FINISHED"}


CLASSES = (LATENT_STRIPS_OT_accents, LATENT_STRIPS_OT_stems)
