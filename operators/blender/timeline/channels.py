"""Where on the timeline there is room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy

from ....models.errors import LatentStripsError
from .. import compat

#: Blender's last channel.
CHANNELS = 128


def channel_for(scene: bpy.types.Scene, start: int, length: int, wanted: int = 0, lanes: int = 1) -> int:
    """Return the wanted channel, or the lowest above what is shown there, with `lanes` free ones from it on.

    What lies on the topmost channels, such as a logo or a letterbox, stays above. Raises LatentStripsError.
    """
    if not 0 <= wanted <= CHANNELS:
        raise LatentStripsError(f"Channel {wanted} is not between 1 and {CHANNELS}. Use 0 for the lowest free channel.")
    taken = {strip.channel for strip in between(scene, start, length)}
    top = CHANNELS
    while top in taken:
        top -= 1
    channel = wanted or max((channel for channel in taken if channel < top), default=0) + 1
    if not wanted and channel + lanes - 1 > top:
        channel = _gap(taken, lanes)
    if channel + lanes - 1 > CHANNELS:
        raise LatentStripsError(
            f"There are not {lanes} free channels here. Move a strip, or start at another frame or channel."
            if lanes > 1
            else "All channels are taken here. Move a strip, or start at another frame."
        )
    return channel


def _gap(taken: set[int], lanes: int) -> int:
    """Return the lowest channel from which on `lanes` are free; beyond the last where there is none."""
    channels = range(1, CHANNELS + 2 - lanes)
    return next((n for n in channels if not taken & set(range(n, n + lanes))), CHANNELS + 1)


def between(scene: bpy.types.Scene, start: int, length: int) -> list[Any]:
    """Return the strips that lie at least partly within `length` frames from `start` on."""
    return _within(compat.strips(scene), start, start + length)


def is_free(strip: Any, channel: int, left: int, right: int) -> bool:
    """Whether a strip could lie there, beside the others of the timeline or the meta strip that it is in."""
    return not any(other.channel == channel and other != strip for other in _within(_beside(strip), left, right))


def aside(strip: Any, left: int, right: int) -> int:
    """Return a channel on which a strip may be moved about in that time without meeting another; its own if there is
    none.
    """
    taken = {other.channel for other in _within(_beside(strip), left, right) if other != strip}
    return next((channel for channel in range(CHANNELS, 0, -1) if channel not in taken), strip.channel)


def _beside(strip: Any) -> Iterable[Any]:
    """Return the strips that a strip shares its channels with."""
    found: Iterable[Any] = compat.inside(strip.parent_meta() or strip.id_data.sequence_editor)
    return found


def _within(strips: Iterable[Any], left: int, right: int) -> list[Any]:
    return [strip for strip in strips if compat.left(strip) < right and compat.right(strip) > left]
