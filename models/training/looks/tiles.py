"""What painted looks lie on: paper, canvas, and strokes of a pencil or a brush, as small tiles that wrap around."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Tile = npt.NDArray[np.float64]
#: Px a side of a tile, and of that of the dots.
SIDE, DOTS = 96, 14


def tiles() -> npt.NDArray[np.uint8]:
    """`[1,4,SIDE,SIDE]`: the grain of paper, the light on a canvas, strokes that lean to the right, and level ones.

    The first two lie about 128. Strokes are ranks: all values are there equally often.
    """
    rng = np.random.default_rng(7)
    stack = np.stack((_paper(rng), _canvas(rng), _strokes(rng, -1), _strokes(rng, 0)))
    return np.round(255 * stack).astype(np.uint8)[None]


def dots() -> npt.NDArray[np.uint8]:
    """`[1,1,DOTS,DOTS]`: ranks of a printer's dots, two in a tile, so that their rows stand at 45°."""
    y, x = np.mgrid[:DOTS, :DOTS] + 0.5
    height = np.cos(np.pi * (x + y) / 7) + np.cos(np.pi * (x - y) / 7)
    return np.round(255 * _ranks(height)).astype(np.uint8)[None, None]


def cloud() -> npt.NDArray[np.float32]:
    """`[1,1,12,12]` about 0, deviation 1: how pigment settles unevenly, for as many px as one likes."""
    noise = np.random.default_rng(11).standard_normal((12, 12))
    return _scaled(_band(noise, 0.03, 0.4), 1.0).astype(np.float32)[None, None]


def _paper(rng: np.random.Generator) -> Tile:
    """Cold-pressed paper: bumps of 2 to 10 px, nothing larger that an eye could find again in the next tile."""
    fine, coarse = (rng.standard_normal((SIDE, SIDE)) for _ in range(2))
    grain = _scaled(_band(fine, 0.18, 0.5), 1.0) + _scaled(_band(coarse, 0.06, 0.2), 1.0)
    return np.clip(0.5 + 0.16 * _scaled(grain, 1.0), 0, 1)


def _canvas(rng: np.random.Generator) -> Tile:
    """Light from above left on threads of 3 px that go over and under each other, none quite like the next."""
    y, x = np.mgrid[:SIDE, :SIDE]
    uneven = _scaled(_band(rng.standard_normal((SIDE, SIDE)), 0.02, 0.1), 1.0)
    across, down = np.sin(np.pi * x / 3 + 0.5), np.sin(np.pi * y / 3 + 0.5)
    height = np.where(across * down > 0, np.abs(down), np.abs(across))
    height = height * (1 + 0.25 * uneven) + 0.25 * _scaled(_band(rng.standard_normal((SIDE, SIDE)), 0.1, 0.4), 1.0)
    return np.clip(0.5 + 0.13 * _scaled(height - np.roll(height, (1, 1), (0, 1)), 1.0), 0, 1)


def _strokes(rng: np.random.Generator, lean: int) -> Tile:
    """Strokes of about 20 px by 2; each goes `lean` px down for one to the right."""
    noise = rng.standard_normal((SIDE, SIDE))
    streaks = np.zeros_like(noise)
    for n in range(-20, 21):  # along a line that wraps into itself
        streaks += np.roll(noise, (lean * n, n), (0, 1)) * np.exp(-((n / 11) ** 2))
    grain = _scaled(_band(streaks, 0.08, 0.5), 1.0) + 0.35 * _scaled(_band(noise, 0.2, 0.6), 1.0)
    return _ranks(grain)


def _ranks(values: Tile) -> Tile:
    """Return the place of each value among all, 0…1."""
    found = np.empty(values.size)
    found[np.argsort(values, axis=None, kind="stable")] = np.linspace(0, 1, values.size)
    return found.reshape(values.shape)


def _band(noise: Tile, low: float, high: float) -> Tile:
    """Return what of a noise lies between two frequencies, cycles a px; it wraps around."""
    rows, columns = (np.fft.fftfreq(side) for side in noise.shape)
    far = np.hypot(rows[:, None], columns)
    kept = np.exp(-((far / high) ** 4)) * (1 - np.exp(-((far / low) ** 4)))
    return np.asarray(np.real(np.fft.ifft2(np.fft.fft2(noise) * kept)), np.float64)


def _scaled(noise: Tile, deviation: float) -> Tile:
    return np.asarray(noise / noise.std() * deviation, np.float64)
