"""Noise that is coloured cell by cell: white noise through short-time spectra of three window lengths.

Long windows tell low bands apart, short ones keep the onset of high bands sharp. All of it is NumPy in float64, from a
seeded generator: the same seed gives the same samples.
"""

from __future__ import annotations

import numpy as np

from .bands import BANDS, CENTRES, FLOOR, Floats, band_of

#: Samples a second of everything that is made.
RATE = 48_000
#: (Highest band centre in Hz, window in samples) of the layers.
LAYERS = ((250.0, 4096), (2000.0, 1024), (np.inf, 256))
#: Nothing below is made: no loudspeaker plays it, and DC would be part of it, Hz.
DEEPEST = 20.0
#: Above the highest band levels go on falling, dB a band.
FALL = 1.5
#: Frames of a layer made at once, so that a long sound needs no more memory than a short one.
BLOCK = 4096


def coloured(level: Floats, times: Floats, count: int, rng: np.random.Generator) -> Floats:
    """`count` samples of noise with `level [64, cells]` dB in each band at `times` (seconds, rising)."""
    white = rng.standard_normal(count)
    density = level + 10 * np.log10(RATE / 2 / np.gradient(CENTRES))[:, None]  # white noise has its power over all
    out = np.zeros(count)
    low = 0.0
    for high, size in LAYERS:
        bands = np.nonzero((low <= CENTRES) & (high > CENTRES))[0]
        out += _layer(white, density, times, (int(bands[0]), int(bands[-1])), size)
        low = high
    return out


def _layer(white: Floats, density: Floats, times: Floats, bands: tuple[int, int], size: int) -> Floats:
    """The part of the noise that lies in `bands` (first, last), faded into the neighbouring layers over a band."""
    hop = size // 2
    frames = -(-len(white) // hop) + 1
    padded = np.zeros((frames + 1) * hop)
    padded[hop : hop + len(white)] = white
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size)
    place = band_of(np.fft.rfftfreq(size, 1 / RATE))
    fade = np.clip(place - bands[0] + 1, 0, 1) if bands[0] else np.ones_like(place)
    if bands[1] < BANDS - 1:
        fade = fade * np.clip(bands[1] + 1 - place, 0, 1)
    fade = fade * (np.fft.rfftfreq(size, 1 / RATE) >= DEEPEST)
    (bins,) = np.nonzero(fade)
    inside = np.clip(place[bins], 0, BANDS - 1)
    lower = np.minimum(inside.astype(int), BANDS - 2)
    part = (inside - lower)[:, None]
    beyond = (np.maximum(place[bins] - (BANDS - 1), 0) * FALL)[:, None]
    spectra = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    out = np.zeros_like(padded)
    for start in range(0, frames, BLOCK):
        block = np.arange(start, min(start + BLOCK, frames))
        level = _at(density, times, block * hop / RATE)
        gain = 10 ** ((level[lower] * (1 - part) + level[lower + 1] * part - beyond) / 20) * fade[bins, None]
        found = np.fft.rfft(spectra[block] * window, axis=1)
        shaped = np.zeros_like(found)
        shaped[:, bins] = found[:, bins] * gain.T
        pieces = np.fft.irfft(shaped, axis=1) * window
        for half in (0, 1):
            target = out[(block[0] + half) * hop : (block[-1] + 1 + half) * hop]
            target += pieces[:, half * hop : (half + 1) * hop].ravel()
    return out[hop : hop + len(white)]


def _at(values: Floats, times: Floats, when: Floats) -> Floats:
    """Rows of `values` interpolated at `when`; beyond the ends they stay."""
    place = np.interp(when, times, np.arange(len(times), dtype=float))
    first = np.minimum(place.astype(int), len(times) - 2)
    part = place - first
    return values[:, first] * (1 - part) + values[:, first + 1] * part


def silent(level: Floats) -> Floats:
    """`level` with what lies at the floor taken for nothing at all, dB."""
    return level - 3 * np.maximum(0.0, (FLOOR + 15) - level)
