"""Which sounds a recipe is made of, and when each of them is heard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..cards.card import Card
from ..recipe import Recipe
from ..sound import render
from ..sound.bands import EVEN
from ..sound.noise import RATE
from ..sound.scores import SCORES, Part
from ..sound.styles import WALK
from ._sound_latents import randomness

#: Repetitions of an event that differ from each other; after so many they come round.
REPETITIONS = 16


@dataclass(frozen=True)
class ScoredSound:
    """One sound of a score: how persistent it is (0 for an event), which of the network's grids are its, and the
    samples at which it begins, once or again and again."""

    part: Part
    persistence: float
    first: int
    grids: int
    starts: tuple[int, ...]


def pieces(recipe: Recipe, card: Card, count: int) -> list[ScoredSound]:
    """Return the sounds of a checked recipe that is `count` samples long; one where the generator lacks some of a
    score.
    """
    name = str(recipe.settings["style"])
    score = SCORES.get(name, (Part(name),))
    if any(part.style not in {style.name for style in card.styles} for part in score):
        score = (Part(name),)
    found: list[ScoredSound] = []
    for part in score:
        lasts = card.style(part.style).persistence
        first = sum(piece.grids for piece in found)
        if lasts:
            found.append(ScoredSound(part, lasts, first, render.windows(count / RATE, EVEN), (0,)))
            continue
        starts = _starts(recipe, count) if len(score) == 1 else (round(part.start * count),)
        found.append(ScoredSound(part, 0.0, first, min(len(starts), REPETITIONS), starts))
    return found


def _starts(recipe: Recipe, count: int) -> tuple[int, ...]:
    """Where an event begins, samples: once, or again and again with a little swing."""
    style, rhythm = str(recipe.settings["style"]), recipe.settings["rhythm"]
    if rhythm == "once" or (rhythm == "auto" and style not in WALK):
        return (0,)
    rate = WALK[style] if rhythm == "auto" else float(recipe.settings["rate"])
    times = np.arange(max(1, int(count / RATE * rate))) / rate
    swing = randomness(recipe, 0, 2).standard_normal(len(times)) * 0.02 / rate
    swing[0] = 0.0
    return tuple(max(0, round(t)) for t in (times + swing) * RATE)
