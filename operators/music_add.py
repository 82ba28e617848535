"""Add a score, with its notes as a MIDI file on request."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.kinds import kind
from .add import Add, operator_for
from .blender.jobs import make
from .blender.sound import midi
from .blender.timeline import strips


class _MusicAdd(Add):
    def put(self, scene: Any, values: dict[str, Any], length: int, start: int, channel: int, live: bool) -> None:
        """Make the score, then its file of notes beside the sound."""
        job = make.add(scene, self.kind, values, length, start, channel, live)
        found = strips.find(job.strip)
        if self.midi and found:  # type: ignore[attr-defined]
            told = midi.write(found[1], None, live)
            if not live:
                self.report({"INFO"}, f"Notes written to {told.path}")  # type: ignore[attr-defined]


_MIDI = bpy.props.BoolProperty(name="MIDI", description="Write the notes beside the sound, as a MIDI file")

CLASSES = (operator_for(kind("music"), _MusicAdd, midi=_MIDI),)
