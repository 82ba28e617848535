"""Instruments on a stage: notes to samples, each a little early or late, from its own place. All in float64."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..sound.bands import Floats
from ..sound.noise import RATE
from .compose import CRASH, HAT, KICK, SNARE, Note
from .drums import VARIANTS, hit
from .tones import tone

#: How much of each part goes into the hall.
HALL = {"melody": 0.35, "harmony": 0.4, "bass": 0.1, "percussion": 0.18}
BALANCE = {"melody": 0.9, "harmony": 0.5, "bass": 0.75, "percussion": 0.7}
#: Where melody, bass and each drum are, −1 left to 1 right; a harmony is spread from its lowest voice to its highest.
PLACE = {"melody": 0.15, "bass": 0.0}
DRUMS = {KICK: 0.0, SNARE: 0.08, HAT: 0.35, CRASH: -0.35}
LOW, HIGH, SPREAD = 52, 76, 0.7
#: Nobody plays exactly on time or evenly: seconds and shares (standard deviations). Accents are on time.
LATE, UNEVEN, ACCENT = 0.005, 0.06, 0.9


def played(notes: Iterable[Note], instruments: tuple[str, str, str], count: int) -> dict[str, Floats]:
    """`[2, count]` samples of each part."""
    named = dict(zip(("melody", "harmony", "bass"), instruments, strict=True))
    out = {part: np.zeros((2, count)) for part in HALL}
    rng = np.random.default_rng(0)
    for number, note in enumerate(notes):
        late, loud = (LATE, UNEVEN) * rng.standard_normal(2).clip(-2, 2)
        if note.velocity >= ACCENT:
            late = loud = 0.0
        start = max(0, round((note.start + late) * RATE))
        if start >= count:
            continue
        velocity = note.velocity * (1 + loud)
        if note.part == "percussion":
            made = hit(note.pitch, number % VARIANTS)
        else:
            made = tone(named[note.part], note.pitch, round(note.length * RATE), round(velocity * 10) / 10)
        piece = made[:, : count - start] * (velocity * BALANCE[note.part])
        out[note.part][:, start : start + piece.shape[1]] += _stage(note)[:, None] * piece
    return out


def _stage(note: Note) -> Floats:
    """Return the gains of both channels: of equal power together."""
    if note.part == "percussion":
        place = DRUMS[note.pitch]
    elif note.part == "harmony":
        place = SPREAD * float(np.clip(1 - 2 * (note.pitch - LOW) / (HIGH - LOW), -1, 1))
    else:
        place = PLACE[note.part]
    angle = (place + 1) * np.pi / 4
    return np.array((np.cos(angle), np.sin(angle)))
