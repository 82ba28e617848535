"""Measures of scores: how much a piece is like music that was written.

* scale: share of the melody's time on tones of the scale (both sevenths in minor)
* steps: share of the melody's moves that are of at most two semitones
* range: semitones from a melody's lowest to its highest note, mean
* density: notes that a bar of the melody has, mean
* voices: semitones that an inner voice moves from one half bar to the next, mean
* parallels: share of the moves in which two voices go on in fifths or octaves
* ends: share of pieces whose last chord is the tonic's; cadence: of those that have a dominant before it
* likelihood: log₂ of the chance that the shipped chain gives each chord after the two before it, mean
* intervals, durations, tones, chords: Jensen-Shannon distance (0 is equal, 1 apart) from the held-out pieces, of
  histograms of melodic intervals, lengths of notes, tones above the tonic (by their time), and successions of chords
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ...music.compose import STEPS, Note, ScorePlan
from ...music.harmony import SCALES, SYMBOLS
from .chorales import Floats, Tune, chords_of
from .train import likelihood

FIGURES = {
    "scale": 3, "steps": 2, "range": 1, "density": 1, "voices": 2, "parallels": 3, "ends": 2, "cadence": 2,
    "likelihood": 2,
}  # fmt: skip
DISTANCES = ("intervals", "durations", "tones", "chords")
#: Sixteenths, the longest length that is told from longer ones.
LONGEST = 32


@dataclass(frozen=True)
class NoteGrid:
    """`grid [steps, voices]` of MIDI numbers, the highest voice first, the bass last (below 1: silent)."""

    grid: Floats
    tonic: int
    mode: str

    @property
    def tune(self) -> Tune:
        """As the corpora are read."""
        return self.grid, self.tonic, self.mode


def of_notes(notes: Sequence[Note], plan: ScorePlan) -> NoteGrid:
    """Return a generated score's melody, three voices of harmony and bass."""
    step = plan.bar / STEPS
    grid = np.full((plan.bars * STEPS, 5), -1)

    def put(note: Note, voice: int) -> None:
        first = round(note.start / step)
        grid[first : max(first + 1, round((note.start + note.length) / step)), voice] = note.pitch

    chords: dict[float, list[Note]] = {}
    for note in notes:
        if note.part == "harmony":
            chords.setdefault(note.start, []).append(note)
        elif note.part in ("melody", "bass"):
            put(note, 0 if note.part == "melody" else 4)
    for chord in chords.values():
        for voice, note in enumerate(sorted(chord, key=lambda note: -note.pitch)[:3], 1):
            put(note, voice)
    return NoteGrid(grid, plan.key, plan.mode)


def melody(piece: NoteGrid) -> tuple[Floats, Floats]:
    """(pitches, lengths in sixteenths) of the highest voice; a rest ends a note and isn't one."""
    row = piece.grid[:, 0]
    starts = np.concatenate(([0], np.nonzero(np.diff(row))[0] + 1))
    lengths = np.diff(np.concatenate((starts, [len(row)])))
    sounding = row[starts] > 0
    return row[starts][sounding], lengths[sounding]


def figures(pieces: Sequence[NoteGrid], chances: Floats) -> dict[str, float]:
    """Return the figures that need nothing to compare with, over all pieces. `chances` is the shipped chain."""
    inside: list[Floats] = []
    moves: list[Floats] = []
    voices: list[Floats] = []
    parallels: list[bool] = []
    ranges, notes, bars, ends = [], 0, 0.0, []
    for piece in pieces:
        row = piece.grid[:, 0]
        inside.append(np.isin((row[row > 0] - piece.tonic) % 12, SCALES[piece.mode]))
        pitches, lengths = melody(piece)
        moves.append(np.abs(np.diff(pitches)))
        ranges.append(np.ptp(pitches))
        notes, bars = notes + len(pitches), bars + lengths.sum() / STEPS
        halves = piece.grid[:: STEPS // 2]
        before, after = halves[:-1, 1:-1], halves[1:, 1:-1]
        voices.append(np.abs(after - before)[(before > 0) & (after > 0)])
        parallels += _parallels(halves)
        ends.append(ending(piece))
    joined = [np.concatenate(part) for part in (inside, moves, voices)]
    home, dominant = np.mean(ends, axis=0)
    values = (
        joined[0].mean(), (joined[1] <= 2).mean(), np.mean(ranges), notes / bars, joined[2].mean(), np.mean(parallels),
        home, dominant / max(home, 1e-9), likelihood(chances, [piece.tune for piece in pieces]),
    )  # fmt: skip
    return dict(zip(FIGURES, map(float, values), strict=True))


def ending(piece: NoteGrid) -> tuple[bool, bool]:
    """Whether the last chord is the tonic's, and whether it also comes from a dominant (V or vii)."""
    chords = chords_of(piece.tune)
    last = chords[-1] // 4
    before = next((chord // 4 for chord in reversed(chords) if chord // 4 != last), last)
    return last == 0, last == 0 and before in (7, 11)


def _parallels(halves: Floats) -> list[bool]:
    """For each move of a pair of voices, both of which move, whether it leads from a fifth or octave to the same."""
    found = []
    for one, other in combinations(range(halves.shape[1]), 2):
        apart = (halves[:, one] - halves[:, other]) % 12
        there: Floats = (halves[:, one] > 0) & (halves[:, other] > 0)
        moved: Floats = (np.diff(halves[:, one]) != 0) & (np.diff(halves[:, other]) != 0) & there[1:] & there[:-1]
        same: Floats = (apart[1:] == apart[:-1]) & np.isin(apart[1:], (0, 7))
        found += same[moved].tolist()
    return found


def histograms(pieces: Sequence[NoteGrid]) -> dict[str, Floats]:
    """Return counts of what DISTANCES compare; tones and chords in major and in minor."""
    intervals, durations = np.zeros((1, 25)), np.zeros((1, LONGEST))
    tones, chords = np.zeros((2, 12)), np.zeros((2, SYMBOLS, SYMBOLS))
    for piece in pieces:
        pitches, lengths = melody(piece)
        np.add.at(intervals[0], np.clip(np.diff(pitches), -12, 12) + 12, 1)
        np.add.at(durations[0], np.minimum(lengths, LONGEST) - 1, 1)
        minor = int(piece.mode == "minor")
        np.add.at(tones[minor], (pitches - piece.tonic) % 12, lengths)
        row = chords_of(piece.tune)
        np.add.at(chords[minor], (row[:-1], row[1:]), 1)
    return dict(zip(DISTANCES, (intervals, durations, tones, chords), strict=True))


def distance(a: Floats, b: Floats) -> float:
    """Jensen-Shannon distance, the root of the divergence in bits; mean of those in the modes that both have."""
    found = []
    for x, y in zip(a.reshape(len(a), -1), b.reshape(len(b), -1), strict=True):
        if x.any() and y.any():
            p, q = x / x.sum(), y / y.sum()
            middle = (p + q) / 2
            apart = sum(0.5 * float((r[r > 0] * np.log2(r[r > 0] / middle[r > 0])).sum()) for r in (p, q))
            found.append(np.sqrt(max(apart, 0.0)))
    return float(np.mean(found)) if found else float("nan")
