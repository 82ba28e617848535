"""From a clip to the grid of `models.sound.bands`: what the network learns.

Every band is measured in a window as short as its width allows (8 to 64 ms). The measure is calibrated on white noise:
a level is the dB of the mean power, and the variation that noise has by itself is known and not counted as spread.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from ...sound.bands import BANDS, CELLS, CENTERS, EVEN, FLOOR, Floats, band_of

#: Hz of the training clips.
RATE = 32_000
#: Longest windows for partials, samples, by the band's center in Hz.
PARTIAL_WINDOWS = ((500.0, 4096), (2000.0, 2048), (np.inf, 1024))
#: A peak this many dB above what is around it begins to count as a partial; this many more, and it is one.
PROMINENT, SURELY = 10.0, 10.0
#: Bins on either side that a peak is compared with, but for the nearest two.
AROUND = 12
#: Cells whose mean a level's variation is measured from: what is slower is not variation but a course.
COURSE = 9


class Spectra:
    """Short-time power spectra of mono `samples` at 32 kHz, in several windows, from which cells are read."""

    def __init__(self, samples: Floats) -> None:
        self._samples = torch.from_numpy(np.ascontiguousarray(samples, np.float32))
        self._sums: dict[int, Floats] = {}

    def describe(self, edges: Floats) -> Floats:
        """`[3, 64, 96]` (level, tonality, offset); `edges` in seconds from the first sample."""
        power = self.cell_power(edges)
        level = 10 * np.log10(np.maximum(power, 1e-12)) + calibration()[0][:, None]
        level = np.clip(level - level.max(), FLOOR, 0.0)
        return np.stack((level, *self._partials(edges))).astype(np.float32)

    def cell_power(self, edges: Floats) -> Floats:
        """Mean power in each band and cell, `[64, 96]`."""
        return np.concatenate([weights @ self._pooled(size, edges) for size, weights in _windows()])

    def _pooled(self, size: int, edges: Floats) -> Floats:
        """Return the mean power of each cell in windows of `size` samples, `[bins, 96]`."""
        sums, hop = self._sum(size), size // 8
        # A sum holds frames 0 … n−1; frame k is centerd hop·k samples after the start.
        places = np.round(edges * RATE / hop).astype(int)
        last = np.maximum(places[1:], places[:-1] + 1).clip(1, sums.shape[1] - 1)
        first = np.minimum(places[:-1], last - 1)
        power = (sums[:, last] - sums[:, first]) / (last - first)
        beyond = places[:-1] > sums.shape[1]  # after the clip's end there is silence
        return np.where(beyond[None], 0.0, np.maximum(power, 0.0))

    def _sum(self, size: int) -> Floats:
        if size not in self._sums:
            window = torch.hann_window(size) * (8 / 3) ** 0.5
            padded = torch.nn.functional.pad(self._samples, (size // 2, size // 2 + size // 8))
            found = torch.stft(padded, size, size // 8, window=window, center=False, return_complex=True)
            power = found.abs().square().double().numpy()
            self._sums[size] = np.concatenate((np.zeros((len(power), 1)), np.cumsum(power, axis=1)), axis=1)
        return self._sums[size]

    def _partials(self, edges: Floats) -> tuple[Floats, Floats]:
        """Tonality and offset, `[64, 96]` each."""
        tonality, offset = np.zeros((BANDS, CELLS)), np.zeros((BANDS, CELLS))
        columns, low = np.arange(CELLS), 0.0
        for high, size in PARTIAL_WINDOWS:
            decibels = 10 * np.log10(self._pooled(size, edges) + 1e-9)
            rise = _rise(decibels)
            place = band_of(np.fft.rfftfreq(size, 1 / RATE))
            for band in np.nonzero((low <= CENTERS) & (high > CENTERS))[0]:
                (bins,) = np.nonzero(np.abs(place - band) <= 0.5)
                bins = bins[(bins > 1) & (bins < len(place) - 2)]
                if not len(bins):
                    continue
                best = bins[rise[bins].argmax(0)]
                a, b, c = (decibels[best + n, columns] for n in (-1, 0, 1))
                curve = np.minimum(a - 2 * b + c, -1e-3)
                exact = (best + np.clip(0.5 * (a - c) / curve, -0.5, 0.5)) * RATE / size
                tonality[band] = np.clip((rise[best, columns] - PROMINENT) / SURELY, 0, 1)
                offset[band] = np.clip(band_of(exact) - band, -0.5, 0.5)
            low = high
        offset[tonality == 0] = 0.0
        return tonality, offset


def _rise(decibels: Floats) -> Floats:
    """How far peaks stand above the mean level around them, dB; 0 where there is no peak."""
    padded = np.pad(decibels, ((AROUND + 1, AROUND), (0, 0)), mode="edge")
    sums = np.cumsum(padded, axis=0)
    wide = sums[2 * AROUND + 1 :] - sums[: -2 * AROUND - 1]
    near = sums[AROUND + 3 : len(sums) - AROUND + 2] - sums[AROUND - 2 : len(sums) - AROUND - 3]
    rise = decibels - (wide - near) / (2 * AROUND + 1 - 5)
    peak = (decibels > np.roll(decibels, 1, 0)) & (decibels > np.roll(decibels, -1, 0))
    return np.where(peak, rise, 0.0)


def variation(level: Tensor) -> tuple[Tensor, Tensor]:
    """How far levels `[N, 64, 96]` lie from the mean of the cells around, dB, and with what weight that is heard.

    Beside silence it says when a sound begins or ends, not how much it varies, and has no weight.
    """
    half = COURSE // 2
    heard = (level > FLOOR + 10).to(level.dtype)
    around = torch.nn.functional.pad(torch.stack((level, heard)).flatten(0, 1), (half, half), mode="replicate")
    course, throughout = torch.nn.functional.avg_pool1d(around, COURSE, 1).unflatten(0, (2, -1))
    return level - course, (throughout > 1 - 1e-3).to(level.dtype) + 0.1 * (throughout < 1e-3).to(level.dtype)


@cache
def calibration() -> tuple[Floats, Floats]:
    """For white noise: (dB from the mean of levels up to the level of the mean, standard deviation in dB) a band.

    Measured on cells of 10 ms; longer cells vary less, which makes the spread of tails a little too small.
    """
    spectra = Spectra(np.random.default_rng(0).standard_normal(RATE * 20))
    edges = np.arange(CELLS + 1) * EVEN
    power = np.concatenate([spectra.cell_power(edges + start) for start in range(1, 19)], axis=1)
    decibels = 10 * np.log10(power)
    return 10 * np.log10(power.mean(1)) - decibels.mean(1), decibels.std(1)


@cache
def _windows() -> tuple[tuple[int, Floats], ...]:
    """(window in samples, weights `[bands, bins]`): triangles that add up to one, times the band's width."""
    widths = np.gradient(CENTERS)
    sizes = np.clip(2 ** np.ceil(np.log2(RATE / widths)), 256, 2048).astype(int)
    found = []
    for size in sorted(set(sizes.tolist()), reverse=True):
        (bands,) = np.nonzero(sizes == size)
        place = band_of(np.fft.rfftfreq(size, 1 / RATE))
        distance = np.abs(place[None] - bands[:, None])
        weights = np.maximum(0.0, 1 - distance)
        empty = weights.sum(1) < 0.5  # narrower than a bin: take the nearest one
        weights[empty, distance.argmin(1)[empty]] = 1.0
        weights *= (widths[bands] / (weights.sum(1) * size * RATE))[:, None]
        found.append((size, weights))
    return tuple(found)
