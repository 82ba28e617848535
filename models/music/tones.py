"""Tones of instruments: periods read from tables, in which harmonics die one after another, and the noise of playing.

A table holds one period at one stage of a tone's decay; between two stages it is mixed. That takes as long for forty
harmonics as for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..sound.bands import Floats
from ..sound.noise import RATE


@dataclass(frozen=True)
class Instrument:
    """A tone: how fast harmonics fall (power of 1/n), how they die (seconds; 0 while held), attack and release in
    seconds, cents between two detuned copies, one on each side as far as `width`, and depth of a slow vibrato in cents.

    `breath` is the share of noise while it sounds, `knock` that of what strikes it.
    """

    tilt: float
    decay: float
    attack: float
    release: float
    detune: float = 0.0
    width: float = 0.0
    vibrato: float = 0.0
    odd: bool = False
    gain: float = 1.0
    breath: float = 0.0
    knock: float = 0.0


INSTRUMENTS: Mapping[str, Instrument] = {
    "strings": Instrument(1.25, 0.0, 0.16, 0.35, detune=7, width=0.7, vibrato=6, gain=1.0, breath=0.012),
    "pad": Instrument(1.7, 0.0, 0.5, 0.8, detune=10, width=0.8, gain=0.95),
    "piano": Instrument(1.6, 1.4, 0.004, 0.25, detune=1.5, width=0.5, gain=1.0, knock=0.16),
    "bell": Instrument(1.5, 2.2, 0.002, 0.8, detune=2, width=0.5, odd=True, gain=0.85, knock=0.05),
    "flute": Instrument(2.2, 0.0, 0.05, 0.12, vibrato=9, gain=0.8, breath=0.05),
    "pluck": Instrument(1.1, 0.5, 0.003, 0.15, detune=3, width=0.5, gain=0.9, knock=0.05),
    "bass": Instrument(1.5, 1.8, 0.008, 0.12, knock=0.05),
}
#: Harmonics of a tone, at most, and the highest, Hz.
MOST, HIGHEST = 40, 16_000.0
#: Samples of a period's table, and the stages of a decay, in its lengths.
PERIOD, STAGES = 2048, (0.0, 0.04, 0.1, 0.2, 0.35, 0.6, 1.0, 1.6, 2.4, 3.6, 6.0)
#: How much flatter harmonics fall for what is struck or blown harder, from silence to full.
HARDER = 0.7
#: Of a vibrato, Hz, and seconds that it takes to set in.
SWAY, SETS_IN = 5.2, 0.5
#: Seconds that a knock is heard, about.
KNOCK = 0.02


@lru_cache(maxsize=128)
def tone(name: str, pitch: int, length: int, velocity: float) -> Floats:
    """Return a note of `length` samples and its release: `[2, count]`, or `[1, count]` of what has no width."""
    kind = INSTRUMENTS[name]
    count = length + round(kind.release * RATE)
    times = np.arange(count) / RATE
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    tables = _tables(name, pitch, velocity)
    if kind.vibrato:
        depth = (2 ** (kind.vibrato / 1200) - 1) * np.minimum(times / SETS_IN, 1)
        cycles = np.cumsum(frequency * (1 + depth * np.sin(2 * np.pi * SWAY * times))) / RATE
    else:
        cycles = frequency * times
    if not kind.detune:
        out = _read(tables, cycles, kind.decay)[None]
    else:
        low, high = (_read(tables, cycles * 2 ** (side * kind.detune / 2400), kind.decay) for side in (-1, 1))
        out = np.stack((low + (1 - kind.width) * high, high + (1 - kind.width) * low)) / (1 + (1 - kind.width) ** 2)
    noise = np.resize(_noise(), count)
    if kind.breath:
        out = out + kind.breath * noise
    if kind.knock:
        out = out + kind.knock * velocity * noise * np.exp(-times / KNOCK)
    rise, end = min(round(kind.attack * RATE), count), count - length
    out[:, :rise] *= np.linspace(0, 1, rise)
    out[:, length:] *= np.linspace(1, 0, end) ** 2
    return out * kind.gain * 0.4


@lru_cache(maxsize=256)
def _tables(name: str, pitch: int, velocity: float) -> Floats:
    """Return a period at each stage of the decay, or at one, and its first sample again: `[stages, PERIOD + 1]`."""
    kind = INSTRUMENTS[name]
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    numbers = np.arange(1, max(1, min(MOST, int(HIGHEST / frequency))) + 1)
    numbers = numbers[numbers % 2 == 1] if kind.odd else numbers
    size = numbers ** -(kind.tilt + HARDER * (0.7 - velocity))
    stages = np.array(STAGES if kind.decay else (0.0,))
    falls = np.exp(-np.multiply.outer(stages, 0.6 + 0.4 * numbers))
    # Phases that differ keep the period from being one sharp peak.
    waves = np.sin(2 * np.pi * np.multiply.outer(numbers, np.arange(PERIOD + 1) / PERIOD) + (numbers**2)[:, None])
    return (falls * size) @ waves


def _read(tables: Floats, cycles: Floats, decay: float) -> Floats:
    """Return samples at `cycles` (periods since the start), from the tables of the stage that each is at."""
    place = (cycles % 1.0) * PERIOD
    first = place.astype(np.int64)
    part = place - first
    flat = tables.ravel()
    if not decay:
        return flat[first] * (1 - part) + flat[first + 1] * part
    at = np.interp(np.arange(len(cycles)) / RATE, np.array(STAGES) * decay, np.arange(len(STAGES), dtype=float))
    stage = np.minimum(at.astype(np.int64), len(STAGES) - 2)
    later = at - stage
    first += stage * (PERIOD + 1)
    one = flat[first] * (1 - part) + flat[first + 1] * part
    first += PERIOD + 1
    return one * (1 - later) + (flat[first] * (1 - part) + flat[first + 1] * part) * later


@lru_cache(maxsize=1)
def _noise() -> Floats:
    """Two seconds of noise without its top and bottom, as breath and hammers have."""
    white = np.random.default_rng(0).standard_normal(2 * RATE)
    return np.convolve(np.diff(white, prepend=0.0), np.hanning(16) / 4, "same")
