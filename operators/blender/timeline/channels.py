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
        raise LatentStripsError(f"Channel {wanted} is not from 1 to {CHANNELS}; 0 finds a free one.")
    channel = wanted or max((strip.channel for strip in between(scene, start, length)), default=0) + 1
    if channel > CHANNELS:
        raise LatentStripsError("There is no free channel above the strips here. Move one down, or start elsewhere.")
    return channel


def between(scene: Any, start: int, length: int) -> list[Any]:
    """The strips that lie at least partly within `length` frames from `start` on."""
    strips = compat.strips(scene)
    return [s for s in strips if compat.left(s) < start + length and compat.left(s) + compat.length(s) > start]
