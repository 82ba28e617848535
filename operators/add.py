"""Make a strip: `latent_strips.texture_add`, and one such operator for every other kind of result."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.kinds import Kind, makeable
from ..models.parameters import Parameter
from .blender import compat, properties
from .blender.jobs import make
from .blender.reporting import is_live, reporting


class Add:
    """What the operators for all kinds have in common."""

    bl_options = {"REGISTER", "UNDO"}
    kind: Kind

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Strips are made everywhere but in a scene that is linked from another file."""
        if compat.sequencer_scene(context).library:
            cls.poll_message_set("This scene is linked from another file")  # type: ignore[attr-defined]
            return False
        return True

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """A click takes what the panel shows."""
        settings = getattr(compat.sequencer_scene(context).latent_strips, self.kind.name)
        values = properties.values_of(settings, self.kind) | {"length": settings.length}
        for name, value in values.items():
            if not self.properties.is_property_set(name):  # type: ignore[attr-defined]
                setattr(self, name, value)
        return self.execute(context)

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Make the strip: at once and live for a person, complete for a script."""
        scene: Any = compat.sequencer_scene(context)
        compat.show(context, scene)
        values = properties.values_of(self, self.kind)
        properties_set = self.properties.is_property_set  # type: ignore[attr-defined]
        start = self.frame_start if properties_set("frame_start") else scene.frame_current  # type: ignore[attr-defined]
        self.put(scene, values, self.length, start, self.channel, is_live(self))  # type: ignore[attr-defined]
        return {"FINISHED"}

    def put(self, scene: Any, values: dict[str, Any], length: int, start: int, channel: int, live: bool) -> None:
        """Make the strip and put it on the timeline. Raises LatentStripsError."""
        make.add(scene, self.kind, values, length, start, channel, live)


def _declared(parameter: Parameter) -> Any:
    if parameter.type == "style":
        return bpy.props.StringProperty(name=parameter.label, description=parameter.description)
    return properties.declared(parameter, strict=False)


def operator_for(kind: Kind, base: type = Add, name: str = "", **more: Any) -> Any:
    """The operator that makes strips of a kind, its properties generated from the kind's parameters, and `more`."""
    generator = "Identifier of the network that makes the frames. Empty: the first one that has the style"
    fields = {
        "generator": bpy.props.StringProperty(name="Generator", description=generator),
        **{parameter.name: _declared(parameter) for parameter in properties.all_parameters(kind)},
        "length": properties.declared(properties.LENGTH, strict=False),
        "frame_start": bpy.props.IntProperty(
            name="Start frame", description="Scene frame of the first picture. Unset: the current frame"
        ),
        "channel": bpy.props.IntProperty(
            name="Channel",
            description="Channel of the strip; 0 finds a free one above the others",
            soft_min=0,
            options={"SKIP_SAVE"},
        ),
        **more,
    }
    about = {
        "__annotations__": fields,
        "__doc__": kind.description,
        "bl_idname": f"latent_strips.{name or kind.name}_add",
        "bl_label": f"Add {kind.label.lower()}",
        "bl_description": kind.description,
        "kind": kind,
    }
    return type(f"LATENT_STRIPS_OT_{name or kind.name}_add", (base, bpy.types.Operator), about)


#: Kinds whose operator does more than that, and has a file of its own.
OWN = ("matte", "music")
CLASSES = tuple(operator_for(kind) for kind in makeable() if kind.name not in OWN)
