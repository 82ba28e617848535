"""What changes settings from frame to frame otherwise than by keyframes, and so can't be followed.

Drivers and NLA strips are evaluated by Blender itself, at the frame that it shows. To read them at others, all scenes
would have to be stepped through, which moves the playhead and may take minutes. Strips that are made from settings
keep the values that they were made with; of what strips of footage show, a second Blender takes the pictures (see
`footage.renders`), which steps through the frames anyway.
"""

from __future__ import annotations

from typing import Any

from . import compat


def unfollowed(scene: Any) -> dict[str, str]:
    """What moves each property that no keyframes of the scene's own action tell of: "driver" or "NLA", by data path."""
    animation = scene.animation_data
    if animation is None:
        return {}
    found = {}
    if animation.use_nla:
        tracks = [track for track in animation.nla_tracks if not track.mute]
        alone = [track for track in tracks if track.is_solo]
        pieces = [piece for track in alone or tracks for piece in track.strips if not piece.mute]
        found = {curve.data_path: "NLA" for piece in pieces for curve in compat.curves_in(piece)}
    return found | {curve.data_path: "driver" for curve in animation.drivers if not curve.mute}


def moving(scene: Any, strip: Any) -> dict[str, str]:
    """`unfollowed` of one strip, by path from it."""
    found = {}
    for path, how in unfollowed(scene).items():
        if name := compat.path_within(path, strip):
            found[name] = how
    return found
