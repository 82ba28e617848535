"""Make a strip: `latent_strips.texture_add`, and one such operator for every other kind of result."""

from __future__ import annotations

from typing import Any

import bpy

from .. import api
from ..models.kinds import Kind, makeable
from ..models.parameters import Parameter
from . import dialogs
from .blender import compat, properties
from .blender.reporting import is_live, report, reporting
from .blender.timeline import spans

#: What the property for the generator says, wherever an operator has one.
GENERATOR = "Identifier of the generator; when empty the first one that has the style, the last import first"


class Add:
    """What the operators for all kinds have in common."""

    bl_options = {"REGISTER", "UNDO"}
    kind: Kind

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Return whether strips are made everywhere but in a scene that is linked from another file."""
        if compat.sequencer_scene(context).library:
            cls.poll_message_set("This scene is linked from another file")  # type: ignore[attr-defined]
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Take what the panel shows; with a preset its place alone."""
        scene = compat.sequencer_scene(context)
        settings = getattr(scene.latent_strips, self.kind.name)
        values = {"length": settings.length}
        is_given = any(map(self.properties.is_property_set, ("length", "frame_start")))  # type: ignore[attr-defined]
        if settings.length_from == "auto" and self.kind.made_from == "nothing" and not is_given:
            values["frame_start"], values["length"] = spans.automatic(scene, self.kind)
        if not self.preset:  # type: ignore[attr-defined]
            values |= properties.values_of(settings, self.kind)
        for name, value in values.items():
            if not self.properties.is_property_set(name):  # type: ignore[attr-defined]
                setattr(self, name, value)
        return self.execute(context)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Make the strip: at once and live for a person, complete for a script."""
        started = self.properties.is_property_set("frame_start")  # type: ignore[attr-defined]
        place = {
            "length": self.length,  # type: ignore[attr-defined]
            "start": self.frame_start if started else None,  # type: ignore[attr-defined]
            "channel": self.channel,  # type: ignore[attr-defined]
        }
        settings = self.given() | waiting(self)
        scene = compat.sequencer_scene(context)
        strip = self.make(scene, place, settings)
        if settings["wait"]:
            told(self, strip)
        else:
            properties.renew_seed(scene, self.kind)
        return {"FINISHED"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the settings where they can be adjusted afterwards."""
        dialogs.draw(self, self.kind, properties.all_parameters(self.kind), ("length", "frame_start", "channel"))

    def given(self) -> dict[str, Any]:
        """Return the settings; with a preset only what was set beside it."""
        values = properties.values_of(self, self.kind)
        if not self.preset:  # type: ignore[attr-defined]
            return values
        own = {n: v for n, v in values.items() if self.properties.is_property_set(n)}  # type: ignore[attr-defined]
        return {**own, "preset": self.preset}  # type: ignore[attr-defined]

    def make(self, scene: bpy.types.Scene, place: dict[str, Any], settings: dict[str, Any]) -> api.Strip:
        """Make the strip and put it on the timeline. Raises LatentStripsError."""
        made: api.Strip = getattr(api, self.kind.name)(scene, **place, **settings)
        return made


def preset() -> Any:
    """Return the property for a preset's name. The one of the call before must not come back: hence SKIP_SAVE."""
    about = "Name of a preset, whose settings hold where none is given"
    return bpy.props.StringProperty(name="Preset", description=about, options={"SKIP_SAVE"})


def told(operator: Any, strip: api.Strip) -> None:
    """Report what was made, and where it lies."""
    files = strip.files
    what = "frames" if strip.blender.type == "IMAGE" else "sound files"
    report(operator, {"INFO"}, f"{strip.name}: {len(files)} {what} in {files[0].parent}")


def waiting(operator: Any) -> dict[str, bool]:
    """Return what tells the api to wait until all is made, unless a person looks on."""
    return {"wait": not is_live(operator)}


def declared(parameter: Parameter) -> Any:
    """Return the property of an operator for a parameter: scripts get an error for a wrong value, instead of another
    one.
    """
    if parameter.type == "style":
        return bpy.props.StringProperty(name=parameter.label, description=parameter.description)
    return properties.declared(parameter, strict=False)


def operator_for(kind: Kind, base: type = Add, name: str = "", **more: Any) -> Any:
    """Return the operator that makes strips of a kind, with properties from the kind's parameters, and `more`."""
    fields = {
        "generator": bpy.props.StringProperty(name="Generator", description=GENERATOR),
        "preset": preset(),
        **{parameter.name: declared(parameter) for parameter in properties.all_parameters(kind)},
        "length": properties.declared(properties.LENGTH, strict=False),
        "frame_start": bpy.props.IntProperty(
            name="Start Frame", description="Scene frame of the first picture; the current frame unless set"
        ),
        "channel": bpy.props.IntProperty(
            name="Channel",
            description="Channel of the strip; 0 finds a free one above the others",
            soft_min=0,
            options={"SKIP_SAVE"},
        ),
        **dialogs.fields(kind, kind.parameters),
        **more,
    }
    about = {
        "__annotations__": fields,
        "__doc__": kind.description,
        "bl_idname": f"latent_strips.{name or kind.name}_add",
        "bl_label": f"Add {kind.label}",
        "bl_description": kind.description,
        "kind": kind,
    }
    return type(f"LATENT_STRIPS_OT_{name or kind.name}_add", (base, bpy.types.Operator), about)


#: Kinds whose operator does more than that, and has a file of its own.
OWN = ("matte", "music")
CLASSES = tuple(operator_for(kind) for kind in makeable() if kind.name not in OWN)
