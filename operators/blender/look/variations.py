"""Nine seeds to choose from, each as a small picture: of a strip, or of what is to be made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import bpy

from ....models.recipe import MAX_SEED
from ..timeline import strips
from . import looks, pictures, wanted


@dataclass(frozen=True)
class Choice:
    """What the seeds are for: the strip of an identity, or a scene's settings of a kind. `first` is the first seed."""

    first: int = 0
    strip: str = ""
    scene: str = ""
    kind: str = ""


#: What the popup shows.
choices: list[Choice] = []


def offer(choice: Choice) -> None:
    """Begin to make the pictures. Raises LatentStripsError where there can't be any."""
    found = _wanted(choice)
    choices[:] = [choice]
    for seed, look in zip(seeds(choice), looks.seeds, strict=True):
        look.forget()
        pictures.clear(look.name)
        look.want(partial(_with_seed, found, seed))


def seeds(choice: Choice) -> list[int]:
    """Return the seeds of the pictures; beyond the largest they begin again."""
    return [(choice.first + n) % (MAX_SEED + 1) for n in range(len(looks.seeds))]


def end() -> None:
    """Make no more pictures."""
    for look in looks.seeds:
        look.forget()


def _wanted(choice: Choice) -> wanted.Wanted:
    if choice.strip:
        return wanted.of_strip(*strips.found(choice.strip))
    return wanted.of_settings(bpy.data.scenes[choice.scene], choice.kind)


def _with_seed(found: wanted.Wanted, seed: int) -> wanted.Wanted:
    return replace(found, recipe=replace(found.recipe, seed=seed))
