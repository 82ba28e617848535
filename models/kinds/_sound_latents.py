"""What a seed decides: the numbers that networks of sounds draw from, and the noise that makes them heard."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..recipe import Recipe
from ._base import Array

#: How far another take of the same seed is from the first (1: as another seed).
NEAR = 0.4


def identity(recipe: Recipe, number: int, channels: int) -> Callable[[float], Array]:
    """Return the latent `[channels]` of piece `number` at a mix from 0 (the recipe's seed) to 1 (the second seed)."""
    take = int(recipe.settings["take"])

    def of(seed: int) -> Array:
        own = _random(seed, number, 0).standard_normal(channels)
        if take:
            other = _random(seed, number, 16 + take).standard_normal(channels)
            own = own * np.sqrt(1 - NEAR**2) + other * NEAR
        return np.asarray(own * float(recipe.settings["variation"]), np.float32)

    first, second = of(recipe.seed), of(int(recipe.settings["seed_b"]) or recipe.seed)
    return lambda mix: first + (second - first) * np.float32(mix)


def noise_seed(recipe: Recipe, number: int) -> int:
    """Return the seed of the noise that piece `number` is made of."""
    return (recipe.seed * 64 + number) * 64 + int(recipe.settings["take"]) * 7919


def randomness(recipe: Recipe, number: int, layer: int) -> np.random.Generator:
    """Random numbers for one purpose (`layer`) of piece `number`, others for each take."""
    return _random(recipe.seed, number, layer + 100_000 * int(recipe.settings["take"]))


def _random(seed: int, number: int, layer: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, number << 32 | layer]))
