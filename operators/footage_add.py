"""Make a mask of what a strip shows, or show it in another style."""

from __future__ import annotations

from typing import Any

import bpy

from .. import api
from ..models.kinds import kind
from .add import Add, operator_for
from .blender.footage import renders
from .blender.mattes import masks


class _FromFootage(Add):
    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Return whether a strip with a picture of its own is active."""
        shown = masks.shown(context)
        if shown is None or shown.type not in ("MOVIE", "IMAGE", *renders.RENDERED):
            cls.poll_message_set("Select a movie, image, meta, scene, clip, mask, text or color strip")  # type: ignore[attr-defined]
            return False
        return super().poll(context)


class _MaskAdd(_FromFootage):
    def make(self, scene: bpy.types.Scene, place: dict[str, Any], settings: dict[str, Any]) -> api.Strip:
        """Make it from what the active strip shows, as long as that is."""
        return api.mask(masks.target(scene), apply=self.onto == "ACTIVE", **settings)  # type: ignore[attr-defined]


class _RestyleAdd(_FromFootage):
    def make(self, scene: bpy.types.Scene, place: dict[str, Any], settings: dict[str, Any]) -> api.Strip:
        """Make it from what the active strip shows, as long as that is."""
        return api.restyle(masks.target(scene), **settings)


_ONTO = bpy.props.EnumProperty(
    options={"SKIP_SAVE"},  # or the button that was pressed last would say it for one that doesn't
    name="Onto",
    description="What the mask is for",
    items=[
        ("ACTIVE", "Active Strip", "The strip is seen through its mask"),
        ("NONE", "Nothing", "A strip of its own"),
    ],
)

CLASSES = (
    operator_for(kind("footage_mask"), _MaskAdd, name="mask", onto=_ONTO),
    operator_for(kind("restyle"), _RestyleAdd, name="restyle"),
)
