"""Make a mask of what a strip shows, or show it in another look."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.kinds import kind
from .add import Add, operator_for
from .blender import compat
from .blender.footage import renders
from .blender.mattes import make, masks


class _FromFootage(Add):
    @classmethod
    def poll(cls, context: Any) -> bool:
        """A strip with a picture of its own is active."""
        active = compat.active_strip(compat.sequencer_scene(context))
        if active is None or active.type not in ("MOVIE", "IMAGE", *renders.RENDERED):
            cls.poll_message_set("Select a movie, image, meta, scene, clip, mask, text or color strip")  # type: ignore[attr-defined]
            return False
        return super().poll(context)

    def put(self, scene: Any, values: dict[str, Any], length: int, start: int, channel: int, live: bool) -> None:
        """Make it from what the active strip shows, as long as that is."""
        wired = getattr(self, "onto", "NONE") == "ACTIVE"
        make.from_footage(scene, self.kind, masks.target(scene).name, values, wired, live, lambda job: None)


_ONTO = bpy.props.EnumProperty(
    options={"SKIP_SAVE"},  # or the button that was pressed last would say it for one that doesn't
    name="Onto",
    description="What the mask is for",
    items=[
        ("ACTIVE", "Active strip", "The strip is seen through its mask"),
        ("NONE", "Nothing", "A strip of its own"),
    ],
)

CLASSES = (
    operator_for(kind("footage_mask"), _FromFootage, name="mask", onto=_ONTO),
    operator_for(kind("restyle"), _FromFootage, name="restyle"),
)
