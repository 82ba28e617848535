"""Styled overlays for text strips, and for the cues of a subtitle file."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.parameters import Parameter
from . import subtitles_import
from .blender import compat, properties
from .blender.reporting import is_live, reporting
from .blender.text import overlays


def _declared(parameter: Parameter) -> Any:
    if parameter.type == "style":
        return bpy.props.StringProperty(name=parameter.label, description=parameter.description)
    return properties.declared(parameter, strict=False)


def _shown() -> tuple[Parameter, ...]:
    own = [parameter for parameter in overlays.text_kind().parameters if parameter.type != "text"]
    return (*own, properties.SEED)


def _fields() -> dict[str, Any]:
    about = "Identifier of the network that makes the frames. Empty: the first one"
    fields = {parameter.name: _declared(parameter) for parameter in _shown()}
    return {"generator": bpy.props.StringProperty(name="Generator", description=about), **fields}


class _Styling:
    """What both operators have in common."""

    def take_panel(self, context: Any) -> None:
        """A click takes what the panel shows."""
        settings = getattr(compat.sequencer_scene(context).latent_strips, overlays.text_kind().name)
        for name in ("generator", *(parameter.name for parameter in _shown())):
            if not self.properties.is_property_set(name):  # type: ignore[attr-defined]
                setattr(self, name, getattr(settings, name))

    def dress(self, scene: Any, names: list[str]) -> set[str]:
        """Make the overlays of text strips, and report those that can't be made."""
        values = {name: getattr(self, name) for name in ("generator", *(p.name for p in _shown()))}
        overlays.check(values)
        if is_live(self):
            first, *rest = (strip.name for strip in overlays.in_play_order(scene, names))
            overlays.style_later(scene, rest, values)
            job = overlays.style(scene, compat.named(scene, first), values, is_live=True)
            for warning in overlays.warnings(scene, first):  # the others are told in the console as they are made
                self.report({"WARNING"}, warning)  # type: ignore[attr-defined]
            self.report({"INFO"}, f"{job.title}: being made" + (f", {len(rest)} more follow" if rest else ""))  # type: ignore[attr-defined]
            return {"FINISHED"}
        made = 0
        for name, error in overlays.style_all(scene, names, values):
            made += error is None
            if error:
                self.report({"ERROR"} if len(names) == 1 else {"WARNING"}, f"{name}: {error}")  # type: ignore[attr-defined]
                continue
            for warning in overlays.warnings(scene, name):
                self.report({"WARNING"}, warning)  # type: ignore[attr-defined]
        return {"FINISHED"} if made else {"CANCELLED"}


class _Style(_Styling):
    """Make the letters of the selected text strips of fire, ice, gold and other things"""

    bl_idname = "latent_strips.text_style"
    bl_label = "Style text"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """There is a text strip to style."""
        scene = compat.sequencer_scene(context)
        if not any(strip.type == "TEXT" for strip in compat.all_strips(scene)):
            cls.poll_message_set("Add a text strip or subtitles first")  # type: ignore[attr-defined]
            return False
        return True

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Style at once, as the panel says."""
        self.take_panel(context)
        return self.execute(context)

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Style the selected text strips; for a script, wait until all is made."""
        scene = compat.sequencer_scene(context)
        compat.show(context, scene)
        return self.dress(scene, overlays.selected(scene))


class _Add(_Styling, subtitles_import.FileFields):
    """Put the cues of a subtitle file on the timeline, and style them"""

    bl_idname = "latent_strips.subtitles_add"
    bl_label = "Add styled subtitles"
    bl_options = {"REGISTER", "UNDO"}

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file."""
        self.take_panel(context)
        return subtitles_import.FileFields.invoke(self, context, event)

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Import the file, then style its cues."""
        scene = compat.sequencer_scene(context)
        compat.show(context, scene)
        names = subtitles_import.load(self, scene)
        return self.dress(scene, names) if names else {"CANCELLED"}


def _operator(base: type, name: str, **more: Any) -> Any:
    about = {"__annotations__": {**more, **_fields()}, "__doc__": base.__doc__, "bl_description": base.__doc__}
    return type(name, (base, bpy.types.Operator), about)


CLASSES = (
    _operator(_Style, "LATENT_STRIPS_OT_text_style"),
    _operator(_Add, "LATENT_STRIPS_OT_subtitles_add"),
)
