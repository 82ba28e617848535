"""Dialogs of operators, such as *Adjust Last Operation*: generators and styles by their names in menus.

Scripts set both by identifiers, as texts that may name anything, so that a wrong one is an error. A dialog shows a menu
in their place, which reads and sets the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import bpy

from ..models.kinds import Kind
from ..models.parameters import Parameter
from .blender import properties
from .blender.languages.catalog import CONTEXT
from .blender.preferences import seen_library
from .blender.properties import Item

#: What the names of properties that are menus end with. They are not for scripts.
MENU = "_menu"


def fields(made: Kind, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """Return a menu for the generator of a kind, and for each style among an operator's settings."""
    styles = [parameter for parameter in parameters if parameter.type == "style"]
    found = {
        "generator" + MENU: _menu(
            made,
            "generator",
            "Generator",
            "Network that generates the frames",
            lambda _: _generators(made),
            styles,
        )
    }
    for parameter in styles:
        entries = partial(_entries, made, parameter)
        found[parameter.name + MENU] = _menu(made, parameter.name, parameter.label, parameter.description, entries)
    return found


def draw(operator: Any, made: Kind, parameters: Sequence[Parameter], more: Sequence[str] = ()) -> None:
    """Draw an operator's settings: those that its generator has a use for, and `more` by name."""
    layout = operator.layout
    layout.use_property_split, layout.use_property_decorate = True, False
    card = properties.generator_card(made.name, operator.generator)
    if len(seen_library().of_kind(made.name)) > 1:
        layout.prop(operator, "generator" + MENU)
    for parameter in parameters:
        label = made.shown(parameter, card)
        if label and parameter.type != "text":
            name = parameter.name + (MENU if parameter.type == "style" else "")
            layout.prop(operator, name, text=label, text_ctxt=CONTEXT)
    for name in more:
        layout.prop(operator, name)


def _generators(made: Kind) -> list[Item]:
    cards = {entry.card.id: entry.card for entry in seen_library().of_kind(made.name)}
    return properties.numbered([(card.id, card.label, "") for card in cards.values()])


def _entries(made: Kind, parameter: Parameter, operator: Any) -> list[Item]:
    return properties.styles(parameter, properties.generator_card(made.name, operator.generator))


def _menu(
    made: Kind,
    name: str,
    label: str,
    about: str,
    entries: Callable[[Any], list[Item]],
    styles: Sequence[Parameter] = (),
) -> Any:
    def get(operator: Any) -> int:
        value = getattr(operator, name)
        found = entries(operator)
        return next((number for id, _, _, number in found if id == value), found[0][3] if found else 0)

    def set_(operator: Any, number: int) -> None:
        id = next((id for id, _, _, each in entries(operator) if each == number), "")
        setattr(operator, name, "" if id == properties.SAME else id)
        for style in styles:  # another generator may lack the one that was chosen
            if getattr(operator, style.name) not in [each for each, *_ in _entries(made, style, operator)]:
                setattr(operator, style.name, "")

    return bpy.props.EnumProperty(
        name=label,
        description=about,
        items=lambda operator, _context: entries(operator),
        get=get,
        set=set_,
        options={"HIDDEN", "SKIP_SAVE"},
        translation_context=CONTEXT,
    )
