"""Where on the timeline there is room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy

from ....models.errors import LatentStripsError
from .. import compat

#: Blender's last channel.
CHANNELS = 128


def channel_for(
    scene: bpy.types.Scene, start: int, length: int, wanted: int = 0, lanes: int = 1, above: int | None = None
) -> int:
    """Return the wanted channel, or the lowest free one above the channel `above`, with `lanes` free ones from it on.

    Without `above` that is the topmost channel on which something is seen there; what lies on the last channels, such
    as a logo or a letterbox, stays above. Locked and muted channels are left alone. Raises LatentStripsError.
    """
    if not 0 <= wanted <= CHANNELS:
        raise LatentStripsError(f"Channel {wanted} is not between 1 and {CHANNELS}. Use 0 for the lowest free channel.")
    there = between(scene, start, length)
    taken = {strip.channel for strip in there} | closed(scene)
    top = CHANNELS
    while top in taken:
        top -= 1
    if above is None:
        seen = {strip.channel for strip in there if not strip.mute}
        above = max((channel for channel in seen if channel < top), default=0)
    channel = wanted or _gap(taken, lanes, above + 1)
    if not wanted and channel + lanes - 1 > top:
        channel = _gap(taken, lanes)
    if channel + lanes - 1 > CHANNELS:
        raise LatentStripsError(
            f"There are not {lanes} free channels here. Move a strip, or start at another frame or channel."
            if lanes > 1
            else "All channels are taken here. Move a strip, or start at another frame."
        )
    return channel


def tuck(scene: bpy.types.Scene, matte: Any, served: Any) -> None:
    """Lay a matte directly below the strip that it serves, where there is room or that strip can go up by one channel.

    A strip goes up only past nothing, so what is seen stays the same.
    """
    channel = served.channel
    if _has_room(scene, channel - 1, matte, matte):
        matte.channel = channel - 1
    elif not served.lock and _has_room(scene, channel + 1, served, matte):
        matte.channel = aside(matte, compat.left(matte), compat.right(matte))
        served.channel = channel + 1
        if is_free(matte, channel, compat.left(matte), compat.right(matte)):
            matte.channel = channel


def closed(scene: bpy.types.Scene) -> set[int]:
    """Return the channels that are locked or muted."""
    editor = scene.sequence_editor
    found = enumerate(editor.channels) if editor else ()
    return {number for number, channel in found if channel.lock or channel.mute}


def _has_room(scene: bpy.types.Scene, channel: int, strip: Any, matte: Any) -> bool:
    """Whether a strip could lie on a channel, once the matte is out of the way."""
    there = between(scene, compat.left(strip), compat.length(strip))
    taken = {other.channel for other in there if other not in (strip, matte)} | closed(scene)
    return 1 <= channel <= CHANNELS and channel not in taken


def _gap(taken: set[int], lanes: int, lowest: int = 1) -> int:
    """Return the channel from `lowest` on from which on `lanes` are free; beyond the last where there is none."""
    channels = range(lowest, CHANNELS + 2 - lanes)
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
