"""Panels drawn without a window."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import bpy

from tests.helpers.blender.strips import part


class Layout:
    """As much of Blender's layout as the panels use. Whatever is not there is an error, as it is in Blender."""

    def __init__(self, drawn: list[str]) -> None:
        self.drawn = drawn
        self.given: list[SimpleNamespace] = []
        self.use_property_split = self.use_property_decorate = True
        self.scale_y = self.ui_units_y = 1.0
        self.emboss = "NORMAL"
        self.operator_context = "INVOKE_DEFAULT"

    def row(self, align: bool = False) -> Layout:
        return self

    column = row

    def split(self, factor: float) -> Layout:
        assert 0 < factor < 1
        return self

    def box(self) -> Layout:
        return self

    def template_icon(self, icon_value: int, scale: float = 1.0) -> None:
        assert icon_value > 0
        assert scale > 0
        self.drawn.append("icon")

    def label(self, text: str = "", text_ctxt: str = "", icon: str = "NONE", translate: bool = True) -> None:
        self.drawn.append(text)

    def progress(self, factor: float, text: str) -> None:
        assert 0 <= factor <= 1
        self.drawn.append(text)

    def grid_flow(self, **how: Any) -> Layout:
        return self

    def column_flow(self, columns: int) -> Layout:
        return self

    def separator(self) -> None:
        pass

    def menu(self, name: str, text: str = "", icon: str = "NONE") -> None:
        self.drawn.append(name)
        getattr(bpy.types, name).draw(SimpleNamespace(layout=self), bpy.context)

    def prop_enum(self, owner: Any, name: str, value: str, text: str = "") -> None:
        assert value in owner.bl_rna.properties[name].enum_items
        self.drawn.append(value)

    def prop(
        self,
        owner: Any,
        name: str,
        expand: bool = False,
        text: str | None = None,
        icon: str = "NONE",
        text_ctxt: str = "",
        translate: bool = True,
    ) -> None:
        assert name in owner.bl_rna.properties
        self.drawn.append(name)

    def operator(
        self,
        name: str,
        text: str = "",
        icon: str = "NONE",
        depress: bool = False,
        emboss: bool = True,
        translate: bool = True,
        icon_value: int = 0,
    ) -> SimpleNamespace:
        module, function = name.split(".")
        assert getattr(getattr(bpy.ops, module), function).get_rna_type()
        self.drawn.append(name)
        self.drawn.extend(filter(None, (text,)))
        self.given.append(SimpleNamespace(operator=name))
        return self.given[-1]


def draw(only: Sequence[Any] = ()) -> list[str]:
    """Draw all panels, or `only` some, whose poll allows it and return what they show."""
    drawn: list[str] = []
    panels = part("panels")
    for panel in (each for each in only or panels._CLASSES if issubclass(each, bpy.types.Panel)):
        assert (panel.bl_space_type, panel.bl_region_type, panel.bl_category) == (
            "SEQUENCE_EDITOR", "UI", "Latent Strips",
        )  # fmt: skip
        if not hasattr(panel, "poll") or panel.poll(bpy.context):
            panel.draw(SimpleNamespace(layout=Layout(drawn)), bpy.context)
    return drawn


def draw_menu(name: str) -> list[str]:
    """Draw a menu and those that it opens, and return what they show."""
    drawn: list[str] = []
    Layout(drawn).menu(name)
    return drawn


def draw_preferences() -> list[str]:
    """Draw what the preferences show below their settings, and return it."""
    drawn: list[str] = []
    for each in part("operators.blender.preferences").DRAWN:
        each(Layout(drawn))
    return drawn
