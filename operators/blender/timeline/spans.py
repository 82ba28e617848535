"""Where a new strip lies in time, unless somebody says it: over what it is most likely meant for."""

from __future__ import annotations

from typing import Any

import bpy

from ....models.kinds import Kind
from ....models.recipe import MAX_FRAMES
from .. import compat


def automatic(scene: bpy.types.Scene, made: Kind) -> tuple[int, int]:
    """Return the first frame and the length of a new strip of a kind.

    It covers the selected strips, else the strip below the playhead, else the scene from the playhead on. What is
    selected elsewhere gives its length alone. A score covers the scene.
    """
    now, first, end = scene.frame_current, scene.frame_start, scene.frame_end + 1
    if made.name == "music":
        return _limited(first, end)
    strips = list(compat.strips(scene)) if scene.sequence_editor else []
    if chosen := [strip for strip in strips if strip.select]:
        left, right = min(map(compat.left, chosen)), max(map(compat.right, chosen))
        return _limited(left, right) if left <= now < right else _limited(now, now + right - left)
    if below := [strip for strip in strips if _is_seen(strip, now)]:
        top = max(below, key=lambda strip: strip.channel)
        return _limited(compat.left(top), compat.right(top))
    return _limited(now, end if first <= now < end else now + end - first)


def _is_seen(strip: Any, frame: int) -> bool:
    return not strip.mute and strip.type != "SOUND" and compat.left(strip) <= frame < compat.right(strip)


def _limited(start: int, end: int) -> tuple[int, int]:
    return start, min(max(end - start, 1), MAX_FRAMES)
