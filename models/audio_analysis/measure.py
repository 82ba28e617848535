"""How loud it is in each frame, in all or in a band, and where something begins.

A frame is measured in parts of at most 10 ms, of which the loudest counts, so that a click shows in full at any frame
rate. No measure looks ahead: what happens in a frame shows in that frame, never in the one before it. Bands are told
apart up to 4 ms late.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from . import MEASURES
from .mix import RATE, Floats, Mixer, PlacedSound

#: The edges of the bands low, mid and high, Hz.
EDGES = (20.0, 250.0, 4000.0, 16_000.0)
#: The longest part of a frame, seconds.
PART = 0.01
#: Samples that a spectrum is taken of: those up to the end of a part. Their weight falls towards the past, and over the
#: last ones to nothing, so that a tone of 60 Hz is 30 dB softer in the middle band, and 100 dB in the high one.
WINDOW, SOFT = 1024, 128
#: dB of silence.
SILENT = -120.0
#: An onset is a rise over the loudest of so many parts before, above what is this far below the loudest, dB.
BEFORE, DEEP = 3, 60.0
#: Parts that are made at once.
BLOCK = 256


def measured(
    pieces: Sequence[PlacedSound], frames: int, fps: float, measure: str, tick: Callable[[], None] = lambda: None
) -> Floats:
    """dB of each frame relative to full scale; for `onset` how many dB louder it became there, over three bands.

    `tick` is called between blocks and may raise to stop. Raises MediaError.
    """
    parts = max(1, math.ceil(1 / (fps * PART)))
    early = math.ceil(0.05 * fps)  # what sounds before the first frame has begun before it
    edges = np.round(np.arange((frames + early) * parts + 1) * RATE / (fps * parts)).astype(int)
    mixer = Mixer(pieces, -early / fps, fps)
    past = np.zeros((2, WINDOW))
    found = []
    for first in range(0, len(edges) - 1, BLOCK):
        tick()
        here = edges[first : first + BLOCK + 1]
        sound = np.concatenate((past, mixer.read(int(here[-1] - here[0]))), axis=1)
        ends = here - here[0] + WINDOW
        found.append(_levels(sound, ends) if measure == "level" else _bands(sound, ends[1:]))
        past = sound[:, -WINDOW:]
    decibels = 10 * np.log10(np.maximum(np.concatenate(found, axis=1), 10 ** (SILENT / 10)))
    if measure == "onset":
        decibels = _rises(decibels)
    else:
        decibels = decibels[0 if measure == "level" else MEASURES.index(measure) - 2]
    return decibels.reshape(-1, parts).max(1)[early:]


def _levels(sound: Floats, ends: Floats) -> Floats:
    """Mean power between neighboring `ends`, `[1, parts]`."""
    sums = np.concatenate(([0.0], np.cumsum((sound**2).mean(0))))[ends]
    return (np.diff(sums) / np.maximum(np.diff(ends), 1))[None]


def _bands(sound: Floats, ends: Floats) -> Floats:
    """Power in each band before each of `ends`, `[3, parts]`."""
    weight = np.sin(np.pi / 2 * (np.arange(WINDOW) + 0.5) / WINDOW) ** 2
    weight[-SOFT:] *= np.cos(np.pi / 2 * (np.arange(SOFT) + 0.5) / SOFT) ** 2
    views = np.lib.stride_tricks.sliding_window_view(sound, WINDOW, axis=1)[:, ends - WINDOW]
    power = (np.abs(np.fft.rfft(views * weight, axis=2)) ** 2).mean(0) * 2 / (WINDOW * (weight**2).sum())
    frequency = np.fft.rfftfreq(WINDOW, 1 / RATE)
    inside = [(low <= frequency) & (frequency < high) for low, high in pairwise(EDGES)]
    return np.stack([power[:, chosen].sum(1) for chosen in inside])


def _rises(decibels: Floats) -> Floats:
    """How many dB each part is above the loudest of those before it, all bands together, `[parts]`."""
    heard = np.maximum(decibels, decibels.max() - DEEP)
    padded = np.pad(heard, ((0, 0), (BEFORE, 0)), mode="edge")
    before = np.max([padded[:, n : n + heard.shape[1]] for n in range(BEFORE)], axis=0)
    return np.maximum(heard - before, 0.0).sum(0)
