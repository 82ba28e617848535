"""Recipes over footage, made frame by frame in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from models.footage import fingerprint
from models.inference.session import Session
from models.kinds import kind
from models.kinds._footage import FootageTake
from models.library.catalog import Entry
from models.recipe import Recipe
from tests.helpers.making import decode
from tests.helpers.movies import SIZE


def recipe_for(entry: Entry, files: list[Path], frames: int = 6, **values: Any) -> Recipe:
    """A recipe of a generator over all frames of some files, one after the other unless `position` says otherwise."""
    tracks = {"position": values.pop("position", tuple(float(n) for n in range(frames)))}
    tracks |= {name: (float(values.pop(name)),) for name in ("grow", "feather", "amount") if name in values}
    settings = {"source": fingerprint.of(files), "content": 24, "sight": 64, **values}
    card = entry.card
    return Recipe(card.kind, card.id, card.digest, *SIZE, frames, 24.0, 0, settings, tracks)


def take_of(entry: Entry, recipe: Recipe, files: list[Path]) -> FootageTake:
    """What makes that recipe, with its files."""
    take = kind(recipe.kind).take(recipe, entry.card)
    assert isinstance(take, FootageTake)
    take.attach(files)
    return take


def frames(entry: Entry, recipe: Recipe, files: list[Path], order: list[int] | None = None) -> list[np.ndarray]:
    """Made in an order, returned by number."""
    take, session = take_of(entry, recipe, files), Session(entry.path, 1)
    made = {n: decode(b"".join(take.finish(n, take.run(session, n)))) for n in order or range(recipe.frames)}
    return [made[n] for n in sorted(made)]
