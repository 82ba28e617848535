"""Sound generators without a trained network, behind the same inputs and output: what a network is measured against.

`Gaussian` is spectral-statistics noise: a class's mean levels, and the principal directions in which its clips differ.
`Markov` is a chain over spectral states: clusters of a class's spectra, and which follows which, cell by cell. Neither
knows partials. Both morph: every table is mixed as the classes are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ...sound.bands import BANDS, CELLS, FLOOR, Floats
from .analysis import COURSE, calibration, variation
from .dataset import Dataset

#: Principal directions of a class's levels; of all of them together, shapes over bands and over cells.
DIRECTIONS, OVER_BANDS, OVER_CELLS = 8, 24, 28
#: States of a chain. One of a sound that happens is also told apart by when it is: a cell counts as so many dB.
STATES, WHEN = 24, 2.5
#: How far a seed leans a chain of a sound that goes on towards brighter states, of the chance in all.
LEAN = 0.5


@dataclass(frozen=True)
class Fitted:
    """A model, its name in files and menus, how many numbers tell its sounds apart and how many vary in one, and the
    persistence of each class."""

    model: nn.Module
    id: str
    label: str
    method: str
    rank: int
    identity: int
    variation: int
    persistence: Floats


class Gaussian(nn.Module):
    """Standard normal `identity` and `variation [N, 8]`, `style [N, K]` → grids `[N, 4, 64, 96]`."""

    def __init__(self, core: Tensor, bands: Tensor, cells: Tensor, shares: Tensor, spread: Tensor) -> None:
        super().__init__()
        self.register_buffer("core", core.half())
        self.register_buffer("over_bands", bands)
        self.register_buffer("over_cells", cells)
        self.register_buffer("shares", shares)
        self.register_buffer("spread", spread)

    def forward(self, identity: Tensor, variation: Tensor, style: Tensor) -> Tensor:
        shares = style @ self.shares
        drawn = identity * shares[:, :DIRECTIONS] + variation * shares[:, DIRECTIONS:]
        core = (style @ self.core.float()).unflatten(1, (DIRECTIONS + 1, OVER_BANDS * OVER_CELLS))
        mixed = torch.cat((torch.ones_like(drawn[:, :1]), drawn), 1).unsqueeze(1) @ core
        levels = self.over_bands @ mixed.reshape(-1, OVER_BANDS, OVER_CELLS) @ self.over_cells
        return described(levels, style @ self.spread)


class Markov(nn.Module):
    """Standard normal `identity` and `variation [N, 96]`, a chance a cell, `style [N, K]` → grids `[N, 4, 64, 96]`."""

    def __init__(self, spectra: Tensor, first: Tensor, following: Tensor, lasts: Tensor, spread: Tensor) -> None:
        super().__init__()
        self.register_buffer("spectra", spectra.flatten(1).half())
        # Chances added up, so that a number from 0 to 1 chooses a state.
        self.register_buffer("first", first.cumsum(1))
        self.register_buffer("following", following.cumsum(2).flatten(1).half())
        self.register_buffer("lasts", lasts[:, None])
        self.register_buffer("spread", spread)

    def forward(self, identity: Tensor, variation: Tensor, style: Tensor) -> Tensor:
        lasts = style @ self.lasts
        # What happens once is decided cell by cell, and varied a little; what goes on is new in every window.
        lean = LEAN * identity[:, :1] + (1 - LEAN**2) ** 0.5 * variation
        chance = 0.5 + 0.5 * torch.erf((identity + variation + lasts * (lean - identity - variation)) * 0.5**0.5)
        following = (style @ self.following.float()).unflatten(1, (STATES, STATES))
        state = chosen(style @ self.first, chance[:, :1])
        states = [state]
        for cell in range(1, CELLS):
            row = (state.unsqueeze(1) @ following).squeeze(1)
            state = chosen(row, chance[:, cell : cell + 1])
            states.append(state)
        spectra = (style @ self.spectra.float()).unflatten(1, (STATES, BANDS))
        levels = (torch.stack(states, 1) @ spectra).transpose(1, 2)
        return described(levels, style @ self.spread)


def chosen(chances: Tensor, number: Tensor) -> Tensor:
    """Which state a number from 0 to 1 falls on, `[N, S]` with a single one; `chances` are added up."""
    above = (number < chances[:, :-1]).to(chances.dtype)  # from the chosen one on; of the last it goes without saying
    return torch.cat((above, torch.ones_like(number)), 1) - torch.cat((torch.zeros_like(number), above), 1)


def described(levels: Tensor, spread: Tensor) -> Tensor:
    """Levels `[N, 64, 96]` and the spread of each band as grids: below their loudest, and all of it noise."""
    levels = levels.clamp(min=FLOOR, max=80.0)
    levels = (levels - levels.amax((1, 2), keepdim=True)).clamp(min=FLOOR)
    none = torch.zeros_like(levels)
    return torch.stack((levels, none, none, none + spread.unsqueeze(2)), 1)


def gaussian(data: Dataset, sustained: list[bool]) -> Fitted:
    """Fit a `Gaussian` to the training clips."""
    shapes, shares, persistence = [], [], np.zeros(len(sustained))
    for number, lasts in enumerate(sustained):
        mine = data.select(False, number)
        levels = data.grids[mine, 0].reshape(len(mine), -1).astype(np.float64)
        mean = levels.mean(0)
        left, scale, directions = np.linalg.svd(levels - mean, full_matrices=False)
        scale = np.pad(scale / np.sqrt(len(levels)), (0, max(0, DIRECTIONS - len(scale))))[:DIRECTIONS]
        directions = np.pad(directions[:DIRECTIONS], ((0, max(0, DIRECTIONS - len(directions))), (0, 0)))
        shapes.append(np.concatenate((mean[None], directions * scale[:, None])))
        left = np.pad(left[:, :DIRECTIONS], ((0, 0), (0, max(0, DIRECTIONS - left.shape[1]))))
        between, persistence[number] = divided(left * np.sqrt(len(levels)), data.clips(mine), lasts)
        # A repetition of what happens once varies as another clip of its class does.
        shares.append(np.concatenate((between, np.sqrt(1 - between**2) if lasts else np.ones(DIRECTIONS))))
    whole = np.stack(shapes).reshape(-1, BANDS, CELLS)
    bands = np.linalg.svd(whole.transpose(1, 0, 2).reshape(BANDS, -1), full_matrices=False)[0][:, :OVER_BANDS]
    cells = np.linalg.svd(whole.reshape(-1, CELLS), full_matrices=False)[2][:OVER_CELLS]
    core = (bands.T @ whole @ cells.T).reshape(len(sustained), -1)
    model = Gaussian(*(tensor(part) for part in (core, bands, cells, np.stack(shares), spreads(data, len(sustained)))))
    method = "spectral statistics: a Gaussian over eight principal directions of each class's levels"
    return Fitted(model, "statistical_sounds", "Statistical sounds", method, 10, DIRECTIONS, DIRECTIONS, persistence)


def markov(data: Dataset, sustained: list[bool]) -> Fitted:
    """Fit a `Markov` to the training clips."""
    chains = [
        chain(data.grids[data.select(False, number), 0], 0.0 if lasts else WHEN)
        for number, lasts in enumerate(sustained)
    ]
    spectra, first, following = (tensor(np.stack(part)) for part in zip(*chains, strict=True))
    lasting = np.array(sustained, float)
    model = Markov(spectra, first, following, tensor(lasting), tensor(spreads(data, len(sustained))))
    method = f"Markov chain over {STATES} spectral states of each class"
    # Windows know nothing of each other: only as much persistence as says that a sound goes on.
    return Fitted(model, "markov_sounds", "Markov sounds", method, 20, CELLS, CELLS, lasting * 0.05)


def chain(levels: Floats, when: float) -> tuple[Floats, Floats, Floats]:
    """(spectra `[S, 64]`, first states `[S]`, transitions `[S, S]`) of levels `[N, 64, 96]`, by k-means.

    States are in the order of their brightness, so that those of two classes which are mixed have something in common.
    """
    columns = levels.transpose(0, 2, 1).reshape(-1, BANDS).astype(np.float64)
    clock = np.tile(np.arange(CELLS) * when * np.sqrt(BANDS), len(levels))
    points = np.concatenate((columns, clock[:, None]), 1)
    rng = np.random.default_rng(0)
    some = points[rng.choice(len(points), min(len(points), 8000), replace=False)]
    centers = some[rng.choice(len(some), STATES, replace=False)]
    for _ in range(12):
        near = nearest(some, centers)
        centers = np.stack([some[near == n].mean(0) if (near == n).any() else c for n, c in enumerate(centers)])
    power = 10 ** (centers[:, :BANDS] / 20)
    centers = centers[np.argsort((power * np.arange(BANDS)).sum(1) / power.sum(1))]
    states = nearest(points, centers).reshape(-1, CELLS)
    following = np.full((STATES, STATES), 1e-3)
    np.add.at(following, (states[:, :-1].ravel(), states[:, 1:].ravel()), 1)
    first = np.bincount(states[:, 0], minlength=STATES).astype(float)
    return centers[:, :BANDS], first / first.sum(), following / following.sum(1, keepdims=True)


def nearest(points: Floats, centers: Floats) -> Floats:
    """Which of `centers [S, D]` is nearest to each of `points [N, D]`."""
    return ((points**2).sum(1)[:, None] - 2 * points @ centers.T + (centers**2).sum(1)).argmin(1)


def divided(scores: Floats, files: Floats, lasts: bool) -> tuple[Floats, float]:
    """(share of each of `scores [N, D]` that tells clips apart, correlation of what is left from window to window)."""
    if not lasts:
        return np.ones(scores.shape[1]), 0.0
    clips = [scores[files == f] for f in np.unique(files)]
    between = sum(len(clip) * clip.mean(0) ** 2 for clip in clips) / len(scores)
    rest = [clip - clip.mean(0) for clip in clips if len(clip) > 4]
    alike = sum((r[1:] * r[:-1]).sum() for r in rest) / max(sum((r**2).sum() for r in rest), 1e-9)
    return np.sqrt(np.clip(between, 0, 1)), round(float(np.clip(alike, 0.05, 0.95)), 4)


def spreads(data: Dataset, classes: int) -> Floats:
    """How far levels vary in each band from cell to cell, beyond what noise does by itself, dB `[K, 64]`."""
    found = np.zeros((classes, BANDS))
    for number in range(classes):
        apart, weight = variation(torch.from_numpy(data.grids[data.select(False, number), 0]).double())
        throughout = weight == 1
        power = ((apart**2 * throughout).sum((0, 2)) / throughout.sum((0, 2)).clamp(min=1)).numpy()
        found[number] = np.sqrt(np.maximum(power * COURSE / (COURSE - 1) - calibration()[1] ** 2, 0))
    return found


def tensor(values: Floats) -> Tensor:
    """In single precision."""
    return torch.from_numpy(np.ascontiguousarray(values, np.float32))
