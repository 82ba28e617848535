"""Recipes, the layouts of texts in them, and other JSON that lies in projects or beside them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from models.job import folder as folder_of
from models.kinds import kind, kinds
from models.library.catalog import Entry, Library
from models.recipe import Recipe
from models.text.spec import Spec

from .. import damage
from ..registry import Trial, target

_SPEC = Spec("Title", ("0" * 64,), 40.0, (1920, 1080), outline=2.0, shadow=(1.0, 0.5, 0.1), box=4)
#: The most pixels of a recipe of which everything is prepared: with more, preparing is the work itself.
_PREPARED = 512 * 512


@cache
def _entries() -> dict[str, Entry]:
    """Return a shipped generator of each kind that has one."""
    return {entry.card.kind: entry for entry in reversed(Library().entries())}


@cache
def _seeds() -> list[dict[str, Any]]:
    """Return a recipe of each of them, with all settings as they are usually."""
    found = []
    for name, entry in _entries().items():
        settings = {p.name: p.default for p in kind(name).held if not p.animatable}
        tracks = {p.name: (float(p.default),) for p in kind(name).held if p.animatable}
        recipe = Recipe(name, entry.card.id, entry.card.digest, 64, 48, 4, 8.0, 1, settings, tracks)
        if name == "text_effect":
            recipe = Recipe(
                name, entry.card.id, entry.card.digest, 1, 1, 4, 8.0, 1, {**settings, "layout": _SPEC.json()}, tracks
            )
        raw = json.loads(recipe.canonical())
        found += [raw, {**raw, "tracks": {name: [0.5, 1, 0.25, 1] for name in raw["tracks"]}}]
    return found


@target("recipes", share=18)
def recipes(random: Random, folder: Path) -> Trial:
    """A recipe of any kind, spoiled, as far as Blender's process takes it; small ones as far as the worker prepares."""
    text = damage.of_json(random, random.choice(_seeds()))

    def taken() -> str:
        recipe = Recipe.from_json(text)
        assert Recipe.from_json(recipe.canonical()) == recipe
        made = kind(recipe.kind)
        entry = _entries()[recipe.kind] if recipe.kind in _entries() else next(iter(_entries().values()))
        checked = made.drafted(recipe, entry.card)
        assert made.drafted(checked, entry.card) == checked
        assert folder_of(checked, folder).path.parent == folder
        made.presentation(checked, entry.card)
        if made.made_from == "nothing" and recipe.width * recipe.height <= _PREPARED and recipe.frames <= 1000:
            made.take(made.checked(recipe, entry.card), entry.card).key(0)
        return f"{recipe.kind} {bool(recipe.origin)} {len(recipe.settings)} {len(recipe.tracks)}"

    return Trial(text.encode("utf-8", "surrogatepass"), taken)


@target("recipes for other kinds", share=3)
def recipes_for_other_kinds(random: Random, folder: Path) -> Trial:
    """A recipe of one kind that says that it is of another, with another's generator."""
    raw = {**random.choice(_seeds()), "kind": random.choice(list(kinds()))}
    text = damage.of_json(random, raw, 1) if random.random() < 0.5 else json.dumps(raw)
    entry = random.choice(list(_entries().values()))

    def taken() -> str:
        recipe = Recipe.from_json(text)
        made = kind(recipe.kind)
        return str(made.presentation(made.drafted(recipe, entry.card), entry.card)["name"])[:20]

    return Trial(text.encode("utf-8", "surrogatepass"), taken)


@target("layouts", share=8)
def layouts(random: Random, folder: Path) -> Trial:
    """How a text lies in its box, as a recipe holds it."""
    text = damage.of_json(random, json.loads(_SPEC.json()))

    def read() -> str:
        spec = Spec.from_json(text)
        assert Spec.from_json(spec.json()).json() == spec.json()  # without a shadow its color is not kept
        hash(spec)
        return f"{len(spec.fonts)} {len(spec.shadow)}"

    return Trial(text.encode("utf-8", "surrogatepass"), read)


@target("choices", share=1)
def choices(random: Random, folder: Path) -> Trial:
    """What is kept beside the library: which provider is the fastest."""
    from models.worker.provider import ChosenProvider, remembered

    providers = ["CPUExecutionProvider", "CUDAExecutionProvider"]
    raw = {
        "about": {"runtime": "1.32.0", "providers": providers},
        "choice": {"provider": "CPUExecutionProvider", "reason": "x", "seconds": {"a": 1.0}},
    }
    text = damage.of_json(random, raw).encode("utf-8", "surrogatepass")
    file = folder / "provider.json"
    file.write_bytes(text)

    def read() -> str:
        choice = remembered(file, "1.32.0", providers, lambda: ChosenProvider("measured", "", {}))
        assert choice.provider == "measured" or choice.provider in providers
        return choice.provider

    return Trial(text, read)
