"""Instruments: notes to samples. Additive tones with envelopes, a drum kit of noise and sweeps, in float64."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..sound.bands import Floats
from ..sound.noise import RATE
from .compose import CRASH, HAT, KICK, SNARE, Note


@dataclass(frozen=True)
class Instrument:
    """A tone: how fast harmonics fall (power of 1/n), how they die (seconds; 0 while held), attack and release in
    seconds, cents between two detuned copies, and depth of a slow vibrato in cents."""

    tilt: float
    decay: float
    attack: float
    release: float
    detune: float = 0.0
    vibrato: float = 0.0
    odd: bool = False
    gain: float = 1.0


INSTRUMENTS: Mapping[str, Instrument] = {
    "strings": Instrument(1.5, 0.0, 0.16, 0.35, detune=7, vibrato=6, gain=0.7),
    "pad": Instrument(2.0, 0.0, 0.5, 0.8, detune=10),
    "piano": Instrument(1.9, 1.4, 0.004, 0.25, detune=1.5, gain=1.1),
    "bell": Instrument(1.6, 2.2, 0.002, 0.8, odd=True, gain=0.9),
    "flute": Instrument(3.0, 0.0, 0.05, 0.12, vibrato=9),
    "pluck": Instrument(1.4, 0.5, 0.003, 0.15, detune=3),
    "bass": Instrument(1.8, 1.8, 0.008, 0.12),
}
#: Instruments for melody, harmony and bass.
SETS: Mapping[str, tuple[str, str, str]] = {
    "orchestra": ("flute", "strings", "bass"),
    "piano": ("piano", "piano", "bass"),
    "dream": ("bell", "pad", "bass"),
    "synth": ("pluck", "pad", "bass"),
}
#: Harmonics of a tone, at most.
MOST = 12
#: Where parts are on the stage, −1 left to 1 right, and how much of them goes into the hall.
PLACE = {"melody": (0.12, 0.35), "harmony": (-0.15, 0.4), "bass": (0.0, 0.1), "percussion": (0.05, 0.18)}
BALANCE = {"melody": 0.9, "harmony": 0.5, "bass": 0.75, "percussion": 0.7}


def played(notes: Iterable[Note], instruments: tuple[str, str, str], count: int) -> dict[str, Floats]:
    """`count` mono samples of each part."""
    named = dict(zip(("melody", "harmony", "bass"), instruments, strict=True))
    out = {part: np.zeros(count) for part in PLACE}
    for note in notes:
        start = round(note.start * RATE)
        if start >= count:
            continue
        length = round(note.length * RATE)
        made = _drum(note.pitch) if note.part == "percussion" else _tone(named[note.part], note.pitch, length)
        piece = made[: count - start]
        out[note.part][start : start + len(piece)] += piece * note.velocity * BALANCE[note.part]
    return out


@lru_cache(maxsize=128)
def _tone(name: str, pitch: int, length: int) -> Floats:
    """A note of `length` samples and its release."""
    kind = INSTRUMENTS[name]
    count = length + round(kind.release * RATE)
    times = np.arange(count) / RATE
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    sway = 1 + (2 ** (kind.vibrato / 1200) - 1) * np.sin(2 * np.pi * 5.2 * times) * np.minimum(times * 2, 1)
    phase = 2 * np.pi * np.cumsum(frequency * sway) / RATE
    out = np.zeros(count)
    for copy in (-1, 1) if kind.detune else (0,):
        base = phase * 2 ** (copy * kind.detune / 2400)
        turn, number = np.exp(1j * base), 1
        wave = turn.copy()
        while number <= MOST and number * frequency < 9000:
            if not kind.odd or number % 2:
                fall = np.exp(-times * (0.6 + 0.4 * number) / kind.decay) if kind.decay else 1.0
                out += wave.imag * fall * number**-kind.tilt
            wave *= turn
            number += 1
    rise, end = min(round(kind.attack * RATE), count), count - length
    out[:rise] *= np.linspace(0, 1, rise)
    out[length:] *= np.linspace(1, 0, end) ** 2
    return out * kind.gain * 0.25


@lru_cache(maxsize=16)
def _drum(pitch: int) -> Floats:
    rng = np.random.default_rng(pitch)
    times = np.arange(round({KICK: 0.45, SNARE: 0.3, HAT: 0.09, CRASH: 2.2}[pitch] * RATE)) / RATE
    noise = rng.standard_normal(len(times))
    if pitch == KICK:
        out = np.sin(2 * np.pi * np.cumsum(48 + 110 * np.exp(-times * 32)) / RATE) * np.exp(-times * 9)
    elif pitch == SNARE:
        out = 0.5 * np.sin(2 * np.pi * 185 * times) * np.exp(-times * 22) + 0.35 * np.diff(noise, prepend=0) * np.exp(
            -times * 16
        )
    else:
        out = np.diff(noise, 2, prepend=[0, 0]) * np.exp(-times * {HAT: 60, CRASH: 2.2}[pitch]) * 0.12
    fade = np.minimum(1, np.arange(len(times))[::-1] / 200)
    return out * fade
