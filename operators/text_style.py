"""Styled overlays for text strips, and for the cues of a subtitle file."""

from __future__ import annotations

from typing import Any

import bpy

from .. import api
from ..models.parameters import Parameter
from . import dialogs, subtitles_import
from .add import GENERATOR, declared, preset
from .blender import compat, properties
from .blender.reporting import is_live, report, reporting
from .blender.text import overlays


def _shown() -> tuple[Parameter, ...]:
    own = [parameter for parameter in overlays.text_kind().parameters if parameter.type != "text"]
    return (*own, properties.SEED)


def _fields() -> dict[str, Any]:
    fields = {parameter.name: declared(parameter) for parameter in _shown()}
    generator = bpy.props.StringProperty(name="Generator", description=GENERATOR)
    return {"generator": generator, "preset": preset(), **fields, **dialogs.fields(overlays.text_kind(), _shown())}


class _Styling:
    """What both operators have in common."""

    def take_panel(self, context: bpy.types.Context) -> None:
        """Take what the panel shows."""
        if self.preset:  # type: ignore[attr-defined]
            return
        settings = getattr(compat.sequencer_scene(context).latent_strips, overlays.text_kind().name)
        for name in ("generator", *(parameter.name for parameter in _shown())):
            if not self.properties.is_property_set(name):  # type: ignore[attr-defined]
                setattr(self, name, getattr(settings, name))

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the settings where they can be adjusted, and those of the file where there is one."""
        file = tuple(name for name in ("encoding", "offset", "channel") if hasattr(self, name))
        dialogs.draw(self, overlays.text_kind(), _shown(), file)

    def settings(self) -> dict[str, Any]:
        """Return what the api is given."""
        names = ("generator", *(parameter.name for parameter in _shown()))
        given = {name: getattr(self, name) for name in names}
        if self.preset:  # type: ignore[attr-defined]
            set_here = self.properties.is_property_set  # type: ignore[attr-defined]
            given = {n: v for n, v in given.items() if set_here(n)} | {"preset": self.preset}  # type: ignore[attr-defined]
        return given | {"wait": not is_live(self)}

    def told(self, made: api.Texts) -> set[str]:
        """Report what became of each text."""
        for line in made.remarks:
            report(self, {"WARNING"}, line)
        for name, error in made.failed.items():
            report(self, {"WARNING"}, f"{name}: {error}")
        words = f"{len(made.overlays)} of {len(made.names)} texts styled"
        if is_live(self) and made.overlays:
            more = f", {made.waiting} more texts wait" if made.waiting else ""
            words = f"{made.overlays[0].name}: being made{more}"
        report(self, {"INFO"}, words)
        return {"FINISHED"} if made.overlays else {"CANCELLED"}


class _Style(_Styling):
    """Show the selected text strips in fire, ice, gold or another style"""

    bl_idname = "latent_strips.text_style"
    bl_label = "Style Text"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There is a text strip to style."""
        scene = compat.sequencer_scene(context)
        active = compat.active_strip(scene)
        is_text = active is not None and active.type == "TEXT"
        if not is_text and not any(strip.type == "TEXT" for strip in compat.all_strips(scene)):
            cls.poll_message_set("Add a text strip or subtitles first")  # type: ignore[attr-defined]
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Style at once, as the panel says."""
        self.take_panel(context)
        return self.execute(context)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Style the selected text strips; for a script, wait until all is made."""
        scene = compat.sequencer_scene(context)
        made = api.style_text(overlays.selected(scene), **self.settings())
        if is_live(self):
            properties.renew_seed(scene, overlays.text_kind())
        return self.told(made)


class _Add(_Styling, subtitles_import.FileFields):
    """Put the cues of a subtitle file on the timeline, and style them"""

    bl_idname = "latent_strips.subtitles_add"
    bl_label = "Add Styled Subtitles"
    bl_options = {"REGISTER", "UNDO"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the file."""
        self.take_panel(context)
        return subtitles_import.FileFields.invoke(self, context, event)

    @reporting
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Import the file, then style its cues."""
        found = subtitles_import.load(self, compat.sequencer_scene(context), **self.settings())
        return self.told(found) if found.names else {"CANCELLED"}


def _operator(base: type, name: str, **more: Any) -> Any:
    about = {"__annotations__": {**more, **_fields()}, "__doc__": base.__doc__, "bl_description": base.__doc__}
    return type(name, (base, bpy.types.Operator), about)


CLASSES = (
    _operator(_Style, "LATENT_STRIPS_OT_text_style"),
    _operator(_Add, "LATENT_STRIPS_OT_subtitles_add"),
)
