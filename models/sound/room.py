"""Distance: what air and a space around do to a sound."""

from __future__ import annotations

import numpy as np

from .bands import CENTRES, Floats
from .noise import RATE

#: Loss in air, dB at 1 kHz at distance 1, rising with frequency to the power 1.2 (ISO 9613-1 for some 500 m, about).
AIR = 4.0
#: Seconds that the reverberation takes to fall by 60 dB, and to arrive, at distance 1.
DECAY, DELAY = 2.2, 0.03


def air(distance: Floats | float) -> Floats:
    """Loss in each band, dB `[64, …]`, at a distance from 0 (here) to 1 (far)."""
    return -AIR * np.multiply.outer((CENTRES / 1000) ** 1.2, np.asarray(distance)).clip(0, 60 / AIR)


def reverberation(dry: Floats, wet: Floats, rng: np.random.Generator) -> Floats:
    """`dry [channels, count]`, its samples faded into a wide space by `wet [count]` from 0 to 1."""
    count = dry.shape[1]
    length = round(DECAY * RATE)
    times = np.arange(length) / RATE
    size = 1 << (count + length - 1).bit_length()
    far = np.empty_like(dry)
    for channel in range(len(dry)):
        tail = rng.standard_normal(length) * 10 ** (-3 * times / DECAY)
        tail *= 1 - np.exp(-times / DELAY)
        spectrum = np.fft.rfft(tail, size)
        # A wall takes the top: 6 dB an octave above 2 kHz.
        spectrum /= 1 + 1j * np.fft.rfftfreq(size, 1 / RATE) / 2000
        spectrum /= np.sqrt((tail**2).sum())
        far[channel] = np.fft.irfft(np.fft.rfft(dry[channel] * wet, size) * spectrum, size)[:count]
    return dry * np.sqrt(1 - 0.9 * wet) + far * 1.2
