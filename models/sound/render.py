"""Described sounds to samples: one that happens, and one that goes on."""

from __future__ import annotations

import numpy as np

from .bands import CELLS, Floats, event_edges
from .noise import RATE, colored
from .shape import Controls, Shaped, shaped
from .tones import partials

#: Cells from one window of a sustained sound to the next, which fades in meanwhile.
HOP = CELLS // 2
#: How far an event's levels vary at random from cell to cell, against a sustained sound's: its first cells are shorter
#: than the windows that they were measured with, and with all of it attacks are two or three times as long as clips'.
ROUGH_EVENT = 0.3
#: What is so many dB below the loudest is silence, which would take as long to make as sound does.
SILENCE = 90.0
#: Over how long the noise of a loop fades from its end into its beginning, seconds.
SEAM = 0.25


def event(grid: Floats, count: int, width: float, controls: Controls, tail: float, seed: int) -> Floats:
    """`[2, count]` samples of an event that begins at the first one. What comes after its loudest lasts `tail` times
    as long. `width` is how different the two channels are, 0…1."""
    edges = event_edges()
    loudest = int(np.argmax((10 ** (np.asarray(grid[0], np.float64) / 10)).sum(0))) + 1
    edges[loudest:] = edges[loudest] + (edges[loudest:] - edges[loudest]) * tail
    rough = Controls(**{**vars(controls), "roughness": np.multiply(controls.roughness, ROUGH_EVENT)})
    sound = shaped(grid, edges, rough, _random(seed, 0))
    used = min(count, round(_over(sound, edges) * RATE))
    out = np.zeros((2, count))
    out[:, :used] = _made(sound, used, width, seed, quick=True)
    soft = min(round(0.001 * RATE), used)
    out[:, :soft] *= np.linspace(0, 1, soft)
    out[:, used - min(used, 480) : used] *= np.linspace(1, 0, min(used, 480))
    return out


def _over(sound: Shaped, edges: Floats) -> float:
    """When an event is over, seconds: two cells after the last one that isn't silence."""
    level = np.maximum(sound.noise, sound.tone).max(0)
    (loud,) = np.nonzero(level > level.max() - SILENCE)
    return float(edges[min(loud[-1] + 3, len(edges) - 1)])


def windows(seconds: float, even: float) -> int:
    """How many windows a sustained sound of that length is made of; `even` is a cell's length in seconds."""
    return max(4, round(seconds / (even * HOP)))


def joined(grids: Floats) -> Floats:
    """Windows `[N, 4, 64, 96]` to one closed grid `[4, 64, 48·N]`, each faded into the next."""
    count = len(grids)
    weights = 1 - np.abs(np.arange(CELLS) - (CELLS - 1) / 2) / HOP
    out = np.zeros((*grids.shape[1:3], HOP * count))
    total = np.zeros(HOP * count)
    for number, grid in enumerate(grids):
        cells = (np.arange(CELLS) + HOP * number) % (HOP * count)
        out[..., cells] += grid * weights
        total[cells] += weights
    return out / total


def sustained(grids: Floats, count: int, width: float, controls: Controls, seed: int, loop: bool) -> Floats:
    """`[2, count]` samples of a sound that goes on, exactly closed if `loop`.

    `grids` are its windows; controls may hold one number for each of its 48·N cells.
    """
    grid = joined(grids)
    cells = grid.shape[2]
    edges = np.arange(cells + 1) * (count / RATE / cells)
    inside = shaped(grid, edges, controls, _random(seed, 0))
    around = 2 * HOP  # cells of the neighboring rounds, so that the ends are alike
    step = edges[1]
    times = (np.arange(-around, cells + around) + 0.5) * step
    parts = [np.concatenate((p[:, -around:], p, p[:, :around]), axis=1) for p in (inside.noise, inside.tone)]
    frequency = np.concatenate((inside.frequency[:, -around:], inside.frequency, inside.frequency[:, :around]), axis=1)
    return _made(Shaped(parts[0], parts[1], frequency, times), count, width, seed, loop)


def _made(sound: Shaped, count: int, width: float, seed: int, loop: bool = False, quick: bool = False) -> Floats:
    loudest = float(sound.noise.max())
    tone = partials(sound.tone, sound.frequency, sound.times, count, _random(seed, 1), loop, loudest)
    same = 1 - width
    noise = _noise(sound, count, [_random(seed, 2 + n) for n in range(2 if width else 1)], loop, quick)
    second = same * noise[0] + np.sqrt(1 - same**2) * noise[1] if width else noise[0]
    return np.stack((noise[0], second)) + tone


def _noise(sound: Shaped, count: int, rngs: list[np.random.Generator], loop: bool, quick: bool) -> Floats:
    """`[len(rngs), count]`"""
    seam = min(round(SEAM * RATE), count // 4) if loop else 0
    made = colored(sound.noise, sound.times, count + seam, rngs, quick)
    if seam:
        rise = np.sin(np.linspace(0, np.pi / 2, seam, endpoint=False))
        made[:, :seam] = made[:, :seam] * rise + made[:, count:] * np.sqrt(1 - rise**2)
    return made[:, :count]


def _random(seed: int, layer: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, layer]))
