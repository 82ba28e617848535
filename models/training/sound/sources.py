"""Sounds to be measured: what a generator's file draws, or training clips, heard and described again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from ...inference.session import Session
from ...library.catalog import Entry
from ...sound import render
from ...sound.bands import EVEN, Floats, even_edges, event_edges
from ...sound.noise import RATE as OUT_RATE
from ...sound.paths import walk
from ...sound.shape import Controls
from ...sound.styles import pitch
from .analysis import RATE, Spectra
from .dataset import Dataset
from .families import Fitted

#: Noise for `identity` and `variation`, and classes (one-hot), a row each → grids `[N, 4, 64, 96]`.
Run = Callable[[Floats, Floats, Floats], Floats]
#: Windows that a sound which goes on is made of here, 1.92 s, and where of it the one that is measured begins, seconds.
WINDOWS, START = 4, 0.3


class Source:
    """A generator that draws descriptions of sounds of a class: a file's, or one that is in memory."""

    def __init__(self, name: str, run: Run, sizes: tuple[int, int], persistence: Sequence[float]) -> None:
        """`sizes`: numbers that tell sounds apart, and that vary in one; `persistence` of each class."""
        self.name, self._run, self._sizes, self._persistence = name, run, sizes, persistence

    @classmethod
    def of_file(cls, entry: Entry) -> Source:
        """Return the generator of a file, as strips are made by it."""
        card, session = entry.card, Session(entry.path, 1)
        ports = [card.ports(role)[0] for role in ("identity", "variation", "style")]
        vectors = np.array([style.vector for style in card.styles], np.float32)

        def run(identity: Floats, variation: Floats, style: Floats) -> Floats:
            feeds = dict(zip((port.name for port in ports), (identity, variation, style @ vectors), strict=True))
            return session.run(feeds)[card.outputs[0].name]

        sizes = ports[0].channels, ports[1].channels
        return cls(card.id, run, sizes, [style.persistence for style in card.styles])

    @classmethod
    def of_model(cls, made: Fitted) -> Source:
        """Return a generator that has not been exported."""

        @torch.no_grad()
        def run(*feeds: Floats) -> Floats:
            return made.model(*(torch.from_numpy(feed) for feed in feeds)).numpy()

        return cls(made.id, run, (made.identity, made.variation), made.persistence.tolist())

    def draw(self, number: int, count: int, rng: np.random.Generator) -> Floats:
        """`count` independent sounds `[count, windows, 4, 64, 96]` of class `number`, as strips are made of them."""
        persistence = self._persistence[number]
        windows = WINDOWS if persistence else 1
        identity, varies = self._sizes
        paths = [walk(rng, windows, persistence, varies) for _ in range(count)]
        own = np.repeat(rng.standard_normal((count, identity)), windows, 0).astype(np.float32)
        style = np.zeros((count * windows, len(self._persistence)), np.float32)
        style[:, number] = 1
        grids = self._run(own, np.concatenate(paths).astype(np.float32), style).astype(np.float64)
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
