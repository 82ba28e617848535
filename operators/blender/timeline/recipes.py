"""From what a user set to a recipe: for a strip to be made, and for one that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import bpy

from ....models.cards.card import Card
from ....models.errors import GeneratorMissing, MediaError, RecipeError
from ....models.kinds import Kind, kind
from ....models.parameters import Parameter
from ....models.recipe import Recipe
from .. import animation, compat
from ..custom_properties import RECIPE
from ..footage import describe
from ..preferences import library
from ..properties import PREFIX, values_of
from . import content, layouts, text_strips
from .content import Content


def new(
    made: Kind,
    scene: bpy.types.Scene,
    values: Mapping[str, Any],
    frames: int,
    tracks: Mapping[str, tuple[float, ...]] | None = None,
) -> tuple[Recipe, Card]:
    """Return a checked recipe from settings, and from tracks where they change. Raises RecipeError or GeneratorError.

    That of a text is a draft where nobody has set the text yet (see `layouts`).
    """
    named = [str(values[p.name]) for p in made.parameters if p.type == "style" and values.get(p.name)]
    return _recipe(made, latest(made, str(values["generator"]), named), scene, values, tracks or {}, frames)


def stored(strip: Any) -> Recipe:
    """Return the recipe that a strip's frames were made from. Raises RecipeError."""
    text = strip.get(RECIPE)
    if not isinstance(text, str):
        raise RecipeError(f"{strip.name} is not a generated strip. Select a strip that Latent Strips made.")
    return Recipe.from_json(text)


def current(
    scene: bpy.types.Scene, strip: Any, wanted: Content | None = None, upgrade: bool = False, ahead: int = 0
) -> Recipe:
    """Return the checked recipe that a strip's settings and keyframes say now.

    Frame n is keyed at scene frame `wanted.start` + n: the content that the strip has, unless given. Its keys are still
    to move `ahead` frames with it. Keys count where they lie in the content, so a strip that was retimed keeps its
    pictures. The generator is the very file that made
    the strip, or, where that isn't installed any more, with `upgrade` the one that has its name. What a driver or an
    NLA strip moves keeps the values that it was made with: those of now are what the playhead happens to show. Raises
    RecipeError or GeneratorError.
    """
    before = stored(strip)
    made = kind(before.kind)
    wanted = wanted or content.of(strip, before)
    values = values_of(strip, made, PREFIX)
    if made.made_from == "text" and (text := text_strips.source(strip)):
        values["layout"] = text_strips.layout(scene, text)
    curves, moving = compat.fcurves(scene), animation.moving(scene, strip)
    tracks = {}
    for parameter in made.parameters:
        if not parameter.animatable:
            continue
        if PREFIX + parameter.name in moving:
            tracks[parameter.name] = _kept(before, parameter, wanted)
        elif curve := compat.fcurve_of(curves, strip, PREFIX + parameter.name):
            tracks[parameter.name] = _sampled(curve, parameter, wanted.start - ahead, wanted.frames)
    if made.made_from == "footage":
        shown = _shown(scene, strip, before, wanted, (int(values["width"]), int(values["height"])))
        values |= shown.settings
        tracks |= shown.tracks
    card = _card_of(strip, before, str(values["generator"] or before.generator), upgrade)
    return _recipe(made, card, scene, values, tracks, wanted.frames, wanted.origin, before)[0]


def unfollowed(scene: bpy.types.Scene, strip: Any) -> str:
    """Return what of a strip's animation its frames don't follow, in a sentence; "" when there is nothing."""
    moving = animation.moving(scene, strip)
    if not moving:
        return ""
    found = [p for p in kind(stored(strip).kind).parameters if p.animatable and PREFIX + p.name in moving]
    if not found:
        return ""
    names = ", ".join(parameter.label for parameter in found)
    how = {"driver": "a driver", "NLA": "an NLA strip"}[moving[PREFIX + found[0].name]]
    return f"{names}: animated by {how}, which the frames don't follow. Use keyframes of the scene's action instead."


