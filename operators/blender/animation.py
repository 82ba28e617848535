"""What changes settings from frame to frame otherwise than by keyframes, and so can't be followed.

Blender tells their values at the frame that it shows alone. A driver may depend on anything, so that for another frame
all of Blender's data has to be evaluated there: `frame_set` moves the playhead, runs the handlers of other add-ons, may
take minutes, and can't be called from a render or a panel. NLA strips would have to be blended here as Blender blends
them (tracks, influences, repeats, transitions, extrapolation), and where that differs a wrong picture is shown in
silence. So strips that are made from settings keep the values that they were made with, and say so; of what strips of
footage show, a second Blender takes the pictures (see `footage.renders`), which steps through the frames anyway.
"""

from __future__ import annotations

from typing import Any

import bpy

from . import compat


def moving(scene: bpy.types.Scene, strip: Any) -> dict[str, str]:
    """Return what moves properties of a strip that no keyframes of its scene's action tell of: "driver" or "NLA", by
    path.
    """
    return {path: facts[0] for path, facts in told(scene, strip).items()}


def told(scene: bpy.types.Scene, strip: Any) -> dict[str, list[Any]]:
    """All that a file says of drivers and NLA strips that move a strip's properties, by path from the strip."""
    animation = scene.animation_data
    if animation is None:
        return {}
    found: dict[str, list[Any]] = {}
    for piece in _pieces(animation):
        for curve in compat.curves_in(piece):
            if path := compat.path_within(curve.data_path, strip):
                found.setdefault(path, ["NLA"]).append(_of_piece(piece, curve))
    for curve in animation.drivers:
        if not curve.mute and (path := compat.path_within(curve.data_path, strip)):
            found[path] = ["driver", *found.get(path, [])[1:], _of_driver(curve.driver)]
    return found


def _pieces(animation: Any) -> list[Any]:
    """Return the NLA strips that are evaluated."""
    tracks = [track for track in animation.nla_tracks if animation.use_nla and not track.mute]
    alone = [track for track in tracks if track.is_solo]
    return [piece for track in alone or tracks for piece in track.strips if not piece.mute]


def _of_piece(piece: Any, curve: Any) -> list[Any]:
    keys = [(point.co[0], point.co[1], point.interpolation) for point in curve.keyframe_points]
    when = [piece.frame_start, piece.frame_end, piece.action_frame_start, piece.scale, piece.repeat, piece.use_reverse]
    return [*when, piece.blend_type, piece.influence, curve.array_index, keys]


def _of_driver(driver: Any) -> list[Any]:
    variables = [
        (
            variable.name,
            variable.type,
            [(str(each.id and each.id.name_full), each.data_path) for each in variable.targets],
        )
        for variable in driver.variables
    ]
    return [driver.type, driver.expression, variables]
