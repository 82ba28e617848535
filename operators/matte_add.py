"""Make a matte: a strip of its own, or one that the active strip is seen through."""

from __future__ import annotations

from typing import Any

import bpy

from .. import api
from ..models.kinds import kind
from .add import Add, operator_for
from .blender.mattes import masks


class _MatteAdd(Add):
    def make(self, scene: bpy.types.Scene, place: dict[str, Any], settings: dict[str, Any]) -> api.Strip:
        """Make the matte; laid over the active strip it is as long as that."""
        onto = masks.target(scene) if self.onto == "ACTIVE" else None  # type: ignore[attr-defined]
        return api.matte(scene, onto=onto, **place, **settings)


_ONTO = bpy.props.EnumProperty(
    options={"SKIP_SAVE"},  # or the button that was pressed last would say it for one that doesn't
    name="Onto",
    description="What the matte is for",
    items=[
        ("NONE", "Nothing", "A strip of its own"),
        ("ACTIVE", "Active Strip", "The active strip is seen through it, for as long as it is"),
    ],
)

CLASSES = (operator_for(kind("matte"), _MatteAdd, onto=_ONTO),)
