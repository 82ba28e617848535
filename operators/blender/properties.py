"""Blender properties from what the kinds of result declare.

A strip has a flat property `latent_<name>` for every parameter: a property behind a pointer can't be keyframed on a
strip. The settings of the next strip to make are a group on the scene, `scene.latent_strips.<kind>`.
"""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import bpy

from ...models.cards.card import Card
from ...models.errors import RecipeError
from ...models.kinds import Kind, kinds
from ...models.library.catalog import IMPORTED
from ...models.parameters import Choice, Parameter
from ...models.recipe import MAX_FRAMES, MAX_SEED, MAX_SIDE, Recipe
from . import compat, making
from .languages.catalog import CONTEXT
from .preferences import seen_library

Item = tuple[str, str, str, int]
PREFIX = "latent_"
#: In a menu of styles, the entry for a second style that is the first one, or for none where there are none.
SAME = "same"
#: The strings of dynamic menus: Blender keeps no reference to them.
_alive: dict[tuple[object, ...], list[Item]] = {}

SEED = Parameter("seed", "int", 0, "Seed", "Each seed gives a different result", 0, MAX_SEED)
SIZE = (
    Parameter("width", "int", 0, "Width", "Width in pixels. 0 uses the render size", 0, MAX_SIDE, unit="pixels"),
    Parameter("height", "int", 0, "Height", "Height in pixels. 0 uses the render size", 0, MAX_SIDE, unit="pixels"),
)
LENGTH = Parameter("length", "int", 100, "Length", "Number of frames to generate", 1, MAX_FRAMES, 1, 1000)
#: What panels have beside that: what a script says by leaving a setting out.
SEED_LOCKED = Parameter("seed_locked", "bool", False, "Lock Seed", "Keep the seed for the next strip")
LENGTH_FROM = Parameter(
    "length_from", "choice", "auto", "Length", "How long the next strip is",
    choices=(
        Choice("auto", "Automatic", "As the selected strips, else the strip below the playhead, else the scene"),
        Choice("frames", "Frames", "A number of frames, from the playhead on"),
    ),
)  # fmt: skip


def declared(parameter: Parameter, strict: bool = True) -> Any:
    """Return the Blender property of a parameter of numbers, truth or choices.

    Scripts get an error for a value out of range only where Blender doesn't clamp it first: `strict=False`.
    """
    common: dict[str, Any] = {"name": parameter.label, "description": parameter.description}
    common["translation_context"] = CONTEXT
    common["options"] = {"ANIMATABLE"} if parameter.animatable else set()
    if parameter.type == "bool":
        return bpy.props.BoolProperty(default=bool(parameter.default), **common)
    if parameter.type == "choice":
        items = [(choice.name, choice.label, choice.description) for choice in parameter.choices]
        return bpy.props.EnumProperty(items=items, default=str(parameter.default), **common)
    if parameter.type == "text":
        return bpy.props.StringProperty(default=str(parameter.default), **common)
    limits = {
        "soft_min": parameter.minimum if parameter.soft_minimum is None else parameter.soft_minimum,
        "soft_max": parameter.maximum if parameter.soft_maximum is None else parameter.soft_maximum,
    }
    if strict:
        limits |= {"min": parameter.minimum, "max": parameter.maximum}
    common |= {name: value for name, value in limits.items() if math.isfinite(value)}
    if parameter.unit != "none":
        common["subtype"] = {"factor": "FACTOR", "pixels": "PIXEL"}[parameter.unit]
    if parameter.type == "int":
        return bpy.props.IntProperty(default=int(parameter.default), **common)
    return bpy.props.FloatProperty(default=float(parameter.default), step=5, **common)


def style_menu(parameter: Parameter, kind: str, prefix: str = "") -> Any:
    """Return a menu of the styles of the generator that the property's owner names."""

    def items(owner: Any, _context: bpy.types.Context | None) -> list[Item]:
        return styles(parameter, generator_card(kind, getattr(owner, prefix + "generator", "")))

    return bpy.props.EnumProperty(
        name=parameter.label,
        description=parameter.description,
        items=items,
        default=_first(styles(parameter, generator_card(kind, ""))),
        options=set(),
        translation_context=CONTEXT,
    )


