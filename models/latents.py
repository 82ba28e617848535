"""Latent fields on a torus, and a walk through them that is smooth, endless or exactly closed.

At time `t` the latents are a cubic B-spline blend of the key fields around it. Keys are independent Gaussian noise, so
the blend, divided by the root of its squared weights, is standard normal at every moment. With `keys` set, the walk
visits that many in a circle: it ends exactly where it began, never by going back the way it came. With three keys or
more no half of the loop is the other one reversed.

A loop may travel: after each round the fields are shifted by `drift` cells, which a camera that moved as far does not
see. Keyframes wrapped in a circle: `gen_video.py` of stylegan3 (Karras et al., 2021), which interpolates vectors so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
#: The most moments of a walk that one run of a network is given: longer sequences of latents take minutes to make.
MAX_STEPS = 32_768


def noise(seed: int, key: int, layer: int, shape: tuple[int, int, int]) -> Array:
    """Return standard normal `float32 [C,h,w]`: a function of its arguments alone. `key` may be negative."""
    source = np.random.Philox(key=[seed, (key % 2**32) << 8 | layer])
    return np.random.Generator(source).standard_normal(shape, dtype=np.float32)


def uniform(seed: int, key: int, layer: int, shape: tuple[int, int, int]) -> Array:
    """Return `float32 [C,h,w]`, each in 0…1, as `noise` does."""
    source = np.random.Philox(key=[seed, (key % 2**32) << 8 | layer])
    return np.random.Generator(source).random(shape, dtype=np.float32)


def spline_weights(t: float) -> Iterator[tuple[int, float]]:
    """Yield the four keys around time `t` and their cubic B-spline weights, which sum to 1."""
    first = math.floor(t)
    f = t - first
    yield first - 1, (1 - f) ** 3 / 6
    yield first, (3 * f**3 - 6 * f**2 + 4) / 6
    yield first + 1, (-3 * f**3 + 3 * f**2 + 3 * f + 1) / 6
    yield first + 2, f**3 / 6


class Walk:
    """A walk through the latent fields of one strip.

    `layers` are (channels, rows, columns, cells a coarse cell is divided into) of each field; `keys` is the number of
    keys in a closed walk, or None for an endless one; `drift` is the shift (rows, columns) in coarse cells a round.
    """

    def __init__(
        self,
        seed: int,
        layers: Sequence[tuple[int, int, int, int]],
        keys: int | None = None,
        drift: tuple[int, int] = (0, 0),
    ) -> None:
        self.seed, self.layers, self.keys, self.drift = seed, tuple(layers), keys, drift
        # A frame needs four keys of every layer, the next one mostly the same.
        self._field = lru_cache(maxsize=5 * len(self.layers))(self._make)

    def _make(self, layer: int, key: int) -> Array:
        channels, rows, columns, _ = self.layers[layer]
        return noise(self.seed, key, layer, (channels, rows, columns))

    def at(self, t: float) -> list[Array]:
        """Return the latent fields `[C,h,w]` at time `t` (in keys), one a layer."""
        weights: dict[tuple[int, int], float] = {}
        for key, weight in spline_weights(t):
            turn, place = divmod(key, self.keys) if self.keys else (0, key)
            if self.drift == (0, 0):
                turn = 0
            weights[turn, place] = weights.get((turn, place), 0.0) + weight
        weights = {place: weight for place, weight in weights.items() if weight > 0}
        scale = 1 / math.sqrt(sum(weight**2 for weight in weights.values()))
        return [self._blend(layer, weights, scale) for layer in range(len(self.layers))]

    def _blend(self, layer: int, weights: dict[tuple[int, int], float], scale: float) -> Array:
        channels, rows, columns, divided = self.layers[layer]
        total = np.zeros((channels, rows, columns), np.float32)
        for (turn, key), weight in weights.items():
            field = self._field(layer, key)
            if turn:
                shift = (turn * self.drift[0] * divided, turn * self.drift[1] * divided)
                field = np.roll(field, shift, axis=(1, 2))
            total += field * np.float32(weight * scale)
        return total


class Pieces:
    """Patches that show one piece of a photograph after another, each for a while: smooth, endless or exactly closed.

    There are `kinds` of patches in each of `rows`×`columns` cells. Once between two keys a patch's piece is replaced,
    each at a time of its own; the kinds take turns, so that as much changes at any time. `keys` and `drift`: see
    `Walk`. What stands `still` is never caught between two pieces.
    """

    #: Keys that it takes to replace a piece.
    FADE = 0.4

    def __init__(
        self,
        seed: int,
        kinds: int,
        rows: int,
        columns: int,
        keys: int | None = None,
        drift: tuple[int, int] = (0, 0),
        still: bool = False,
    ) -> None:
        self.seed, self.kinds, self.size, self.keys, self.drift = seed, kinds, (rows, columns), keys, drift
        self.still = still
        self._made = lru_cache(maxsize=8)(self._make)

    def _make(self, key: int) -> Array:
        """Two places in the photograph and one in time, in 0…1, of all patches: `[kinds,3,rows,columns]`."""
        return uniform(self.seed, key, 0, (3 * self.kinds, *self.size)).reshape(self.kinds, 3, *self.size)

    def at(self, t: float) -> Array:
        """Return the old and the new place, down and across, and how far the new one has come: `[5·kinds,h,w]`."""
        found = []
        for kind in range(self.kinds):
            now = t if self.still else t + kind / self.kinds
            key = math.floor(now)
            old, new = self._piece(key - 1, kind), self._piece(key, kind)
            begun = (np.float32(now - key) - new[2] * np.float32(1 - self.FADE)) / np.float32(self.FADE)
            share = np.zeros_like(begun) if self.still else np.clip(begun, 0, 1)
            share = share * share * (3 - 2 * share)
            found += [*old[:2], *new[:2], share]
        return np.stack(found)

    def _piece(self, key: int, kind: int) -> Array:
        turn, place = divmod(key, self.keys) if self.keys else (0, key)
        shift = (turn * self.drift[0], turn * self.drift[1])
        return np.roll(self._made(place)[kind], shift, axis=(1, 2)) if any(shift) else self._made(place)[kind]
