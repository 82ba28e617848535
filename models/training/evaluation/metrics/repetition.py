"""Whether a picture repeats itself: the highest peak of its autocorrelation, away from the middle."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]

#: Lags below this, in px, belong to the material's own features.
NEAR = 40
#: What is wider than this, in px, is taken out first: slow changes of brightness are alike by chance.
WIDE = 24.0


def peak(image: Array) -> float:
    """`image [C,H,W]` (sides at least 3·NEAR px) → 0…1: 1 is an exact repeat, fresh noise stays below about 0.1.

    Brightness alone, high-passed, over lags of NEAR px to half the sides. Edges needn't wrap.
    """
    gray = np.asarray(image, np.float64).mean(axis=0)
    height, width = gray.shape
    y, x = np.meshgrid(np.fft.fftfreq(height), np.fft.rfftfreq(width), indexing="ij")
    gray = np.fft.irfft2(np.fft.rfft2(gray) * (1 - np.exp(-2 * (np.pi * WIDE) ** 2 * (x**2 + y**2))), gray.shape)
    sums, energy = _correlated(gray, gray), _correlated(gray**2, np.ones_like(gray))
    # The energies of the two overlapping parts, so that a bright corner is not a repeat.
    other = np.roll(energy[::-1, ::-1], (1, 1), (0, 1))
    likeness = sums / np.sqrt(np.maximum(energy * other, 1e-12))
    rows, columns = np.arange(height // 2 + 1), np.arange(-(width // 2), width // 2 + 1)
    far = np.hypot(rows[:, None], columns) >= NEAR
    return float(likeness[rows[:, None], columns][far].max().clip(0, 1))


def _correlated(a: Array, b: Array) -> npt.NDArray[np.float64]:
    """Return sums of a(x + lag)·b(x), without wrapping, by lag; negative lags from the end."""
    shape = (2 * a.shape[0], 2 * a.shape[1])
    return np.fft.irfft2(np.fft.rfft2(a, shape) * np.fft.rfft2(b, shape).conj(), shape)
