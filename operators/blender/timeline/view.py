"""What of the timeline is seen."""

from __future__ import annotations

from typing import Any

import bpy

from .. import compat


def reveal(scene: bpy.types.Scene, strip: Any) -> None:
    """Scroll the timelines that show a scene as far as it takes to see a strip's channel and beginning."""
    for window in bpy.context.window_manager.windows:
        if compat.sequencer_scene(window) != scene:
            continue
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR" and area.spaces.active.view_type != "PREVIEW":
                region = next(region for region in area.regions if region.type == "WINDOW")
                _scroll(window, area, region, strip)


def _scroll(window: bpy.types.Window, area: bpy.types.Area, region: bpy.types.Region, strip: Any) -> None:
    left, bottom = region.view2d.region_to_view(0, 0)
    right, top = region.view2d.region_to_view(region.width, region.height)
    if right <= left or top <= bottom:
        return
    first = compat.left(strip)
    across = _outside(first, first + 1, left, right) / (right - left) * region.width
    up = _outside(strip.channel, strip.channel + 1.5, bottom, top) / (top - bottom) * region.height
    if round(across) or round(up):
        with bpy.context.temp_override(window=window, area=area, region=region):
            if bpy.ops.view2d.pan.poll():
                bpy.ops.view2d.pan(deltax=round(across), deltay=round(up))


def _outside(first: float, end: float, low: float, high: float) -> float:
    """Return how far what is seen, from `low` to `high`, must move to show what lies from `first` to `end`."""
    return min(first - low, 0.0) or max(end - high, 0.0)
