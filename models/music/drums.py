"""A drum kit of sweeps and noise, in NumPy."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..sound.bands import Floats
from ..sound.noise import RATE
from .compose import CRASH, HAT, KICK, SNARE

#: Hits of a drum that differ in their noise.
VARIANTS = 4
#: Seconds that a drum is heard.
LENGTHS = {KICK: 0.45, SNARE: 0.3, HAT: 0.09, CRASH: 2.2}


@lru_cache(maxsize=4 * VARIANTS)
def hit(pitch: int, variant: int) -> Floats:
    """`[1, count]` or `[2, count]` samples of a drum struck; a cymbal has two channels."""
    rng = np.random.default_rng([pitch, variant])
    times = np.arange(round(LENGTHS[pitch] * RATE)) / RATE
    noise = rng.standard_normal((2 if pitch == CRASH else 1, len(times)))
    if pitch == KICK:
        sweep = np.sin(2 * np.pi * np.cumsum(48 + 110 * np.exp(-times * 32)) / RATE) * np.exp(-times * 9)
        beater = np.diff(noise, prepend=0) * np.exp(-times * 220) * 0.12
        out = sweep + beater
    elif pitch == SNARE:
        body = 0.5 * np.sin(2 * np.pi * 185 * times) * np.exp(-times * 22)
        out = body + 0.35 * np.diff(noise, prepend=0) * np.exp(-times * 16)
    else:
        out = np.diff(noise, 2, prepend=np.zeros((len(noise), 2))) * 0.12
        out = out * np.exp(-times * {HAT: 60, CRASH: 2.2}[pitch])
    return out * np.minimum(1, np.arange(len(times))[::-1] / 200)
