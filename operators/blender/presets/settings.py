"""Settings from a preset, and a preset from settings. Everything is checked before anything is set."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import bpy

from ....models.cards.card import Card
from ....models.errors import GeneratorMissing, UnknownStyle
from ....models.gallery.tiles import offered
from ....models.kinds import Kind
from ....models.kinds import kind as kind_of
from ....models.parameters import Value
from ....models.presets import preset as presets
from ....models.presets import store
from ....models.presets.preset import Preset
from .. import properties
from ..gallery import target
from ..preferences import library
from .folder import folder


def values(kind: str, name: str) -> dict[str, Any]:
    """Return the generator and every setting of a preset, defaults included, as scripts give them.

    Raises PresetError where there is none, GeneratorMissing or UnknownStyle, which name what could take its place.
    """
    made, one = kind_of(kind), store.find(folder(), kind, name)
    card = _card(made, one)
    _check_styles(made, one, card)
    return {**_defaults(made), **one.settings, "generator": card.id}


def apply(context: bpy.types.Context, kind: str, aim: str, name: str) -> None:
    """Set all that a preset says, and all else to its default. Raises as `values`, or StripError; then sets nothing."""
    found = values(kind, name)
    owner, prefix = target.owner(context, kind, aim)
    _set(owner, prefix, kind_of(kind), found)


def reset(context: bpy.types.Context, kind: str, aim: str) -> None:
    """Set everything but the generator to its default. Raises StripError."""
    owner, prefix = target.owner(context, kind, aim)
    _set(owner, prefix, kind_of(kind), _defaults(kind_of(kind)))


def taken(context: bpy.types.Context, kind: str, aim: str, name: str) -> Preset:
    """Return the settings of the next or of the active strip as a preset. Raises StripError or PresetError."""
    made = kind_of(kind)
    owner, prefix = target.owner(context, kind, aim)
    now = properties.values_of(owner, made, prefix)
    defaults = _defaults(made)
    settings = {key: presets.rounded(now[key]) for key in defaults}
    chosen = {key: value for key, value in settings.items() if value != defaults[key]}
    return Preset(kind, presets.name_of(name), str(now["generator"]), presets.checked(made, name, chosen))


def _defaults(made: Kind) -> dict[str, Value]:
    """Return what a preset means by what it leaves out: what a panel begins with, whatever scripts begin with."""
    return {parameter.name: properties.for_next(parameter).default for parameter in presets.saved(made)}


def _set(owner: Any, prefix: str, made: Kind, values: Mapping[str, Any]) -> None:
    if generator := values.get("generator"):
        setattr(owner, prefix + "generator", generator)
    card = properties.generator_card(made.name, getattr(owner, prefix + "generator"))
    for parameter in presets.saved(made):
        value = values[parameter.name]
        if parameter.type == "style" and not value:
            is_second = parameter.name.endswith("_b")
            value = card.styles[0].name if card and card.styles and not is_second else properties.SAME
        setattr(owner, prefix + parameter.name, value)


def _card(made: Kind, one: Preset) -> Card:
    """Return the card of the preset's generator. Raises GeneratorMissing."""
    cards = [entry.card for entry in library().of_kind(made.name)]
    for card in cards:
        if card.id == one.generator:
            return card
    style = str(one.settings.get(made.chosen_by, ""))
    others = [card.label for card in cards if any(style == name for name, _ in offered(card, made))]
    what = f"{others[0]} has the style {style!r}, too" if others else "Choose another preset"
    raise GeneratorMissing(
        f"The preset {one.name!r} needs the generator {one.generator!r}, which is not installed. {what}. "
        "Import that generator to use the preset as it is."
    )


def _check_styles(made: Kind, one: Preset, card: Card) -> None:
    """Raise UnknownStyle where the generator has a style no more."""
    there = [style.name for style in card.styles]
    for parameter in presets.saved(made):
        style = str(one.settings.get(parameter.name, ""))
        if parameter.type != "style" or not style or style in there:
            continue
        near = get_close_matches(style, there, n=1, cutoff=0.5) or there[:1]
        what = f"The nearest one is {near[0]!r}" if near else "It has none"
        raise UnknownStyle(f"The preset {one.name!r} needs the style {style!r}, which {card.label} lacks. {what}.")
