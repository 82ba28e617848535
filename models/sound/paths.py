"""How what varies in a sound goes on from one of its windows to the next, or from one repetition to the next."""

from __future__ import annotations

import numpy as np

from .bands import Floats

#: How far one repetition of an event is from the first (1: as another seed).
NEXT = 0.25


def walk(rng: np.random.Generator, grids: int, persistence: float, channels: int) -> Floats:
    """Latents `[grids, channels]`: around a circle for what goes on, near the first for repetitions (persistence 0)."""
    white = rng.standard_normal((grids, channels))
    if not persistence:
        white[0] = 0
        return white * NEXT
    steps = np.arange(grids)
    # Windows follow each other at half their length: the square root of a window's correlation.
    alike = persistence ** (np.minimum(steps, grids - steps) / 2)
    power = np.maximum(np.fft.fft(alike).real, 0)
    return np.fft.ifft(np.fft.fft(white, axis=0) * np.sqrt(power)[:, None], axis=0).real
