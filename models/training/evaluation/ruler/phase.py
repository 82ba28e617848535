"""The phase fold: do pixels at one place of a lattice have more fine detail than those at another?

Detail is what a blur of 2 px leaves, squared. Folded at a period P it has P×P means, one a phase. Their largest over
their smallest is 1 where there is no lattice, but for chance, which grows with P; so each period is held against those
beside it. NumPy alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
#: Periods that are looked at.
PERIODS = range(2, 65)
SIGMA = 2.0


def fold(pictures: Sequence[Array], period: int) -> float:
    """Return the largest over the smallest mean power of fine detail by phase, of `pictures [C,H,W]`."""
    return _fold([detail(picture) for picture in pictures], period)


def lattice(pictures: Sequence[Array]) -> tuple[float, int]:
    """Return how much a fold stands out from those of the periods beside it, at most, and at which period.

    1 is no lattice.
    """
    powers = [detail(picture) for picture in pictures]
    folds = {period: _fold(powers, period) for period in (*PERIODS, PERIODS[-1] + 1)}
    folds[PERIODS[0] - 1] = 1.0
    excess = {p: folds[p] / max(1.0, (folds[p - 1] + folds[p + 1]) / 2) for p in PERIODS}
    worst = max(excess, key=lambda period: excess[period])
    return excess[worst], worst


def detail(picture: Array) -> npt.NDArray[np.float64]:
    """Power of what a Gaussian blur leaves of the brightness of a `picture [C,H,W]` that wraps: `[H,W]`."""
    gray = np.asarray(picture, np.float64).mean(axis=0)
    y, x = (np.fft.fftfreq(side) for side in gray.shape)
    blur = np.exp(-2 * (np.pi * SIGMA) ** 2 * (y[:, None] ** 2 + x**2))
    found: npt.NDArray[np.float64] = np.fft.ifft2(np.fft.fft2(gray) * (1 - blur)).real ** 2
    return found


def _fold(powers: Sequence[npt.NDArray[np.float64]], period: int) -> float:
    total = np.zeros((period, period))
    for power in powers:
        height, width = (side // period * period for side in power.shape)
        total += power[:height, :width].reshape(height // period, period, width // period, period).mean(axis=(0, 2))
    return float(total.max() / max(total.min(), 1e-12))
