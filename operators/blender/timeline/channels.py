"""Where on the timeline there is room."""

from __future__ import annotations

from typing import Any

from ....models.errors import LatentStripsError
from .. import compat

#: Blender's last channel.
CHANNELS = 128


def channel_for(scene: Any, start: int, length: int, wanted: int = 0) -> int:
    """The wanted channel, or the lowest above all strips that stand in the way. Raises LatentStripsError."""
    if not 0 <= wanted <= CHANNELS:
        raise LatentStripsError(f"Channel {wanted} is not between 1 and {CHANNELS}. Use 0 for the lowest free channel.")
    channel = wanted or max((strip.channel for strip in between(scene, start, length)), default=0) + 1
    if channel > CHANNELS:
        raise LatentStripsError(
            "All channels above the strips here are taken. Move a strip down, or start at another frame."
        )
    return channel


def between(scene: Any, start: int, length: int) -> list[Any]:
    """The strips that lie at least partly within `length` frames from `start` on."""
    strips = compat.strips(scene)
    return [s for s in strips if compat.left(s) < start + length and compat.left(s) + compat.length(s) > start]
