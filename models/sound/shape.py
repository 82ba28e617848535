"""What the controls do to a described sound, before it is made.

A grid `[4, 64, cells]` becomes a `Shaped`: levels of noise and of partials, and the partials' frequencies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .bands import BANDS, CENTERS, FLOOR, Floats, band_of, frequency_of
from .noise import FALL, silent
from .room import air

#: Cells over which a partial's frequency is evened out, so that it glides and does not tremble.
CALM = 9
#: dB an octave at brightness 1; the hinge of the tilt, Hz.
TILT, HINGE = 6.0, 1000.0
#: Power of the harmonics of a pitch.
HARMONICS = (0.7, 0.18, 0.07, 0.03, 0.015)
#: Share of the cells' random variation that all bands have in common.
COMMON = 0.7


@dataclass(frozen=True)
class Controls:
    """What a user may change, each one number or one a cell.

    `pitch` in semitones; `brightness` −1…1; `distance` 0…1; `gain` in dB; `roughness` scales the variation from cell
    to cell; `tone` 0…1 is how much of the sound is one pitch, which follows the middle of its spectrum (`glide`) or
    stays where the sound is loudest.
    """

    pitch: Floats | float = 0.0
    brightness: Floats | float = 0.0
    distance: Floats | float = 0.0
    gain: Floats | float = 0.0
    roughness: Floats | float = 1.0
    tone: float = 0.0
    glide: bool = True


@dataclass(frozen=True)
class Shaped:
    """`noise`, `tone` (dB) and `frequency` (Hz), each `[64, cells]`, at `times` in seconds."""

    noise: Floats
    tone: Floats
    frequency: Floats
    times: Floats


def shaped(grid: Floats, edges: Floats, controls: Controls, rng: np.random.Generator) -> Shaped:
    """Apply `controls` to a grid whose cells lie between `edges` (seconds, one more than cells)."""
    level, tonality, offset, spread = (np.asarray(part, np.float64) for part in grid)
    cells = level.shape[1]
    level = level + spread * _variation(cells, rng) * np.broadcast_to(controls.roughness, cells)
    share = tonality
    frequency = frequency_of(np.arange(BANDS)[:, None] + _calm(offset))
    factor = 2.0 ** (np.broadcast_to(controls.pitch, cells) / 12)
    if np.any(factor != 1):
        source = band_of(CENTERS[:, None] / factor)
        inside = np.clip(source, 0, BANDS - 1)
        beyond = np.maximum(source - (BANDS - 1), 0) * FALL - np.minimum(source, 0) * 2.0
        level = _rows(level, inside) - beyond
        nearest = np.round(inside).astype(int)
        share = np.take_along_axis(share, nearest, 0)
        frequency = np.take_along_axis(frequency, nearest, 0) * factor
    octaves = np.log2(CENTERS / HINGE)
    level = silent(np.clip(level, FLOOR, None))
    level = level + np.multiply.outer(octaves, np.broadcast_to(controls.brightness, cells) * TILT)
    level = level + air(np.broadcast_to(controls.distance, cells)) + controls.gain
    noise = level + 10 * np.log10(np.maximum(1 - share, 1e-6))
    tone = level + 10 * np.log10(np.maximum(share, 1e-9))
    found = Shaped(noise, tone, frequency, (edges[:-1] + edges[1:]) / 2)
    return _pitched(found, level, controls) if controls.tone > 0 else found


def _pitched(sound: Shaped, level: Floats, controls: Controls) -> Shaped:
    """`sound` with its power, up to `tone`, in a fundamental and its harmonics instead of noise.

    Networks of few clips know how loud a beep is, and how high, but spread its partials over the bands around.
    """
    power = 10 ** (level / 10)
    weight = power**0.5  # nearer to what is heard as the pitch than the power itself
    place = (weight * np.arange(BANDS)[:, None]).sum(0) / np.maximum(weight.sum(0), 1e-30)
    total = power.sum(0)
    if controls.glide:
        place = _calm(place[None])[0]
    else:
        place = np.full_like(place, (place * total).sum() / max(float(total.sum()), 1e-30))
    tone, frequency = sound.tone.copy(), sound.frequency.copy()
    for number, share in enumerate(HARMONICS):
        tone[number] = 10 * np.log10(np.maximum(total * share * controls.tone, 1e-20))
        frequency[number] = np.minimum(frequency_of(place) * (number + 1), 20_000)
    quieter = 10 * np.log10(1 - 0.97 * controls.tone)
    return Shaped(sound.noise + quieter, tone, frequency, sound.times)


def _rows(values: Floats, places: Floats) -> Floats:
    """`values [64, cells]` read at fractional rows `places [64, cells]`."""
    first = np.minimum(places.astype(int), BANDS - 2)
    part = places - first
    return np.take_along_axis(values, first, 0) * (1 - part) + np.take_along_axis(values, first + 1, 0) * part


def _calm(offset: Floats) -> Floats:
    """Offsets `[64, cells]` averaged over a few cells."""
    half = CALM // 2
    sums = np.cumsum(np.pad(offset, ((0, 0), (half + 1, half)), mode="edge"), axis=1)
    return (sums[:, CALM:] - sums[:, :-CALM]) / CALM


def _variation(cells: int, rng: np.random.Generator) -> Floats:
    """Return standard normal `[64, cells]`, part of it common to all bands, the rest alike in neighboring ones."""
    common = rng.standard_normal(cells)
    own = rng.standard_normal((BANDS + 8, cells))
    smooth = np.cumsum(np.concatenate((np.zeros((1, cells)), own)), axis=0)
    near = (smooth[9:] - smooth[:-9])[:BANDS] / 3.0
    return np.sqrt(COMMON) * common + np.sqrt(1 - COMMON) * near
