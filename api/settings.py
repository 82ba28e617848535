"""Settings as scripts give them: their names, types, limits and styles, each checked before anything is made."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

from ..models.errors import RecipeError, SettingError, UnknownSetting, UnknownStyle
from ..models.gallery.tiles import offered
from ..models.kinds import Kind
from ..models.parameters import Parameter, Value
from ..operators.blender import properties
from ..operators.blender.preferences import library
from ..operators.blender.presets import settings as presets

_TYPES = {"bool": bool, "int": int, "float": float, "choice": str, "style": str, "text": str}
#: The generator is a setting of every strip: the identifier of one, or "" for the first that has the style.
PRESET = Parameter("preset", "text", "", "Preset", "Name of a preset, whose settings hold where none is given")
GENERATOR = Parameter("generator", "text", "", "Generator", "Identifier of the generator; empty for the first one")


def parameters(made: Kind) -> dict[str, Parameter]:
    """Return what a script can set of a strip of that kind, by name."""
    shown = [parameter for parameter in properties.all_parameters(made) if parameter.type != "text"]
    if made.made_from == "text":  # these are as large as their text
        shown = [parameter for parameter in shown if parameter not in properties.SIZE]
    return {parameter.name: parameter for parameter in (*shown, GENERATOR)}


def named(made: Kind, name: str, known: Iterable[str] = ()) -> Parameter:
    """Return the setting of that name. Raises UnknownSetting, which names those that are spelled alike.

    `known` are further names that the caller knows of.
    """
    there = parameters(made)
    return there.get(name) or _unknown(name, made, [*there, *known])


def checked(made: Kind, parameter: Parameter, value: object, generator: str = "") -> Value:
    """Return a value in the setting's type. Raises SettingError, for styles UnknownStyle."""
    if parameter.type == "int":
        return whole(parameter, value)
    try:
        checked = parameter.check(value)
    except RecipeError as error:
        raise SettingError(str(error)) from None
    if parameter.type == "style" and checked:
        _check_style(made, str(checked), generator)
    return checked


def values(made: Kind, given: Mapping[str, object]) -> dict[str, Any]:
    """Return a value for every setting of a kind: those given, checked, those of a `preset`, and the defaults.

    Raises SettingError; for a preset that can't be used PresetError, GeneratorMissing or UnknownStyle.
    """
    for name in given:
        if name != PRESET.name:
            named(made, name, (PRESET.name, "length", "start", "channel", "wait"))
    if preset := given.get(PRESET.name):
        own = {name: value for name, value in given.items() if name != PRESET.name}
        given = _based(made, presets.values(made.name, str(preset)), own)
    generator = str(given.get("generator", ""))
    return {
        name: checked(made, parameter, given.get(name, parameter.default), generator)
        for name, parameter in parameters(made).items()
    }


def _based(made: Kind, base: Mapping[str, Any], own: Mapping[str, object]) -> dict[str, object]:
    """Return the settings of a preset with those given in their place.

    A style of another generator takes that one's place, too.
    """
    generator = base["generator"]
    cards = [entry.card for entry in library().of_kind(made.name) if entry.card.id == generator]
    asked = own.get(made.chosen_by)
    if asked and "generator" not in own and all(asked != name for card in cards for name, _ in offered(card, made)):
        generator = ""
    return {**base, "generator": generator, **own}


def whole(parameter: Parameter, value: object) -> int:
    """Return a whole number within the limits of a parameter. Raises SettingError."""
    low, high = parameter.minimum, parameter.maximum
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        limits = f"{low:.0f} to {high:.0f}"
        raise SettingError(f"{parameter.label} {str(value)[:40]} is not a whole number from {limits}.")
    return value


def signed(function: Callable[..., Any], made: Kind, only: Iterable[str] = ()) -> None:
    """Give a function that takes `**settings` the signature and the docstring of a kind's settings, or of some."""
    chosen = [PRESET, *(p for name, p in parameters(made).items() if not only or name in only)]
    signature = inspect.signature(function)
    own = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    more = [
        inspect.Parameter(p.name, inspect.Parameter.KEYWORD_ONLY, default=p.default, annotation=_TYPES[p.type].__name__)
        for p in chosen
        if p.name not in signature.parameters
    ]
    function.__signature__ = signature.replace(parameters=[*own, *more])  # type: ignore[attr-defined]
    about, _, example = inspect.cleandoc(function.__doc__ or "").partition("\n>>>")
    lines = "\n".join(f"    {p.name}: {p.description} (default: {p.default!r})" for p in chosen)
    function.__doc__ = f"{about.rstrip()}\n\nSettings:\n{lines}\n" + (f"\n>>>{example}\n" if example else "")


def _unknown(name: str, made: Kind, known: Iterable[str]) -> NoReturn:
    near = get_close_matches(name, list(known), n=3)
    what = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}."
    raise UnknownSetting(f"{made.label} strips have no setting {name[:64]!r}. {what}")


def _check_style(made: Kind, style: str, generator: str) -> None:
    cards = [entry.card for entry in library().of_kind(made.name) if generator in ("", entry.card.id)]
    there = {each.name: card.label for card in reversed(cards) for each in card.styles}
    if not cards or style in there:
        return  # that a generator is missing is said when it is looked for
    near = get_close_matches(style, list(there), n=3)
    if near:
        what = f"Did you mean {' or '.join(f'{name!r} ({there[name]})' for name in near)}?"
    else:
        what = f"There are: {', '.join(there) or 'none'}."
    who = f"{cards[0].label} has" if generator else f"{made.label} strips have"
    raise UnknownStyle(f"{who} no style {style[:64]!r}. {what}")
