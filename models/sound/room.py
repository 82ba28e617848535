"""Distance: what air and a space around do to a sound."""

from __future__ import annotations

import numpy as np

from .bands import CENTERS, Floats
from .noise import RATE

#: Loss in air, dB at 1 kHz at distance 1, rising with frequency to the power 1.2 (ISO 9613-1 for some 500 m, about).
AIR = 4.0
#: Seconds that the reverberation takes to fall by 60 dB, and to arrive, at distance 1.
DECAY, DELAY = 2.2, 0.03


def air(distance: Floats | float) -> Floats:
    """Loss in each band, dB `[64, …]`, at a distance from 0 (here) to 1 (far)."""
    return -AIR * np.multiply.outer((CENTERS / 1000) ** 1.2, np.asarray(distance)).clip(0, 60 / AIR)


#: How much louder the space is than what is in it, and how much of the latter is left, at distance 1.
FAR, NEAR = 1.2, 0.1


def left(wet: Floats) -> Floats:
    """Return the share of a sound that is still heard directly, at `wet` from 0 to 1."""
    return np.sqrt(1 - (1 - NEAR) * wet)


def reverberation(sound: Floats, rng: np.random.Generator) -> Floats:
    """Return what a wide space answers to `sound [channels, count]`."""
    count = sound.shape[1]
    length = round(DECAY * RATE)
    times = np.arange(length) / RATE
    size = _smooth(count + length - 1)
    far = np.empty_like(sound)
    for channel in range(len(sound)):
        tail = rng.standard_normal(length) * 10 ** (-3 * times / DECAY)
        tail *= 1 - np.exp(-times / DELAY)
        spectrum = np.fft.rfft(tail, size)
        # A wall takes the top: 6 dB an octave above 2 kHz.
        spectrum /= 1 + 1j * np.fft.rfftfreq(size, 1 / RATE) / 2000
        spectrum /= np.sqrt((tail**2).sum())
        far[channel] = np.fft.irfft(np.fft.rfft(sound[channel], size) * spectrum, size)[:count]
    return far * FAR


def _smooth(least: int) -> int:
    """Return the next number from `least` that 2, 3 and 5 alone divide, which transforms are quick for."""
    found = 1 << (least - 1).bit_length()
    for threes in range(8):
        for fives in range(6):
            odd = 3**threes * 5**fives
            found = min(found, odd << max(0, (-(-least // odd) - 1).bit_length()))
    return found