def generator_menu(kinds: Mapping[str, Kind], prefix: str = "") -> Any:
    """Return a menu of the generators at hand that make one of `kinds`."""

    def items(owner: Any, _context: bpy.types.Context | None) -> list[Item]:
        cards = {entry.card.id: entry.card for entry in seen_library().entries() if entry.card.kind in kinds}
        found = [(card.id, card.label, card.license) for card in cards.values()]
        # A strip of a generator that is gone still names it; Blender would warn of an unknown entry at every redraw.
        made = _maker(str(owner.get("latent_recipe", ""))) if owner and prefix else ""
        if made and made not in cards:
            found.append((made, f"{made} (missing)", "This generator is not installed any more"))
        return numbered(found)

    def update(owner: Any, _context: bpy.types.Context) -> None:
        """Another generator has other styles: one that it lacks gives way to its first."""
        for kind in kinds.values():
            card = generator_card(kind.name, getattr(owner, prefix + "generator"))
            if card is None or card.kind != kind.name:
                continue  # the other kinds' menus are not shown, and have nothing to choose from
            for parameter in kind.parameters:
                name = prefix + parameter.name  # unset, it has the default of another kind
                if parameter.type == "style" and not (owner.is_property_set(name) and getattr(owner, name)):
                    setattr(owner, name, styles(parameter, card)[0][0])

    return bpy.props.EnumProperty(
        name="Generator",
        description="Network that generates the frames",
        items=items,
        default=_first(items(None, None)),
        update=update,
        options=set(),
        translation_context=CONTEXT,
    )


def library_menu() -> Any:
    """Return a menu of all generators at hand: the preferences show one of them, at first the last import."""

    def items(_owner: Any, _context: bpy.types.Context | None) -> list[Item]:
        entries = sorted(seen_library().entries(), key=lambda entry: not IMPORTED.fullmatch(entry.path.stem))
        found = {each.card.id: (each.card.id, each.card.label, "") for each in entries}
        items = [(*item, number) for number, item in enumerate(found.values())]  # it isn't saved
        return _alive.setdefault(("library", *found.values()), items)

    return bpy.props.EnumProperty(name="Generator", description="Generator to show", items=items, options={"SKIP_SAVE"})


@lru_cache(maxsize=64)
def _maker(text: str) -> str:
    """Return the identifier of the generator in a recipe's text; "" where it is none."""
    try:
        return Recipe.from_json(text).generator
    except RecipeError:
        return ""


def styles(parameter: Parameter, card: Card | None) -> list[Item]:
    """Return the entries of a menu of a generator's styles."""
    found = [(style.name, style.label, "") for style in card.styles] if card else []
    if _first_of(parameter):
        found.insert(0, (SAME, "None", "Stay with the first one"))
    if not found:
        found = [(SAME, "None", "This generator has none")]
    return numbered(found)


def _first_of(parameter: Parameter) -> str:
    """Return the parameter whose second one this is: `style` of `style_b`; "" for one that stands alone."""
    return parameter.name.removesuffix("_b") if parameter.name.endswith("_b") else ""


def numbered(entries: list[tuple[str, str, str]]) -> list[Item]:
    """Entries with numbers that follow from their names: .blend files store the number, and menus may grow."""
    items = [(*entry, zlib.crc32(entry[0].encode()) & 0x7FFFFFFF) for entry in entries]
    return _alive.setdefault(tuple(entries), items)


def _first(items: list[Item]) -> int:
    return items[0][3] if items else 0


def generator_card(kind: str, id: str) -> Card | None:
    """Return the card of a generator, or of the first one that makes `kind`; None when there is none.

    All kinds of strips share their flat properties, so the generator may be of another kind.
    """
    entries = seen_library().entries()
    named = [entry.card for entry in entries if entry.card.id == id]
    made = [entry.card for entry in entries if entry.card.kind == kind]
    return next(iter((*named, *made)), None)


def all_parameters(kind: Kind) -> tuple[Parameter, ...]:
    """Return a kind's own parameters and those of every recipe: a seed, and for pictures a size."""
    return (*kind.parameters, SEED, *(SIZE if kind.medium == "image" else ()))


def values_of(owner: Any, kind: Kind, prefix: str = "") -> dict[str, Any]:
    """Return what `owner` (a strip, settings or an operator) has for each parameter of a kind, and the generator."""
    values = {parameter.name: getattr(owner, prefix + parameter.name) for parameter in all_parameters(kind)}
    for parameter in kind.parameters:
        if parameter.type == "style" and values[parameter.name] == SAME:
            values[parameter.name] = ""
    return values | {"generator": getattr(owner, prefix + "generator")}


