"""Make a transition between two strips, or from and into nothing."""

from __future__ import annotations

from typing import Any

import bpy

from .. import api
from ..models.kinds import kind
from . import dialogs
from .add import GENERATOR, declared, preset
from .blender import compat, properties
from .blender.languages.catalog import translated
from .blender.mattes import masks
from .blender.reporting import is_live, report, reporting

#: The settings of a matte that a transition takes, by name.
PARAMETERS = {p.name: p for p in properties.all_parameters(kind("matte")) if p.name in api.TRANSITION}


class _TransitionAdd:
    bl_idname = "latent_strips.transition_add"
    bl_label = "Add Transition"
    bl_description = (
        "Let the second of two selected strips grow over the first, or a single one appear, vanish or lead to the next"
    )
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One or two strips that show a picture are selected."""
        chosen = masks.chosen(context)
        if not chosen:
            cls.poll_message_set("Select two strips that meet or overlap, or one")  # type: ignore[attr-defined]
        elif len(chosen) > 2:
            cls.poll_message_set(translated(f"{len(chosen)} strips are selected: select two, or one"))  # type: ignore[attr-defined]
        return 1 <= len(chosen) <= 2

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Take the style that the matte's panel shows, unless a preset was named."""
        if self.preset:  # type: ignore[attr-defined]
            return self.execute(context)
        settings: Any = compat.sequencer_scene(context).latent_strips.matte
        for name in (*PARAMETERS, "generator"):
            if not self.properties.is_property_set(name):  # type: ignore[attr-defined]
                setattr(self, name, getattr(settings, name))
        return self.execute(context)

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the settings where they can be adjusted afterwards."""
        dialogs.draw(self, kind("matte"), tuple(PARAMETERS.values()), ("length", "side", "hold", "with_glow"))

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Move handles where that is needed, make the matte, and let the strip be seen through it."""
        options: Any = self
        given = {name: getattr(self, name) for name in (*PARAMETERS, "generator")}
        if options.preset:
            given = {n: v for n, v in given.items() if options.properties.is_property_set(n)}
            given["preset"] = options.preset
        how = {name: getattr(options, name) for name in ("length", "side", "hold", "with_glow")}
        a, b = (*masks.selected(compat.sequencer_scene(context)), None)[:2]
        matte = api.transition(a, b, **how, **given, wait=not is_live(self))
        if is_live(self):
            properties.renew_seed(compat.sequencer_scene(context), kind("matte"))
        report(self, {"INFO"}, f"{matte.name}: {matte.length} frames from frame {matte.start}")
        return {"FINISHED"}


# What a button doesn't say must not come from the button that was pressed before: hence SKIP_SAVE.
_FIELDS = {
    "generator": bpy.props.StringProperty(name="Generator", description=GENERATOR),
    "preset": preset(),
    "length": bpy.props.IntProperty(
        name="Length", description="Frames of the transition; 0 takes all of the overlap, or a second", soft_min=0,
        options={"SKIP_SAVE"},
    ),
    "side": bpy.props.EnumProperty(
        name="Side", description="Where a single strip gets its transition", default="OUT",
        options={"SKIP_SAVE"},
        items=[
            ("IN", "Start", "It appears"), ("OUT", "End", "It vanishes"),
            ("NEXT", "To the Next Strip", "The strip that follows grows over it, across the gap if there is one"),
        ],
    ),
    "hold": bpy.props.BoolProperty(
        name="Hold Frames", description="Where strips have too few frames to overlap, hold their last and first one",
        options={"SKIP_SAVE"},
    ),
    "with_glow": bpy.props.BoolProperty(
        name="Edge Glow", description="Add light along the edge, as of a burn", options={"SKIP_SAVE"}
    ),
    **{name: declared(parameter) for name, parameter in PARAMETERS.items()},
    **dialogs.fields(kind("matte"), tuple(PARAMETERS.values())),
}  # fmt: skip

LATENT_STRIPS_OT_transition_add = type(
    "LATENT_STRIPS_OT_transition_add", (_TransitionAdd, bpy.types.Operator), {"__annotations__": _FIELDS}
)
CLASSES = (LATENT_STRIPS_OT_transition_add,)
