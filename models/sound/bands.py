"""The grid that sounds are described on: 64 bands in frequency, 96 cells in time.

Bands are even on the ERB-rate scale (Glasberg and Moore, 1990), about as the ear divides them. An event has short
cells at its onset and longer ones in its tail; a sustained sound has even ones. A description is `[4, 64, 96]`:

    0 level     dB below the loudest cell, 0 … −80
    1 tonality  share of a cell's power that is one partial, 0 … 1
    2 offset    of that partial from the band's center, in bands, −0.5 … 0.5
    3 spread    how much levels vary from cell to cell beyond what noise does by itself, dB (standard deviation)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[Any]

BANDS, CELLS = 64, 96
#: Centers of the lowest and highest band, Hz.
LOWEST, HIGHEST = 30.0, 15_500.0
#: dB of a cell that holds nothing.
FLOOR = -80.0
#: An event's first cells, seconds each, and by how much the later ones grow: 5.2 s in all.
FINE, FINE_CELLS, GROWTH = 0.002, 24, 1.075
#: A cell of a sustained sound, seconds.
EVEN = 0.01


def erb(hertz: Any) -> Any:
    """Hz → ERB-rate (number of equivalent rectangular bandwidths below)."""
    return 21.4 * np.log10(1 + 0.00437 * np.asarray(hertz, np.float64))


def hertz(rate: Any) -> Any:
    """ERB-rate → Hz."""
    return (10 ** (np.asarray(rate, np.float64) / 21.4) - 1) / 0.00437


#: ERB-rates from one band to the next.
STEP = float((erb(HIGHEST) - erb(LOWEST)) / (BANDS - 1))
#: Centers, Hz.
CENTERS = hertz(erb(LOWEST) + STEP * np.arange(BANDS))


def band_of(frequency: Any) -> Any:
    """Hz → place on the axis of bands: 0 is the lowest center, 63 the highest; fractions between."""
    return (erb(frequency) - erb(LOWEST)) / STEP


def frequency_of(band: Any) -> Any:
    """Place on the axis of bands → Hz."""
    return hertz(erb(LOWEST) + STEP * np.asarray(band, np.float64))


def event_edges() -> Floats:
    """Return the 97 edges of an event's cells, seconds from its onset."""
    steps = np.concatenate((np.full(FINE_CELLS, FINE), FINE * GROWTH ** np.arange(1, CELLS - FINE_CELLS + 1)))
    return np.concatenate(([0.0], np.cumsum(steps)))


def even_edges() -> Floats:
    """Return the 97 edges of a window of a sustained sound, seconds."""
    return np.arange(CELLS + 1) * EVEN
