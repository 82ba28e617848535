"""Chords: what they are made of, sequences that end in a cadence, and voices that move little."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[Any]

#: Chord qualities and their tones above the root, semitones.
QUALITIES = {"major": (0, 4, 7), "minor": (0, 3, 7), "diminished": (0, 3, 6), "seventh": (0, 4, 7, 10)}
NAMES = tuple(QUALITIES)
#: A chord is root (semitones above the tonic) · 4 + quality: 48 symbols.
SYMBOLS = 48
#: Tones of the scales, semitones above the tonic; the minor one with both its sevenths.
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10, 11)}
#: The range of a harmony's voices, MIDI numbers.
LOW, HIGH = 52, 76


def symbol(root: int, quality: str) -> int:
    """Return the number of a chord."""
    return root % 12 * 4 + NAMES.index(quality)


def tones(chord: int) -> tuple[int, ...]:
    """Return the pitch classes of a chord, above the tonic, the root first."""
    return tuple((chord // 4 + tone) % 12 for tone in QUALITIES[NAMES[chord % 4]])


def tonic(mode: str) -> int:
    """Return the chord that a piece comes from and ends on."""
    return symbol(0, mode)


def sequence(table: Floats, length: int, mode: str, rng: np.random.Generator) -> list[int]:
    """`length` chords of an order-2 Markov chain that begins on the tonic and ends dominant–tonic.

    `table [48, 48, 48]` are probabilities of a chord after two others. The chain is sampled with its end known
    (messages backwards, then forwards), so that it heads for the cadence instead of being cut off by one.
    """
    ends = [symbol(7, "major"), tonic(mode)]
    if length <= 2:
        return ends[-length:]
    onto = np.zeros((length, SYMBOLS, SYMBOLS))  # how well (chord before, chord) at n can reach the end
    onto[-1, ends[0], ends[1]] = 1.0
    for n in range(length - 2, 0, -1):
        onto[n] = (table * onto[n + 1][None]).sum(2)
        onto[n] /= max(onto[n].max(), 1e-300)
    chords = [tonic(mode), tonic(mode)]
    for n in range(1, length):
        weights = table[chords[-2], chords[-1]] * onto[n, chords[-1]]
        chords.append(int(rng.choice(SYMBOLS, p=weights / weights.sum())))
    return chords[1:]


def voiced(chords: list[int], key: int, voices: int = 3) -> list[tuple[int, ...]]:
    """MIDI numbers of each chord's voices, rising; each chord as near to the one before as its tones allow."""
    found: list[tuple[int, ...]] = []
    for chord in chords:
        classes = [(tone + key) % 12 for tone in tones(chord)]
        chosen = classes[: voices - 1] + classes[-1:]  # a seventh matters more than the fifth
        places = [[p for p in range(LOW, HIGH + 1) if p % 12 == c] for c in chosen]
        options = [tuple(sorted(option)) for option in product(*places)]
        options = [o for o in options if o[-1] - o[0] <= 16 and min(np.diff(o)) >= 2] or options
        before = found[-1] if found else (60, 64, 67)[:voices]
        found.append(min(options, key=lambda o: (sum(abs(a - b) for a, b in zip(o, before, strict=True)), o)))
    return found
