"""Whether a loop closes: what would come after its last frame must be its first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]


def gap(first: Array, again: Array) -> float:
    """Largest difference between the first frame and the frame one round later, of any shape: 0 is exact."""
    return float(np.abs(np.asarray(first, np.float64) - again).max())


def step(frames: Array) -> float:
    """Return the change from the last frame to the first over the largest one inside, of a loop `[N,…]`: at most about
    1.
    """
    frames = np.asarray(frames, np.float64)
    changes = np.abs(np.roll(frames, -1, axis=0) - frames).reshape(len(frames), -1).mean(axis=1)
    return float(changes[-1] / max(changes[:-1].max(), 1e-12))
