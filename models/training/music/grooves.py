"""Bars of percussion that several pieces have in common: `python -m models.training.music.grooves --data FOLDER`.

From the MIDI files of Freedoom (BSD-3-Clause): prints the table of `models/music/grooves.py`, and how far positions of
kick, snare and hat in generated scores are from those in pieces that were held out (every tenth).
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np

from ...kinds import kind
from ...kinds.music import MOODS, planned
from ...library.catalog import Library
from ...music.compose import HAT, KICK, SNARE, Note, Plan, percussion
from ...recipe import Recipe
from ..data import DataError
from .chorales import STEPS, Floats
from .measures import distance

#: General MIDI's percussion keys, by what they count as.
PARTS = {35: 0, 36: 0, 37: 1, 38: 1, 40: 1, 42: 2, 44: 2, 46: 2, 51: 2, 53: 2, 59: 2}
OURS = (KICK, SNARE, HAT)
#: A groove is kept that so many pieces share, and that is heard so many times; it has a snare and so many hits.
PIECES, TIMES, HITS = 2, 6, 4


def bars(path: Path) -> Floats | None:
    """Hits `[bars, 3, 16]` of kick, snare and hat; None for a piece not in four-four time, or without any.

    Raises DataError for a file that is none.
    """
    try:
        file = mido.MidiFile(str(path))
        per_step = file.ticks_per_beat * 4 / STEPS
        hits = []
        for track in file.tracks:
            tick = 0
            for message in track:
                tick += message.time
                if message.type == "time_signature" and (message.numerator, message.denominator) != (4, 4):
                    return None
                if message.type == "note_on" and message.velocity and message.channel == 9 and message.note in PARTS:
                    hits.append((round(tick / per_step), PARTS[message.note]))
    except (OSError, EOFError, ValueError, KeyError, IndexError, ZeroDivisionError, mido.KeySignatureError) as error:
        raise DataError(f"{path}: can't be read as MIDI ({str(error)[:80]}). Remove or replace it.") from error
    if not hits:
        return None
    found = np.zeros((max(step for step, _ in hits) // STEPS + 1, 3, STEPS), bool)
    for step, part in hits:
        found[step // STEPS, part, step % STEPS] = True
    return found


def read(paths: Iterable[Path]) -> list[Floats]:
    """Return the bars of each piece that has percussion. Tells what is left out, and why. Raises DataError for none."""
    found, damaged, other = [], 0, 0
    for path in paths:
        try:
            piece = bars(path)
        except DataError as error:
            print(error)
            damaged += 1
            continue
        if piece is None:
            other += 1
        else:
            found.append(piece)
    print(f"{len(found)} pieces read; left out: {damaged} damaged, {other} in another metre or without percussion")
    if not found:
        raise DataError("None of these pieces can be used. Is the folder that of the .mid files?")
    return found


def shared(pieces: list[Floats]) -> list[Floats]:
    """Bars `[3, 16]` on the beat that several pieces have in common, from the emptiest to the fullest."""
    owners: dict[bytes, set[int]] = defaultdict(set)
    times: dict[bytes, int] = defaultdict(int)
    for number, piece in enumerate(pieces):
        for bar in piece:
            if bar[0, 0] and bar[1].any() and not bar[1, 0] and bar.sum() >= HITS:
                owners[bar.tobytes()].add(number)
                times[bar.tobytes()] += 1
    kept = [key for key in owners if len(owners[key]) >= PIECES and times[key] >= TIMES]
    grooves = [np.frombuffer(key, bool).reshape(3, STEPS) for key in kept]
    return sorted(grooves, key=lambda bar: (int(bar.sum()), written(bar)))


def written(bar: Floats) -> str:
    """Return a bar as it stands in `models/music/grooves.py`."""
    return " ".join("".join("x" if hit else "." for hit in row) for row in bar)


def positions(hits: Iterable[Floats]) -> Floats:
    """How often each part is struck on each sixteenth, `[1, 48]`."""
    return np.sum([piece.sum(0).ravel() for piece in hits], axis=0, dtype=float)[None]


def of_notes(notes: Iterable[Note], plan: Plan) -> Floats:
    """Return the hits of a score, as `bars` has them."""
    found = np.zeros((plan.bars, 3, STEPS), bool)
    for note in notes:
        if note.pitch in OURS:
            step = round(note.start / plan.bar * STEPS)
            found[step // STEPS, OURS.index(note.pitch), step % STEPS] = True
    return found


def generated(seeds: int) -> list[Floats]:
    """Return the percussion of scores of a minute, of each mood that has any."""
    (entry,) = Library().of_kind("music")
    recipe = Recipe("music", entry.card.id, entry.card.digest, 1, 1, 60 * 24, 24.0, 0)
    found = []
    for mood in (mood for mood, about in MOODS.items() if about[3]):
        for seed in range(seeds):
            asked = replace(recipe, seed=seed, settings={"mood": mood})
            plan = planned(kind("music").checked(asked, entry.card))
            found.append(of_notes(percussion(plan, np.random.default_rng(seed)), plan))
    return found


def main(arguments: list[str] | None = None) -> None:
    """Print the table and the distances."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the MIDI files")
    options = parser.parse_args(arguments)
    pieces = read(sorted(options.data.glob("*.mid")))
    learned, held = [piece for n, piece in enumerate(pieces) if n % 10], pieces[::10]
    for bar in shared(learned):
        print(f'    "{written(bar)}",')
    reference = positions(held)
    for name, hits in (("learned", learned), ("generated", generated(8))):
        print(f"{name}: {distance(positions(hits), reference):.2f} from held out")


if __name__ == "__main__":
    main()
