"""A piece as notes: form, harmony, melody, bass and percussion, from its first bar to a cadence on its last frame.

Time is divided so that whole bars fill the length exactly; the last bar is the tonic, which rings to the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import grooves, harmony
from .harmony import Floats

#: Tokens of a bar's sixteenths: go on, rest, then pitches from three semitones below the tonic.
HOLD, REST, FIRST, BELOW = 0, 1, 2, 3
STEPS = 16
PARTS = ("melody", "harmony", "bass", "percussion")
#: Percussion is written as these MIDI numbers (General MIDI's).
KICK, SNARE, HAT, CRASH = 36, 38, 42, 49
#: Of a groove's parts: the key, how long it sounds (s), and how loud it is.
KIT = ((KICK, 0.3, 0.9), (SNARE, 0.25, 0.7), (HAT, 0.08, 0.42))


@dataclass(frozen=True)
class Note:
    """`start` and `length` in seconds, `pitch` a MIDI number, `velocity` 0…1; `part` is one of PARTS."""

    start: float
    length: float
    pitch: int
    velocity: float
    part: str


@dataclass(frozen=True)
class ScorePlan:
    """What a piece is to be like. `bars` whole bars last `seconds`; `accents` are seconds; `density` 0…1."""

    seconds: float
    bars: int
    mode: str
    key: int
    density: float
    drive: float
    accents: tuple[float, ...] = ()

    @property
    def bar(self) -> float:
        """Seconds of a bar."""
        return self.seconds / self.bars


#: Chords of each bar, as pairs, → logits `[bars, 16, 26]` of its melody, from the latents of the form's sections.
Melodist = Callable[[list[tuple[int, int]], list[str]], Floats]


def fitted(seconds: float, tempo: float) -> int:
    """How many bars of four beats fill `seconds` at about `tempo` beats a minute: at least two."""
    return max(2, round(seconds * tempo / 240))


def form(bars: int) -> list[str]:
    """Return the section of each bar: intro, theme, contrast, return, cadence and end."""
    if bars <= 4:
        return ["theme"] * (bars - 1) + ["end"]
    inner = bars - 2
    cuts = np.round(np.array([0, 0.14, 0.4, 0.62, 1.0]) * inner).astype(int)
    names = ["intro", "theme", "contrast", "return"]
    return [name for name, a, b in zip(names, cuts[:-1], cuts[1:], strict=True) for _ in range(b - a)] + [
        "cadence",
        "end",
    ]


#: How readily a melody moves by so many semitones, as logarithms of their shares, against the
#: commonest, in Bach's sopranos; of notes that are
#: struck again, which the corpus doesn't tell, little is allowed.
MOVES = (-2.9, -0.7, 0.0, -2.4, -2.8, -2.3, -6.5, -3.1, -5.3, -6.5, -7.2, -7.4, -5.2)
#: How much that counts against what the network says, and how much readier a note is to begin because of it. Both are
#: those at which intervals and lengths are nearest to what was learned from (see `training.music_measures`).
SMOOTH, EAGER = 2.2, 3.8
#: How much more readily notes begin at full density than at none, as a logarithm.
LIVELY = 4.0
#: How full each section is: melody, percussion and loudness.
FULL = {
    "intro": (0.0, 0.0, 0.55), "theme": (1.0, 0.5, 0.75), "contrast": (0.8, 0.8, 0.85), "return": (1.0, 1.0, 1.0),
    "cadence": (1.0, 0.6, 0.95), "end": (1.0, 0.0, 0.9),
}  # fmt: skip


def compose(plan: ScorePlan, table: Floats, melodist: Melodist, rng: np.random.Generator) -> list[Note]:
    """All notes of a piece, by their start."""
    halves = harmony.sequence(table, 2 * plan.bars - 1, plan.mode, rng)
    halves.append(halves[-1])  # the last bar is the tonic from its first beat
    chords = list(zip(halves[::2], halves[1::2], strict=True))
    sections = form(plan.bars)
    notes = [
        *_harmony(plan, halves, sections),
        *_bass(plan, chords, sections),
        *_melody(plan, chords, sections, melodist(chords, sections)),
        *percussion(plan, rng),
        *_accents(plan, chords),
    ]
    return sorted(notes, key=lambda note: (note.start, PARTS.index(note.part), note.pitch))


def _harmony(plan: ScorePlan, halves: list[int], sections: list[str]) -> list[Note]:
    found = []
    half = plan.bar / 2
    voices = harmony.voiced(halves, plan.key)
    n = 0
    while n < len(halves):
        m = n + 1
        while m < len(halves) and halves[m] == halves[n] and (m - n < 2 or n >= len(halves) - 2):
            m += 1
        loud = FULL[sections[n // 2]][2]
        found += [Note(n * half, (m - n) * half, pitch, 0.5 * loud, "harmony") for pitch in voices[n]]
        n = m
    return found


def _bass(plan: ScorePlan, chords: list[tuple[int, int]], sections: list[str]) -> list[Note]:
    found = []
    beat = plan.bar / 4
    for bar, (pair, section) in enumerate(zip(chords, sections, strict=True)):
        loud = FULL[section][2]
        if section == "end":
            found.append(Note(bar * plan.bar, plan.bar, 36 + (pair[0] // 4 + plan.key) % 12, 0.7 * loud, "bass"))
            continue
        moving = plan.density > 0.5 and FULL[section][1] > 0.4
        for half, chord in enumerate(pair):
            root = 36 + (chord // 4 + plan.key) % 12
            fifth = 36 + (harmony.tones(chord)[2] + plan.key) % 12
            for n, pitch in enumerate((root, fifth) if moving else (root,)):
                length = beat if moving else 2 * beat
                found.append(
                    Note(bar * plan.bar + (2 * half + n) * beat, length, pitch, (0.7 - 0.1 * n) * loud, "bass")
                )
    return found


def _melody(plan: ScorePlan, chords: list[tuple[int, int]], sections: list[str], logits: Floats) -> list[Note]:
    """Return the likeliest events of each bar, within the scale or the chord, and no more of them than the density
    wants.
    """
    scale = harmony.SCALES[plan.mode]
    base = 60 + plan.key if plan.key < 7 else 48 + plan.key
    step = plan.bar / STEPS
    found: list[Note] = []
    for bar, section in enumerate(sections):
        if not FULL[section][0]:
            continue
        if section == "end":
            before = found[-1].pitch if found else base
            tonic = min((base, base + 12), key=lambda pitch: abs(pitch - before))
            found.append(Note(bar * plan.bar, plan.bar, tonic, 0.8, "melody"))
            continue
        strength = np.array(
            [0.6 if n % 8 == 0 else 0.3 if n % 4 == 0 else 0.0 if n % 2 == 0 else -2.5 for n in range(STEPS)]
        )
        for n in range(STEPS):
            row = logits[bar, n].copy()
            row[HOLD] -= LIVELY * (plan.density - 0.5) + strength[n] + EAGER
            chord = harmony.tones(chords[bar][n // 8])
            before = found[-1].pitch if found else base + 7
            for pitch in range(FIRST, len(row)):
                row[pitch] += SMOOTH * MOVES[min(abs(base + pitch - FIRST - BELOW - before), len(MOVES) - 1)]
                tone = (pitch - FIRST - BELOW) % 12
                row[pitch] += (
                    0 if tone in chord else -0.7 if tone in scale and n % 4 else -1.5 if tone in scale else -50
                )
            token = int(row.argmax())
            if token == HOLD and (found and found[-1].start + found[-1].length >= bar * plan.bar + n * step - 1e-9):
                last = found[-1]
                found[-1] = Note(last.start, last.length + step, last.pitch, last.velocity, "melody")
            elif token >= FIRST:
                loud = (0.75 + 0.1 * (n % 4 == 0)) * FULL[section][2]
                found.append(Note(bar * plan.bar + n * step, step, base + token - FIRST - BELOW, loud, "melody"))
    return found


def percussion(plan: ScorePlan, rng: np.random.Generator) -> list[Note]:
    """Return the hits of kick, snare, hat and cymbal: a groove for each section, a fill before the next one."""
    found, sections = [], form(plan.bars)
    step = plan.bar / STEPS
    own = {name: grooves.groove(0.3 + 0.6 * (FULL[name][1] * plan.drive + plan.density - 0.5), rng) for name in FULL}
    for bar, section in enumerate(sections):
        full = FULL[section][1] * plan.drive
        if full < 0.15:
            continue
        if bar and sections[bar - 1] != section:
            found.append(Note(bar * plan.bar, 1.5, CRASH, 0.5 * full, "percussion"))
        leads = bar + 1 < plan.bars and sections[bar + 1] != section
        hits = grooves.filled(own[section]) if leads and full > 0.3 else own[section]
        for part, n in np.argwhere(hits):
            key, length, loud = KIT[part]
            loud *= full * (1 if n % 4 == 0 else 0.92 if n % 2 == 0 else 0.75)
            found.append(Note(bar * plan.bar + n * step, length, key, loud, "percussion"))
    return found


def _accents(plan: ScorePlan, chords: list[tuple[int, int]]) -> list[Note]:
    """Return a hit where the picture asks for one: low drum, cymbal, and the chord of the moment in octaves."""
    found = []
    for at in plan.accents:
        bar = min(int(at / plan.bar), plan.bars - 1)
        chord = chords[bar][int(at / plan.bar % 1 * 2)]
        root = 36 + (chord // 4 + plan.key) % 12
        rest = plan.seconds - at
        found += [Note(at, min(1.5, rest), pitch, 1.0, "percussion") for pitch in (KICK, CRASH)]
        found += [Note(at, min(1.2, rest), pitch, 0.95, "bass") for pitch in (root, root - 12)]
    return found
