"""Small recipes of every generator that ships."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from models.kinds import kind
from models.library.catalog import Entry, Library
from models.recipe import Recipe

Build = Callable[..., Recipe]


# Those that are made from something else than settings have tests of their own, and so have sounds (`test_sound.py`).
ENTRIES = [
    entry
    for entry in Library().entries()
    if kind(entry.card.kind).made_from == "nothing" and kind(entry.card.kind).medium == "image"
]
#: The first generator of each of their kinds, for what depends on no more than the kind.
FIRSTS = list({entry.card.kind: entry for entry in reversed(ENTRIES)}.values())


def small(entry: Entry, **values: Any) -> Recipe:
    """A recipe of 64×48 px and 4 frames. `values` are fields, settings and tracks (a number, or one a frame)."""
    fields = {"width": 64, "height": 48, "frames": 4, "fps": 8.0, "seed": 1}
    fields |= {name: values.pop(name) for name in tuple(values) if name in Recipe.__dataclass_fields__}
    names = {parameter.name for parameter in kind(entry.card.kind).parameters if parameter.animatable}
    tracks = {
        name: tuple(np.atleast_1d(np.asarray(values.pop(name), float)).tolist()) for name in names & values.keys()
    }
    base = {"kind": entry.card.kind, "generator": entry.card.id, "digest": entry.card.digest}
    return Recipe(**{**base, "settings": values, "tracks": tracks, **fields})


def raw(recipe: Recipe) -> dict[str, Any]:
    """A recipe as it travels to the worker."""
    parsed: dict[str, Any] = json.loads(recipe.canonical())
    return parsed
