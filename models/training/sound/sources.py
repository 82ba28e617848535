"""Sounds to be measured: what a generator's file draws, or training clips, heard and described again."""

from __future__ import annotations

import numpy as np

from ...library import Entry
from ...runtime import Session
from ...sound import render
from ...sound.bands import EVEN, Floats, even_edges, event_edges
from ...sound.noise import RATE as OUT_RATE
from ...sound.paths import walk
from ...sound.shape import Controls
from ...sound.styles import pitch
from .analysis import RATE, Spectra
from .dataset import Dataset

#: Windows that a sound which goes on is made of here, 1.92 s, and where of it the one that is measured begins, seconds.
WINDOWS, START = 4, 0.3


class Source:
    """A generator's file, which draws descriptions of sounds of a class."""

    def __init__(self, entry: Entry) -> None:
        self.name, self._card = entry.card.id, entry.card
        self._session = Session(entry.path, 1)

    def draw(self, number: int, count: int, rng: np.random.Generator) -> Floats:
        """`count` independent sounds `[count, windows, 4, 64, 96]` of class `number`, as strips are made of them."""
        kind = self._card.styles[number]
        windows = WINDOWS if kind.persistence else 1
        who, varies, style = (self._card.ports(role)[0] for role in ("identity", "variation", "style"))
        paths = [walk(rng, windows, kind.persistence, varies.channels) for _ in range(count)]
        feeds = {
            who.name: np.repeat(rng.standard_normal((count, who.channels)), windows, 0).astype(np.float32),
            varies.name: np.concatenate(paths).astype(np.float32),
            style.name: np.repeat(np.array(kind.vector, np.float32)[None], count * windows, 0),
        }
        grids = self._session.run(feeds)[self._card.outputs[0].name].astype(np.float64)
        return grids.reshape(count, windows, *grids.shape[1:])


class Clips:
    """Training clips as a source like the others; what is given to a network in noise is drawn from files."""

    name = "clips"

    def __init__(self, data: Dataset) -> None:
        self._data = data

    def draw(self, number: int, count: int, rng: np.random.Generator) -> Floats:
        """`count` sounds `[count, 1, 4, 64, 96]` of class `number`, of as many files as there are."""
        chosen = self._data.select(False, number, plain=True)
        files = rng.permutation(np.unique(self._data.files[chosen]))
        members = [rng.choice(chosen[self._data.files[chosen] == files[n % len(files)]]) for n in range(count)]
        grids = self._data.grids[members].astype(np.float64)
        return np.concatenate((grids, np.zeros_like(grids[:, :1])), 1)[:, None]


def heard(sounds: Floats, style: str, sustained: bool) -> Floats:
    """Sounds `[N, windows, 4, 64, 96]` made, with their style's pitch, and described again `[N, 3, 64, 96]`."""
    found, controls = [], Controls(**pitch(style))
    for number, grids in enumerate(sounds):
        if sustained:
            windows = np.resize(grids, (WINDOWS, *grids.shape[1:]))  # one that is alone is repeated
            count = round(WINDOWS * render.HOP * EVEN * OUT_RATE)
            made = render.sustained(windows, count, 0.0, controls, number, True)[0]
            edges = even_edges() + START
        else:
            edges = event_edges()
            made = render.event(grids[0], round(edges[-1] * OUT_RATE), 0.0, controls, 1.0, number)[0]
        found.append(Spectra(_at_32k(made)).describe(edges))
    return np.stack(found)


def _at_32k(samples: Floats) -> Floats:
    """48 → 32 kHz in the frequency domain."""
    spectrum = np.fft.rfft(samples)
    count = len(samples) * RATE // OUT_RATE
    return np.fft.irfft(spectrum[: count // 2 + 1], count) * count / len(samples)
