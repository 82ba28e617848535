"""What else can be done with a matte: lay it over a strip, or make a transition of it."""

from __future__ import annotations

import bpy

from ..operators.blender import compat
from ..operators.blender.mattes import masks

_TRANSITION = "latent_strips.transition_add"


def draw(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Draw the buttons, for one strip or for two, whichever is selected."""
    column = layout.column(align=True)
    column.operator("latent_strips.matte_add", text="Mask Active Strip", icon="MOD_MASK").onto = "ACTIVE"
    row = column.row(align=True)
    if len(masks.selected(compat.sequencer_scene(context))) == 1:
        for side, text in (("IN", "Appear"), ("OUT", "Vanish")):
            row.operator(_TRANSITION, text=text, icon="IPO_EASE_IN_OUT").side = side
        column.operator(_TRANSITION, text="Transition to Next Strip", icon="FORWARD").side = "NEXT"
        held = column.operator(_TRANSITION, text="To Next Strip, Hold Frames", icon="FREEZE")
        held.side, held.hold = "NEXT", True
        return
    row.operator(_TRANSITION, text="Transition", icon="IPO_EASE_IN_OUT")
    row.operator(_TRANSITION, text="Burn", icon="LIGHT_SUN").with_glow = True
    column.operator(_TRANSITION, text="Transition, Hold Frames", icon="FREEZE").hold = True
