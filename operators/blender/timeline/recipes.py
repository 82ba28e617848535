"""From what a user set to a recipe: for a strip to be made, and for one that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....models.cards.card import Card
from ....models.errors import GeneratorMissing, MediaError, RecipeError
from ....models.kinds import Kind, kind
from ....models.parameters import Parameter
from ....models.recipe import Recipe
from .. import compat
from ..custom_properties import RECIPE
from ..footage import describe
from ..preferences import library
from ..properties import PREFIX, values_of
from . import text_strips


def new(
    made: Kind,
    scene: Any,
    values: Mapping[str, Any],
    frames: int,
    tracks: Mapping[str, tuple[float, ...]] | None = None,
) -> tuple[Recipe, Card]:
    """A checked recipe from settings, and from tracks where they change. Raises RecipeError or GeneratorError."""
    named = [str(values[p.name]) for p in made.parameters if p.type == "style" and values.get(p.name)]
    return _recipe(made, latest(made, str(values["generator"]), named), scene, values, tracks or {}, frames)


def stored(strip: Any) -> Recipe:
    """The recipe that a strip's frames were made from. Raises RecipeError."""
    text = strip.get(RECIPE)
    if not isinstance(text, str):
        raise RecipeError(f"{strip.name} is not a generated strip. Select a strip that Latent Strips made.")
    return Recipe.from_json(text)


def current(scene: Any, strip: Any, frames: int = 0, start: int | None = None, upgrade: bool = False) -> Recipe:
    """The checked recipe that a strip's settings and keyframes say now.

    Frame n is keyed at scene frame `start` + n; `start` is that of the strip's first element and `frames` as many as
    it has, unless given. The generator is the very file that made the strip, or, where that isn't installed any more,
    with `upgrade` the one that has its name. Raises RecipeError or GeneratorError.
    """
    before = stored(strip)
    made = kind(before.kind)
    frames = frames or before.frames
    start = compat.content_start(strip) if start is None else start
    values = values_of(strip, made, PREFIX)
    if made.made_from == "text" and (text := text_strips.source(strip)):
        values["layout"] = text_strips.layout(scene, text)
        frames = compat.length(text) if frames == before.frames else frames
    curves = compat.fcurves(scene)
    tracks = {
        parameter.name: _sampled(curve, parameter, start, frames)
        for parameter in made.parameters
        if parameter.animatable and (curve := compat.fcurve_of(curves, strip, PREFIX + parameter.name))
    }
    if made.made_from == "footage":
        shown = _shown(scene, strip, before, start, frames, (int(values["width"]), int(values["height"])))
        values |= shown.settings
        tracks |= shown.tracks
    card = _card_of(strip, before, str(values["generator"] or before.generator), upgrade)
    return _recipe(made, card, scene, values, tracks, frames)[0]


def _shown(scene: Any, strip: Any, before: Recipe, start: int, frames: int, size: tuple[int, int]) -> describe.Shown:
    """What the strip that this one was made from shows now; where that can't be said any more, what it showed then."""
    source = describe.source_of(scene, strip)
    try:
        if source is not None:
            return describe.describe(scene, source, start, frames, size)
    except MediaError:
        if frames != before.frames:
            raise
    if frames != before.frames:
        raise RecipeError(
            f"The source strip of {strip.name} was deleted. Keep its length, or make the strip again "
            "from another source."
        )
    names = {parameter.name for parameter in kind(before.kind).held} - {p.name for p in kind(before.kind).parameters}
    settings = {name: value for name, value in before.settings.items() if name in names}
    tracks = {name: values for name, values in before.tracks.items() if name in names}
    return describe.Shown(settings, tracks)


def files(scene: Any, strip: Any) -> tuple[str, ...]:
    """The footage that a strip is made from; none where it is made from settings alone."""
    source = describe.source_of(scene, strip)
    return () if source is None else describe.readable(scene, source)


def card(recipe: Recipe) -> Card:
    """The card of a recipe's generator. Raises GeneratorMissing."""
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
    """The card of the generator of that id, or of the first of a kind that has all the `styles`, or any.

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
    scene: Any,
    values: Mapping[str, Any],
    tracks: Mapping[str, tuple[float, ...]],
    frames: int,
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
    )
    return made.checked(recipe, card), card


def _sampled(curve: Any, parameter: Parameter, start: int, frames: int) -> tuple[float, ...]:
    """A curve's values, kept within the hard limits as Blender keeps the animated property."""
    return tuple(min(max(curve.evaluate(start + n), parameter.minimum), parameter.maximum) for n in range(frames))
