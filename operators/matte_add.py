"""Make a matte: a strip of its own, or one that the active strip is seen through."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.kinds import kind
from .add import Add, operator_for
from .blender.mattes import make, masks


class _MatteAdd(Add):
    def put(self, scene: Any, values: dict[str, Any], length: int, start: int, channel: int, live: bool) -> None:
        """Make the matte; laid over the active strip it is as long as that."""
        if self.onto == "NONE":  # type: ignore[attr-defined]
            super().put(scene, values, length, start, channel, live)
        else:
            make.mask(scene, masks.target(scene).name, values, live, lambda job: None)


_ONTO = bpy.props.EnumProperty(
    options={"SKIP_SAVE"},  # or the button that was pressed last would say it for one that doesn't
    name="Onto",
    description="What the matte is for",
    items=[
        ("NONE", "Nothing", "A strip of its own"),
        ("ACTIVE", "Active strip", "The active strip is seen through it, for as long as it is"),
    ],
)

CLASSES = (operator_for(kind("matte"), _MatteAdd, onto=_ONTO),)
