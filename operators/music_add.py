"""Add a score, with its notes as a MIDI file on request."""

from __future__ import annotations

from typing import Any

import bpy

from .. import api
from ..models.kinds import kind
from .add import Add, operator_for
from .blender.reporting import report


class _MusicAdd(Add):
    def make(self, scene: bpy.types.Scene, place: dict[str, Any], settings: dict[str, Any]) -> api.Strip:
        """Make the score, then its file of notes beside the sound."""
        score = api.music(scene, **place, **settings)
        if self.midi:  # type: ignore[attr-defined]
            path = api.midi(score, wait=settings["wait"])
            if settings["wait"]:
                report(self, {"INFO"}, f"Notes written to {path}")
        return score


_MIDI = bpy.props.BoolProperty(name="MIDI", description="Write the notes beside the sound, as a MIDI file")

CLASSES = (operator_for(kind("music"), _MusicAdd, midi=_MIDI),)
