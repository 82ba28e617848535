"""What all panels share: the place, and the settings of a kind in their groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import bpy

from ..models.cards.card import Card
from ..models.kinds import Kind, kinds
from ..models.parameters import Parameter
from ..operators.blender import properties
from ..operators.blender.languages import wrapping
from ..operators.blender.languages.catalog import CONTEXT
from ..operators.blender.preferences import seen_library
from . import gallery

#: Titles of the groups of settings, in order; those that kinds name besides come before the last two.
_TITLES = {
    "morph": "Morph", "motion": "Motion", "growth": "Growth", "look": "Variation", "knobs": "Knobs", "shape": "Shape",
    "rhythm": "Rhythm", "picture": "Picture", "transition": "Transition", "layout": "Layout", "edge": "Edge",
    "output": "Output", "advanced": "Advanced",
}  # fmt: skip


class Sidebar:
    """A panel in the Sequencer's sidebar, tab "Latent Strips"."""

    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Latent Strips"


@dataclass(frozen=True)
class Settings:
    """The settings of a kind: those of the next strip, or with a `prefix` those of one that is there.

    `only` names the ones that can be set, where others are decided elsewhere.
    """

    kind: Kind
    owner: Any
    prefix: str = ""
    only: tuple[str, ...] = ()

    @property
    def card(self) -> Card | None:
        """The card of the chosen generator."""
        return properties.generator_card(self.kind.name, getattr(self.owner, self.prefix + "generator"))

    def group(self, name: str) -> list[tuple[Parameter, str]]:
        """Return the parameters of a group that make a difference now, each with its label; "" are the basic ones."""
        card = self.card
        found = [(parameter, self.kind.shown(parameter, card)) for parameter in self.kind.parameters]
        return [
            (parameter, label)
            for parameter, label in found
            if label and parameter.group == name and parameter.type != "text" and self._matters(parameter)
        ]

    def first(self) -> Parameter | None:
        """Return the parameter that says most of what is made: a style, a mood; None where there is none to choose."""
        found = [parameter for parameter, _ in self.group("") if parameter.name == self.kind.chosen_by]
        return found[0] if found else None

    def has(self, group: str) -> bool:
        """Whether there is anything to set in a group."""
        if group == "advanced" and self._has_generators():
            return True
        return bool(self.group(group)) or (group == "output" and self._has_size())

    def draw(self, layout: bpy.types.UILayout, group: str) -> None:
        """Draw a row for each setting of a group, but for the first one of all; the other axis stands close."""
        first = self.first()
        if group == "advanced" and self._has_generators():
            layout.prop(self.owner, self.prefix + "generator")
        if group == "output" and self._has_size():
            draw_parameters(layout, self.owner, [(each, each.label) for each in properties.SIZE], self.prefix)
        draw_parameters(layout, self.owner, [each for each in self.group(group) if each[0] != first], self.prefix)

    def draw_first(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Draw what says most of what is made: the one place where a style is chosen, from pictures or from a menu."""
        first = self.first()
        if not self.prefix and gallery.draw_style(layout, context, self.kind):
            return
        row = layout.row(align=True)
        if first:
            row.prop(self.owner, self.prefix + first.name)
        if self.prefix:
            gallery.draw_button(row, self.kind)

    def _matters(self, parameter: Parameter) -> bool:
        if self.only and parameter.name not in self.only:
            return False
        if not parameter.needs:
            return True
        name, *values = parameter.needs
        if self.only and name not in self.only:  # decided elsewhere, maybe so that this one matters
            return True
        value = getattr(self.owner, self.prefix + name)
        return value in values if values else value not in ("", properties.SAME)

    def _has_generators(self) -> bool:
        return len(seen_library().of_kind(self.kind.name)) > 1

    def _has_size(self) -> bool:
        return self.kind.medium == "image" and self.kind.made_from != "text" and not self.only


def draw_lines(layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str) -> int:
    """Draw a message in lines that fit the sidebar, and return how many those are."""
    region = context.region
    width = region.width / context.preferences.system.ui_scale if region else 300  # px, before scaling
    column = layout.column(align=True)
    found = wrapping.lines(text, max(16, int((width - 70) / 6.5)))
    for number, line in enumerate(found):
        column.label(text=line, icon="BLANK1" if number else icon)
    return len(found)


def draw_parameters(
    layout: bpy.types.UILayout, owner: Any, parameters: Iterable[tuple[Parameter, str]], prefix: str = ""
) -> None:
    """Draw a row for each parameter with its label; those labeled as the other axis stand close to the first."""
    column = layout.column()
    for parameter, label in parameters:
        if parameter.label not in ("Y", "Height", "Time"):
            column = layout.column(align=True)
        column.prop(owner, prefix + parameter.name, text=label, text_ctxt=CONTEXT)


def groups() -> dict[str, str]:
    """Return the title of each group of settings of any kind, in order."""
    named = {parameter.group for kind in kinds().values() for parameter in kind.parameters if parameter.group}
    known = {name: title for name, title in _TITLES.items() if name not in ("output", "advanced")}
    more = {name: name.capitalize() for name in sorted(named) if name not in _TITLES}
    return {**known, **more, "output": _TITLES["output"], "advanced": _TITLES["advanced"]}


def group_panels(base: Any, parent: str) -> list[Any]:
    """Return a closed sub-panel of `parent` for each group; `base` has `settings(context)`, None to hide all.

    What else belongs to a group, `base.draw_more(layout, context, settings, group)` draws.
    """

    def panel(group: str, title: str) -> Any:
        def poll(_cls: Any, context: bpy.types.Context) -> bool:
            settings = base.settings(context)
            return settings is not None and settings.has(group)

        def draw(self: Any, context: bpy.types.Context) -> None:
            settings = base.settings(context)
            self.layout.use_property_split = True
            self.layout.use_property_decorate = bool(settings.prefix)
            settings.draw(self.layout, group)
            base.draw_more(self.layout, context, settings, group)

        about = {
            "bl_idname": f"{parent}_{group}",
            "bl_parent_id": parent,
            "bl_label": title,
            "bl_translation_context": CONTEXT,
            "bl_options": {"DEFAULT_CLOSED"},
            "poll": classmethod(poll),
            "draw": draw,
        }
        return type(f"{parent}_{group}", (base, bpy.types.Panel), about)

    return [panel(*each) for each in groups().items()]
