"""Noise that is colored cell by cell: white noise through short-time spectra of three or four window lengths.

Long windows tell low bands apart, short ones keep the onset of high bands sharp. All of it is NumPy in float64, from a
seeded generator: the same seed gives the same samples.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .bands import BANDS, CENTERS, FLOOR, Floats, band_of

#: Samples a second of everything that is made.
RATE = 48_000
#: (Highest band center in Hz, window in samples) of the layers.
LAYERS = ((250.0, 4096), (2000.0, 1024), (np.inf, 256))
#: Those of what happens once: half as long, so that its onset comes as soon as the clip's. Clips of gunshots, lasers,
#: explosions, impacts and footsteps that are made again from their descriptions are 2.5 dB off so, 2.7 with the others.
QUICK_LAYERS = ((150.0, 2048), (600.0, 1024), (2000.0, 512), (np.inf, 256))
#: Nothing below is made: no loudspeaker plays it, and DC would be part of it, Hz.
DEEPEST = 20.0
#: Above the highest band levels go on falling, dB a band.
FALL = 1.5
#: Frames of a layer made at once, so that a long sound needs no more memory than a short one.
BLOCK = 4096


def colored(
    level: Floats, times: Floats, count: int, rngs: Sequence[np.random.Generator], quick: bool = False
) -> Floats:
    """Noise `[len(rngs), count]` with `level [64, cells]` dB in each band at `times` (seconds, rising).

    Each row has its own white noise, from its own generator, and all have the same levels. `quick` is for what happens
    once: sharper in time, less so in the pitch of low bands, and as loud in every window as the levels say, not only on
    average: else the loudest moment of an attack is where chance puts it.
    """
    white = np.stack([rng.standard_normal(count) for rng in rngs])
    density = level + 10 * np.log10(RATE / 2 / np.gradient(CENTERS))[:, None]  # white noise has its power over all
    out = np.zeros_like(white)
    low = 0.0
    for high, size in QUICK_LAYERS if quick else LAYERS:
        bands = np.nonzero((low <= CENTERS) & (high > CENTERS))[0]
        _add_layer(out, white, density, times, (int(bands[0]), int(bands[-1])), size, quick)
        low = high
    return out


def _add_layer(
    out: Floats, white: Floats, density: Floats, times: Floats, bands: tuple[int, int], size: int, steady: bool
) -> None:
    """Add the part of the noise that lies in `bands` (first, last), faded into the neighboring layers over a band.

    In windows of `size` samples, each of just the power that its levels have if `steady`.
    """
    hop, count = size // 2, white.shape[1]
    frames = -(-count // hop) + 1
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size)
    place = band_of(np.fft.rfftfreq(size, 1 / RATE))
    fade = np.clip(place - bands[0] + 1, 0, 1) if bands[0] else np.ones_like(place)
    if bands[1] < BANDS - 1:
        fade = fade * np.clip(bands[1] + 1 - place, 0, 1)
    fade = fade * (np.fft.rfftfreq(size, 1 / RATE) >= DEEPEST)
    (heard,) = np.nonzero(fade)
    bins = slice(int(heard[0]), int(heard[-1]) + 1)  # one run of them
    inside = np.clip(place[bins], 0, BANDS - 1)
    lower = np.minimum(inside.astype(int), BANDS - 2)
    part = inside - lower
    beyond = np.maximum(place[bins] - (BANDS - 1), 0) * FALL
    rows = [np.pad(row, (hop, (frames + 1) * hop - hop - count)) for row in white]
    spectra = [np.lib.stride_tricks.sliding_window_view(row, size)[::hop] for row in rows]
    made = np.zeros((len(white), (frames + 1) * hop))
    for start in range(0, frames, BLOCK):
        block = np.arange(start, min(start + BLOCK, frames))
        level = np.ascontiguousarray(_at(density, times, block * hop / RATE).T)
        level = level[:, lower] * (1 - part) + level[:, lower + 1] * part - beyond
        gain = np.exp(level * (np.log(10) / 20)) * fade[bins]
        for row, target in zip(spectra, made, strict=True):
            found = np.fft.rfft(row[block[0] : block[-1] + 1] * window, axis=1)
            found[:, bins] *= gain
            if steady:
                # In the first window, too, half of which lies before the beginning: levels were measured like that.
                found[:, bins] *= _steadied(found[:, bins], (gain**2).sum(1) * hop)
            found[:, : bins.start] = found[:, bins.stop :] = 0
            pieces = np.fft.irfft(found, axis=1)
            pieces *= window
            for half in (0, 1):
                there = target[(block[0] + half) * hop : (block[-1] + 1 + half) * hop]
                there.reshape(-1, hop)[:] += pieces[:, half * hop : (half + 1) * hop]
    out += made[:, hop : hop + count]


def _steadied(found: Floats, power: Floats) -> Floats:
    """Factors `[frames, 1]` that give the spectra `found [frames, bins]` the `power` that was to be expected."""
    actual = (found.real**2 + found.imag**2).sum(1)
    return np.sqrt(power / np.maximum(actual, 1e-300))[:, None]


def _at(values: Floats, times: Floats, when: Floats) -> Floats:
    """Rows of `values` interpolated at `when`; beyond the ends they stay."""
    place = np.interp(when, times, np.arange(len(times), dtype=float))
    first = np.minimum(place.astype(int), len(times) - 2)
    part = place - first
    return values[:, first] * (1 - part) + values[:, first + 1] * part


def silent(level: Floats) -> Floats:
    """`level` with what lies at the floor taken for nothing at all, dB."""
    return level - 3 * np.maximum(0.0, (FLOOR + 15) - level)
