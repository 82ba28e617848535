"""How far generated scores are from music that was never learned: `python -m models.training.music.evaluate`.

All is measured on grids of sixteenths, where a repeated pitch is one long note, since that is what the corpus tells.
Figures go into the table `scores` of `docs/sound.md` (`--into`), and are printed. With `--songs` a second
table says what the chain gains by the songs. See `music_measures` for what is measured.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...inference.session import Session
from ...kinds import kind
from ...kinds.music import MOODS, from_array, planned
from ...library.catalog import SHIPPED, Entry, Library
from ...recipe import Recipe
from ..evaluation.doc_tables import put
from . import chorales, lieder
from .chorales import Corpus, Floats
from .measures import DISTANCES, FIGURES, Piece, distance, figures, histograms, of_notes
from .train import SONGS, chain, likelihood

#: Scores of each mood, and how long they are, seconds.
SEEDS, SECONDS = 8, 60


def generated(entry: Entry, moods: Sequence[str], seeds: int) -> list[Piece]:
    """Scores of the generator that ships, without accents."""
    session, found = Session(entry.path, 1), []
    for mood in moods:
        for seed in range(seeds):
            named = ("music", entry.card.id, entry.card.digest)
            recipe = Recipe(*named, 1, 1, SECONDS * 24, 24.0, seed, {"mood": mood})
            take = kind("music").take(recipe, entry.card)
            notes = from_array(take.run(session, 0)["notes"])
            found.append(of_notes(notes, planned(kind("music").checked(recipe, entry.card))))
    return found


def shuffled(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the same sixteenths of each voice in random order: what is left when nothing is."""
    rng = np.random.default_rng(0)
    return [Piece(np.stack([rng.permutation(v) for v in p.grid.T], 1), p.tonic, p.mode) for p in pieces]


def table(rows: dict[str, list[Piece]], held: list[Piece], chances: Floats) -> str:
    """Return a row of figures for each of `rows`; distances are from `held`."""
    reference = histograms(held)
    lines = [
        f"| | pieces | {' | '.join((*FIGURES, *DISTANCES))} |",
        f"|---|{'---|' * (len(FIGURES) + len(DISTANCES) + 1)}",
    ]
    for name, pieces in rows.items():
        own, mine = figures(pieces, chances), histograms(pieces)
        away = [f"{distance(mine[each], reference[each]):.2f}" if pieces is not held else "–" for each in DISTANCES]
        cells = [*(f"{own[each]:.{places}f}".replace("-", "−") for each, places in FIGURES.items()), *away]
        lines.append(f"| {name} | {len(pieces)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def chains(pieces: Corpus, songs: Corpus) -> str:
    """Return what is gained by learning chords from songs as well: a table of likelihoods."""
    first, second = chain(pieces.learned), chain(songs.learned)
    lines = ["| chain of | held-out chorales | held-out songs |", "|---|---|---|"]
    for name, chances in {
        f"{len(pieces.learned)} chorales": first,
        f"{len(songs.learned)} songs": second,
        f"**both, {SONGS:.0%} songs**": (1 - SONGS) * first + SONGS * second,
    }.items():
        found = (f"{likelihood(chances, part.held):.2f}".replace("-", "−") for part in (pieces, songs))
        lines.append(f"| {name} | {' | '.join(found)} |")
    return "\n".join(lines)


def shipped(entry: Entry) -> Floats:
    """Return the chain that a generator's file holds."""
    rows = {port.name: np.zeros((1, port.channels), np.float32) for port in entry.card.inputs}
    (chances,) = (port.name for port in entry.card.outputs if port.role == "chain")
    return Session(entry.path, 1).run(rows)[chances].astype(np.float64)


def main(arguments: list[str] | None = None) -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of Jsb16thSeparated.json")
    parser.add_argument("--songs", type=Path, help="the folder of the songs' .mxl files")
    parser.add_argument("--of", type=Path, default=SHIPPED, help="the folder of the generator")
    parser.add_argument("--into", type=Path, help="the page whose tables are to be replaced")
    options = parser.parse_args(arguments)
    (entry,) = Library((options.of,)).of_kind("music")
    corpus = chorales.read(options.data / "Jsb16thSeparated.json")
    learned, held = ([Piece(*tune) for tune in part] for part in (corpus.learned, corpus.held))
    made = {mood: generated(entry, (mood,), SEEDS) for mood in MOODS}
    rows = {
        "learned": learned,
        "held out": held,
        "**generated, all moods**": [piece for pieces in made.values() for piece in pieces],
        **{f"generated, {mood}": pieces for mood, pieces in made.items()},
        "learned, shuffled": shuffled(learned),
    }
    text = table(rows, held, shipped(entry))
    print(text)
    if options.songs:
        print("\n" + chains(corpus, lieder.corpus(sorted(options.songs.glob("*.mxl")))))
    if options.into:
        put(options.into, {"scores": text})


if __name__ == "__main__":
    main()
