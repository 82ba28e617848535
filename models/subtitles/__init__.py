"""Subtitle files without Blender: cues in and out, their places on the frame grid, and what could not be kept."""

from __future__ import annotations

from .cue import Cue, Look, Origin
from .grid import Placed, place, rate, to_frame, to_ms
from .reader import ENCODINGS, Track, read
from .summary import Summary
from .writer import FORMATS, write

__all__ = [
    "ENCODINGS", "FORMATS", "Cue", "Look", "Origin", "Placed", "Summary", "Track",
    "place", "rate", "read", "to_frame", "to_ms", "write",
]  # fmt: skip