def _kept(before: Recipe, parameter: Parameter, wanted: Content) -> tuple[float, ...]:
    """Return the values of a track as they were, each at its place in the content; the first and last beyond."""
    name = parameter.name
    if name not in before.tracks:  # of an earlier version, which didn't know it
        return (float(parameter.default),)
    if len(before.tracks[name]) == 1:
        return before.tracks[name]
    places = (n + wanted.origin - before.origin for n in range(wanted.frames))
    return tuple(before.track(name, min(max(place, 0), before.frames - 1)) for place in places)


def _shown(
    scene: bpy.types.Scene, strip: Any, before: Recipe, wanted: Content, size: tuple[int, int]
) -> describe.Described:
    """Return what the strip that this one was made from shows now; where that can't be said any more, what it showed
    then.
    """
    source = describe.source_of(scene, strip)
    same = wanted.frames == before.frames
    try:
        if source is not None:
            return describe.describe(scene, source, wanted.start, wanted.frames, size)
    except MediaError:
        if not same:
            raise
    if not same:
        raise RecipeError(
            f"The source strip of {strip.name} was deleted. Keep its length, or make the strip again "
            "from another source."
        )
    names = {parameter.name for parameter in kind(before.kind).held} - {p.name for p in kind(before.kind).parameters}
    settings = {name: value for name, value in before.settings.items() if name in names}
    tracks = {name: values for name, values in before.tracks.items() if name in names}
    return describe.Described(settings, tracks)


def files(scene: bpy.types.Scene, strip: Any) -> tuple[str, ...]:
    """Return the footage that a strip is made from; none where it is made from settings alone."""
    source = describe.source_of(scene, strip)
    return () if source is None else describe.readable(scene, source)


def card(recipe: Recipe) -> Card:
    """Return the card of a recipe's generator. Raises GeneratorMissing."""
    return library().exact(recipe.generator, recipe.digest).card


def _card_of(strip: Any, before: Recipe, chosen: str, upgrade: bool) -> Card:
    if chosen != before.generator:
        return latest(kind(before.kind), chosen)
    try:
        return card(before)
    except GeneratorMissing:
        if not upgrade:
            raise
        return latest(kind(before.kind), chosen)


def latest(made: Kind, id: str, styles: Sequence[str] = ()) -> Card:
    """Return the card of the generator of that id, or of the first of a kind that has all the `styles`, or any.

    Raises GeneratorMissing.
    """
    found = library()
    if id:
        return found.latest(id).card
    entries = found.of_kind(made.name)
    if not entries:
        raise GeneratorMissing(
            f"No generator for {made.label.lower()} strips is installed. "
            f"{'Reinstall the extension' if made.ships else 'Import one'}."
        )
    able = [entry for entry in entries if {*styles} <= {style.name for style in entry.card.styles}]
    return (able or entries)[0].card


def _recipe(
    made: Kind,
    card: Card,
    scene: bpy.types.Scene,
    values: Mapping[str, Any],
    tracks: Mapping[str, tuple[float, ...]],
    frames: int,
    origin: int = 0,
    before: Recipe | None = None,
) -> tuple[Recipe, Card]:
    if card.kind != made.name:
        raise RecipeError(f"{card.label} generates a {card.kind}, not a {made.name}. Choose another generator.")
    recipe = Recipe(
        kind=made.name,
        generator=card.id,
        digest=card.digest,
        width=values.get("width") or scene.render.resolution_x,
        height=values.get("height") or scene.render.resolution_y,
        frames=frames,
        fps=round(scene.render.fps / scene.render.fps_base, 6),
        seed=values["seed"],
        settings={p.name: values.get(p.name, p.default) for p in made.held if not p.animatable},
        tracks={p.name: tracks.get(p.name, (float(values.get(p.name, p.default)),)) for p in made.held if p.animatable},
        origin=origin,
    )
    return layouts.completed(made.drafted(recipe, card), before), card


def _sampled(curve: Any, parameter: Parameter, start: int, frames: int) -> tuple[float, ...]:
    """Return a curve's values, kept within the hard limits as Blender keeps the animated property."""
    return tuple(min(max(curve.evaluate(start + n), parameter.minimum), parameter.maximum) for n in range(frames))
