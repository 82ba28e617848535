"""Three families behind one interface: a network, a statistical model, and a probability model of spectral states."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import torch

from ...sound.bands import BANDS, CELLS, FLOOR, Floats
from .dataset import Dataset
from .export import Exported
from .networks import LATENT

#: Principal directions of the statistical model; states of the Markov model.
DIRECTIONS, STATES = 8, 24


class Source(ABC):
    """Something that draws descriptions `[N, 4, 64, 96]` of sounds of a class."""

    name: str

    @abstractmethod
    def draw(self, number: int, count: int, rng: np.random.Generator) -> Floats:
        """`count` grids of class `number`: independent ones."""


class Network(Source):
    """The trained decoder, as it ships."""

    name = "network"

    def __init__(self, model: Exported) -> None:
        self.model, self.classes = model.eval(), model.mean.shape[0]

    def draw(self, number: int, count: int, rng: np.random.Generator) -> Floats:
        noise = [torch.from_numpy(rng.standard_normal((count, LATENT)).astype(np.float32)) for _ in range(2)]
        style = torch.eye(self.classes)[number].expand(count, -1)
        with torch.no_grad():
            grids: Floats = self.model(noise[0], 0.25 * noise[1], style).double().numpy()
        return grids


class Statistical(Source):
    """Spectral-statistics noise: a Gaussian over the principal directions of a class's levels, no partials."""

    name = "statistics"

    def __init__(self, data: Dataset, classes: int) -> None:
        self.models = []
        for number in range(classes):
            levels = data.grids[data.select(False, number), 0].reshape(-1, BANDS * CELLS).astype(np.float64)
            mean = levels.mean(0)
            _, scale, directions = np.linalg.svd(levels - mean, full_matrices=False)
            self.models.append((mean, (scale / np.sqrt(len(levels)))[:DIRECTIONS, None] * directions[:DIRECTIONS]))

    def draw(self, number: int, count: int, rng: np.random.Generator) -> Floats:
        mean, directions = self.models[number]
        levels = mean + rng.standard_normal((count, len(directions))) @ directions
        return _noise_only(levels.reshape(count, BANDS, CELLS))


class Markov(Source):
    """A chain over spectral states: clusters of a class's spectra, and which follows which, cell by cell."""

    name = "markov"

    def __init__(self, data: Dataset, classes: int) -> None:
        self.models = [_chain(data.grids[data.select(False, number), 0]) for number in range(classes)]

    def draw(self, number: int, count: int, rng: np.random.Generator) -> Floats:
        spectra, first, following = self.models[number]
        out = np.zeros((count, BANDS, CELLS))
        for grid in out:
            state = rng.choice(len(first), p=first)
            for cell in range(CELLS):
                grid[:, cell] = spectra[state]
                state = rng.choice(len(first), p=following[state])
        return _noise_only(out)


def _chain(levels: Floats) -> tuple[Floats, Floats, Floats]:
    """(spectra `[S, 64]`, first states `[S]`, transitions `[S, S]`) of levels `[N, 64, 96]`, by k-means."""
    columns = levels.transpose(0, 2, 1).reshape(-1, BANDS).astype(np.float64)
    rng = np.random.default_rng(0)
    some = columns[rng.choice(len(columns), min(len(columns), 8000), replace=False)]
    centres = some[rng.choice(len(some), min(STATES, len(some)), replace=False)]
    for _ in range(12):
        nearest = _nearest(some, centres)
        centres = np.stack([some[nearest == n].mean(0) if (nearest == n).any() else c for n, c in enumerate(centres)])
    states = _nearest(columns, centres).reshape(-1, CELLS)
    count = len(centres)
    following = np.full((count, count), 1e-3)
    np.add.at(following, (states[:, :-1].ravel(), states[:, 1:].ravel()), 1)
    first = np.bincount(states[:, 0], minlength=count).astype(float)
    return centres, first / first.sum(), following / following.sum(1, keepdims=True)


def _nearest(points: Floats, centres: Floats) -> Floats:
    return ((points**2).sum(1)[:, None] - 2 * points @ centres.T + (centres**2).sum(1)).argmin(1)


def _noise_only(levels: Floats) -> Floats:
    """Levels as grids without partials or further spread."""
    levels = np.clip(levels, FLOOR, None)
    levels = np.clip(levels - levels.max((1, 2), keepdims=True), FLOOR, 0)
    return np.stack((levels, *np.zeros((3, *levels.shape))), axis=1)
