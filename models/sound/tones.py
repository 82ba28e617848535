"""Partials: one oscillator a band, its frequency and amplitude following the cells. Phases are summed in float64."""

from __future__ import annotations

import numpy as np

from .bands import BANDS, Floats
from .noise import RATE

#: Partials that never come within this many dB of the loudest are not made.
FAINT = 50.0
#: Nor are those that never come within this many dB of the noise: nobody hears them, and noise alone has none.
MASKED = 85.0
#: What is this far below the loudest partial or noise is silence, dB.
SILENCE = 90.0
#: Samples between two values of the control curves.
CONTROL = 48


def partials(
    level: Floats,
    frequency: Floats,
    times: Floats,
    count: int,
    rng: np.random.Generator,
    closed: bool = False,
    beside: float = -np.inf,
) -> Floats:
    """`count` samples of sines with `level [64, cells]` (dB of their power) and `frequency [64, cells]` (Hz).

    `beside` is the level of the loudest noise that they are heard with. With `closed` every frequency is moved, by less
    than 1/length Hz, so that the end meets the beginning in phase.
    """
    at = np.arange(0, count + CONTROL, CONTROL) / RATE
    out = np.zeros((len(at) - 1, CONTROL))
    phases = rng.random(BANDS)
    parts = (np.arange(out.size) + 1).reshape(out.shape) / count
    loudest = max(level.max(), beside)
    least = max(level.max() - FAINT, beside - MASKED)
    for band in np.nonzero(level.max(1) > least)[0]:
        heard = np.interp(at, times, level[band])
        amplitude = np.where(heard > loudest - SILENCE, 10 ** (heard / 20) * np.sqrt(2), 0.0)
        cycles = np.cumsum(_between(np.interp(at, times, frequency[band]) / RATE)).reshape(out.shape)
        if closed:
            last = cycles.ravel()[count - 1]
            cycles += (np.round(last) - last) * parts
        (on,) = np.nonzero((amplitude[:-1] > 0) | (amplitude[1:] > 0))  # of most partials there are moments alone
        out[on] += _between(amplitude)[on] * np.sin(2 * np.pi * (cycles[on] + phases[band]))
    return out.ravel()[:count]


def _between(control: Floats) -> Floats:
    """Return samples on straight lines between values that are `CONTROL` samples apart, a row for each line."""
    return control[:-1, None] + np.diff(control)[:, None] * (np.arange(CONTROL) / CONTROL)
