"""Which range the numbers of a picture were made for: told from the numbers, few of which may lie beyond it.

Networks without a last `tanh` or `clip` leave their range here and there: fast neural style (Johnson et al., 2016)
returns −100…400, of which 0…255 are meant. So what lies between the first and the last percent decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..cards.port import Port
from ..inference.arrays import AnyArray
from .known_models import MEAN, STD

#: Percent of the numbers that may lie below a range, and above it.
BEYOND = 1.0
#: The numbers of an array that are looked at.
LOOKED_AT = 2**18


@dataclass(frozen=True)
class Range:
    """What black and white are: `low` and `high`, or the colors of 0…1 less `mean`, divided by `std`."""

    low: float
    high: float
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    @classmethod
    def of(cls, port: Port) -> Range:
        """Return the range of a port."""
        return cls(port.low, port.high, port.mean, port.std)

    def on(self, port: Port) -> Port:
        """Return a port with this range."""
        return replace(port, low=self.low, high=self.high, mean=self.mean, std=self.std)

    def shown(self, numbers: AnyArray) -> AnyArray:
        """Return numbers of this range as colors of 0…1, of which nothing lies beyond."""
        colors = (numbers - self.low) / (self.high - self.low)
        if self.mean:  # of which channel a number is isn't known here
            colors = colors * np.mean(self.std) + np.mean(self.mean)
        return np.clip(colors, 0, 1)


UNIT, BYTES, SIGNED, NORMALIZED = Range(0.0, 1.0), Range(0.0, 255.0), Range(-1.0, 1.0), Range(0.0, 1.0, MEAN, STD)
#: The ranges that colors usually have.
STANDARD = (UNIT, BYTES, SIGNED, NORMALIZED)


def looked_at(array: AnyArray) -> AnyArray:
    """Return some of an array's numbers, from all over it."""
    step = array.size // LOOKED_AT | 1
    step += 2 * (step % 3 == 0)  # or channels that come last, or every second row, would be left out
    return array.reshape(-1)[::step].astype(np.float64)


def ranged(numbers: AnyArray, port: Port, colors: bool = False) -> Range:
    """Return the range that these numbers of a picture were made for, as a port or the usual says, else what they are.

    `colors` says that the picture was made of another one, whose colors may have been normalized.
    """
    least, most = float(numbers.min()), float(numbers.max())
    slack = 0.05 * (port.high - port.low)
    if (port.low, port.high) != (0.0, 1.0) and port.low - slack <= least and most <= port.high + slack:
        return Range(port.low, port.high)  # as the graph's last operation has it
    beyond = 0.0 if port.role == "mask" else BEYOND  # what a mask keeps may be small
    low, high = (float(value) for value in np.percentile(numbers, (beyond, 100 - beyond)))
    middle, largest = (low + high) / 2, max(-low, high)
    if low >= -0.1 and -2 * low <= high <= 1.1:
        return UNIT
    if largest <= 1.5:
        return UNIT if middle > 0.25 else SIGNED
    if largest <= 3.2 and colors and port.channels == 3:
        return UNIT if low > -0.9 and middle > 0.25 else NORMALIZED
    if largest <= 2.0:
        return SIGNED
    if largest > 8.0 and low >= -320.0 and high <= 640.0 and (low >= -16.0 or middle >= 32.0):
        return BYTES
    return Range(low, high) if high - low > 1e-6 * largest else Range(-largest, largest)