def renew_seed(scene: bpy.types.Scene, kind: Kind) -> None:
    """Set another seed for the next strip of a kind, unless that is locked: no two strips are alike by accident."""
    settings = getattr(scene.latent_strips, kind.name)
    if not settings.seed_locked:
        settings.seed = random.randrange(1, 1_000_000)


def write(strip: Any, recipe: Recipe) -> None:
    """Set the flat properties of a strip to what a (checked) recipe says; tracks to their first value."""
    values: dict[str, Any] = {**recipe.settings, **{name: track[0] for name, track in recipe.tracks.items()}}
    values |= {"seed": recipe.seed, "width": recipe.width, "height": recipe.height}
    strip.latent_generator = recipe.generator
    for parameter in all_parameters(kinds()[recipe.kind]):
        value = values.get(parameter.name, parameter.default)
        if parameter.type == "style" and (first := _first_of(parameter)) and value == values[first]:
            value = SAME
        if parameter.type == "style" and not value:  # a generator without any
            value = SAME
        setattr(strip, PREFIX + parameter.name, value)


def _annotations(kind: Kind, declare: Callable[[Parameter], Any]) -> Mapping[str, Any]:
    return {parameter.name: declare(parameter) for parameter in all_parameters(kind)}


def for_next(parameter: Parameter) -> Parameter:
    """Return a parameter with the default that panels have for the next strip."""
    if parameter.name == "scale_by":  # scripts say pixels, as ever
        return replace(parameter, default="frame")
    return parameter


def settings_group(kind: Kind) -> Any:
    """Return the class of the settings from which the next strip of a kind is made."""

    def declare(parameter: Parameter) -> Any:
        parameter = for_next(parameter)
        return style_menu(parameter, kind.name) if parameter.type == "style" else declared(parameter)

    fields = {"generator": generator_menu({kind.name: kind}), **_annotations(kind, declare)}
    for parameter in (LENGTH, replace(LENGTH_FROM, default=_length_of(kind)), SEED_LOCKED):
        fields[parameter.name] = declared(parameter)
    return type(f"LatentStrips{kind.name.title()}Settings", (bpy.types.PropertyGroup,), {"__annotations__": fields})


def _length_of(kind: Kind) -> str:
    """Return how long strips of a kind are unless somebody says it: an effect is short, all else fills a place."""
    return "frames" if kind.name in ("sound", "clip") else "auto"


_groups: list[Any] = []


def register() -> None:
    """Add the settings to scenes and the flat properties to strips."""
    _groups[:] = [settings_group(kind) for kind in kinds().values()]
    for group in _groups:
        bpy.utils.register_class(group)
    fields = {
        name: bpy.props.PointerProperty(type=group, name=kinds()[name].label)
        for name, group in zip(kinds(), _groups, strict=True)
    }
    fields["making"] = making.menu()
    _groups.append(type("LatentStripsSettings", (bpy.types.PropertyGroup,), {"__annotations__": fields}))
    bpy.utils.register_class(_groups[-1])
    bpy.types.Scene.latent_strips = bpy.props.PointerProperty(type=_groups[-1], name="Latent Strips")

    bpy.types.WindowManager.latent_strips_generator = library_menu()
    compat.STRIP.latent_generator = generator_menu(kinds(), PREFIX)
    for kind in kinds().values():
        for parameter in all_parameters(kind):
            menu = parameter.type == "style"
            flat = style_menu(parameter, kind.name, PREFIX) if menu else declared(parameter)
            setattr(compat.STRIP, PREFIX + parameter.name, flat)


def unregister() -> None:
    """Take the properties away. Values stay in the file and come back with the extension."""
    for kind in kinds().values():
        for parameter in all_parameters(kind):
            if hasattr(compat.STRIP, PREFIX + parameter.name):
                delattr(compat.STRIP, PREFIX + parameter.name)
    del compat.STRIP.latent_generator
    del bpy.types.WindowManager.latent_strips_generator
    del bpy.types.Scene.latent_strips
    for group in reversed(_groups):
        bpy.utils.unregister_class(group)
    _groups.clear()
    _alive.clear()
