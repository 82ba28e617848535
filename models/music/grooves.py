"""Bars of percussion, from the emptiest to the fullest: those that several of the pieces of Freedoom have in common.

(MIDI by the contributors to the Freedoom project, BSD-3-Clause; `models.training.music.grooves` prints them.)
"""

from __future__ import annotations

import numpy as np

from .harmony import Floats

#: Kick, snare and hat, sixteenth by sixteenth.
GROOVES = (
    "x..x..x......... ........x....... ................",
    "x............... ........x....... ....x...x...x...",
    "x.....x...x..... ....x.......x... ................",
    "x...........x... ........x....... x...x...x...x...",
    "x.....x......... ........x....... x...x...x...x...",
    "x...x...x.x.x... ....x.......x... ................",
    "x.......x....... ....x.......x... x...x...x...x...",
    "x...x...x...x... ............x... x...x...x...x...",
    "x.x...x...x..... ....x.......x... x...x...x...x...",
    "x.x...x...x...x. ....x.......x... x...x...x...x...",
    "x.x...x.x.x..... ....x.......x... x...x...x...x...",
    "x.......x....... ....x.......x... x.x.x.x.x.x.x.x.",
    "x.x...x.x.x...x. ....x.......x... x...x...x...x...",
    "x.......x.x..... ....x.......x... x.x.x.x.x.x.x.x.",
    "x.....x...x..... ....x.......x... x.x.x.x.x.x.x.x.",
    "x.....x...xx..x. ....x.......x... x.x.x.x.x.x.x.x.",
    "x.x...x...x...x. ....x.......x... x.x.x.x.x.x.x.x.",
    "x.......x....... ....x.......x... .xxx.xxx.xxx.xxx",
    "x.......x....... ....x.......x... xxxxxxxx.xxx.xxx",
    "x...x...x...x... ....x.......x... xxxxxxxxxxxxxxxx",
)
#: How far from as full as asked a groove may be, places in the list.
NEAR = 3
#: A bar that leads into another section: the snare's sixteenths from its third beat on.
FILL = "....x...x.x.xxxx"


def groove(full: float, rng: np.random.Generator) -> Floats:
    """Hits `[3, 16]` of a bar about as `full`, 0…1, as asked."""
    place = round(full * (len(GROOVES) - 1)) + int(rng.integers(-NEAR, NEAR + 1))
    return _hits(GROOVES[int(np.clip(place, 0, len(GROOVES) - 1))])


def filled(bar: Floats) -> Floats:
    """Return a bar with a fill for its snare, its hat silent meanwhile."""
    bar = bar.copy()
    bar[1] = _hits(FILL)[0]
    bar[2, 8:] = False
    return bar


def _hits(written: str) -> Floats:
    return np.array([[hit == "x" for hit in row] for row in written.split()])
