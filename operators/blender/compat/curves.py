"""F-curves: from 4.4 on an action has layers, and slots for what it animates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy


def animate(scene: bpy.types.Scene, strip: Any, attribute: str, keys: Mapping[int, float]) -> None:
    """Keyframe a strip's property with straight lines between `keys`, values by scene frame."""
    for frame, value in keys.items():
        setattr(strip, attribute, value)
        strip.keyframe_insert(attribute, frame=frame)
    curve = fcurve_of(fcurves(scene), strip, attribute)
    for point in curve.keyframe_points:
        point.interpolation = "LINEAR"


def fcurves(scene: bpy.types.Scene) -> dict[str, Any]:
    """Return the F-curves that animate `scene`, by data path: of several with one path the last."""
    return {curve.data_path: curve for curve in _fcurves(scene)}


def _fcurves(scene: bpy.types.Scene) -> list[Any]:
    """Return the F-curves that Blender evaluates: none that is muted, alone or in a group, and none without keys."""
    return [
        curve
        for curve in all_fcurves(scene)
        if not (curve.mute or curve.is_empty or (curve.group is not None and curve.group.mute))
    ]


def all_fcurves(scene: bpy.types.Scene) -> list[Any]:
    """All F-curves of the action of `scene`, whether Blender evaluates them or not."""
    animation = scene.animation_data
    return curves_in(animation) if animation else []


def curves_in(user: Any) -> list[Any]:
    """Return the F-curves with which animation data or an NLA strip use their action; from 4.4 on those of a slot."""
    action = user.action
    if action is None:
        return []
    if not hasattr(action, "layers"):
        return list(action.fcurves)
    slot = user.action_slot
    return [
        curve
        for layer in action.layers
        for piece in layer.strips
        for bag in piece.channelbags
        if slot and bag.slot_handle == slot.handle
        for curve in bag.fcurves
    ]


def curves_of(scene: bpy.types.Scene, strip: Any) -> dict[str, dict[int, Any]]:
    """Return the F-curves that animate a strip's own properties, by path from the strip and index."""
    found: dict[str, dict[int, Any]] = {}
    for curve in _fcurves(scene):
        if path := path_within(curve.data_path, strip):
            found.setdefault(path, {})[curve.array_index] = curve
    return found


def path_within(path: str, strip: Any) -> str:
    """Return a data path from the scene as one from a strip; "" when it leads elsewhere."""
    name = bpy.utils.escape_identifier(strip.name)
    begins = (f'sequence_editor.{collection}["{name}"].' for collection in ("strips_all", "sequences_all"))
    return next((path[len(begin) :] for begin in begins if path.startswith(begin)), "")


def fcurve_of(curves: dict[str, Any], strip: Any, attribute: str) -> Any:
    """Return the F-curve of a strip's property among `curves`, or None. The collection is spelled in two ways."""
    name = bpy.utils.escape_identifier(strip.name)
    for collection in ("strips_all", "sequences_all"):
        if curve := curves.get(f'sequence_editor.{collection}["{name}"].{attribute}'):
            return curve
    return None
