"""Chorales by J. S. Bach (public domain; the JSB-Chorales data set), divided for learning and for tests, and what keys
and chords their grids, and those of other corpora, have.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...music.harmony import QUALITIES, SYMBOLS, tones
from ..data import DataError

Floats = npt.NDArray[Any]
#: Grid `[steps, voices]` of MIDI numbers in sixteenths, the bass last, below 1 silent; tonic; mode.
Tune = tuple[Floats, int, str]

#: Sixteenths of a bar; quarters that tell a tune from others.
STEPS, TUNE = 16, 16
#: The profiles of keys by Krumhansl and Kessler (1982).
PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
MODES = tuple(PROFILES)
#: Which of the twelve tones above the tonic each chord has, `[48, 12]`.
INSIDE = np.array([[float(tone in tones(chord)) for tone in range(12)] for chord in range(SYMBOLS)])


@dataclass(frozen=True)
class Corpus:
    """(grid `[steps, voices]`, tonic, mode) of each piece: those that are learned from, and those that never are."""

    learned: list[Tune]
    held: list[Tune]


def read(path: Path) -> Corpus:
    """Return the chorales as the data set divides them: its part for tests is held out, the others are learned from,
    but for those whose tune is held out: many were set more than once. Pieces that aren't four voices of a bar or more
    are left out. Both are counted. Raises DataError.
    """
    try:
        raw = json.loads(path.read_text())
        parts = {name: [np.array(piece, int) for piece in raw[name]] for name in ("train", "valid", "test")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: can't be read as chorales ({str(error)[:80]}). Is --data right?") from error
    whole = {
        name: [piece for piece in part if piece.ndim == 2 and piece.shape[1] == 4 and len(piece) >= STEPS]
        for name, part in parts.items()
    }
    tunes = {tune(piece) for piece in whole["test"]}
    learned = [piece for piece in whole["train"] + whole["valid"] if tune(piece) not in tunes]
    broken = sum(map(len, parts.values())) - sum(map(len, whole.values()))
    same = len(whole["train"]) + len(whole["valid"]) - len(learned)
    print(f"{path.name}: left out are {same} pieces whose tune is held out, {broken} that are not four voices of a bar")
    if not learned or not tunes:
        raise DataError(f"{path}: holds no piece of four voices to {'be tested by' if learned else 'learn from'}.")
    return Corpus(*([(piece, *key_of(piece)) for piece in part] for part in (learned, whole["test"])))


def tune(piece: Floats) -> tuple[int, ...]:
    """Return what a chorale's melody begins with, quarter by quarter, above its first note."""
    quarters = piece[: TUNE * 4 : 4, 0]
    return tuple((quarters - quarters[0]).tolist())


def chords_of(tune: Tune) -> list[int]:
    """Return the chords of a piece, one for each half bar."""
    grid, tonic, _ = tune
    half = STEPS // 2
    return [chord_of(grid[n : n + half], tonic) for n in range(0, len(grid) - half + 1, half)]


def key_of(piece: Floats) -> tuple[int, str]:
    """(tonic, mode) of a piece `[steps, 4]` of MIDI numbers: the profile that its pitches fit best."""
    counts = np.bincount(piece[piece > 0] % 12, minlength=12).astype(float)
    fits = {(n, mode): np.corrcoef(np.roll(PROFILES[mode], n), counts)[0, 1] for n in range(12) for mode in MODES}
    return max(fits, key=lambda found: fits[found])


def chord_of(pitches: Floats, tonic: int) -> int:
    """Return the chord that the sounding pitches of half a bar are most like."""
    counts = np.bincount((pitches[pitches > 0] - tonic) % 12, minlength=12).astype(float)
    bass = np.bincount((pitches[:, -1][pitches[:, -1] > 0] - tonic) % 12, minlength=12)
    inside = INSIDE @ counts
    fit = inside - 0.6 * (counts.sum() - inside) - 0.5 * INSIDE.sum(1) + 0.5 * np.repeat(bass, len(QUALITIES))
    return int(fit.argmax())
