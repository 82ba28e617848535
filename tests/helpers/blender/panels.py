"""Panels drawn without a window."""

from __future__ import annotations

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

    def row(self, align: bool = False) -> Layout:
        return self

    column = row

    def split(self, factor: float) -> Layout:
        assert 0 < factor < 1
        return self

    def grid_flow(self, row_major: bool, columns: int, even_columns: bool, even_rows: bool) -> Layout:
        assert columns > 0
        return self

    def box(self) -> Layout:
        return self

    def template_icon(self, icon_value: int, scale: float = 1.0) -> None:
        assert icon_value > 0
        self.drawn.append("icon")

    def label(self, text: str = "", icon: str = "NONE", translate: bool = True) -> None:
        self.drawn.append(text)

    def progress(self, factor: float, text: str) -> None:
        assert 0 <= factor <= 1
        self.drawn.append(text)

    def prop(self, owner: Any, name: str, expand: bool = False, text: str | None = None, icon: str = "NONE") -> None:
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
    ) -> SimpleNamespace:
        assert getattr(bpy.ops.latent_strips, name.split(".")[1]).get_rna_type()
        self.drawn.append(name)
        self.drawn.extend(filter(None, (text,)))
        self.given.append(SimpleNamespace(operator=name))
        return self.given[-1]


def draw() -> list[str]:
    """Draw all panels whose poll allows it and return what they show."""
    drawn: list[str] = []
    panels = part("panels")
    for panel in panels._CLASSES:
        assert (panel.bl_space_type, panel.bl_region_type, panel.bl_category) == (
            "SEQUENCE_EDITOR", "UI", "Latent Strips",
        )  # fmt: skip
        if not hasattr(panel, "poll") or panel.poll(bpy.context):
            panel.draw(SimpleNamespace(layout=Layout(drawn)), bpy.context)
    return drawn
