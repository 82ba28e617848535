"""How a texture moves: evenly or in beats, smoothly or trembling, onwards or back the way it came.

None of these cares for a value's scale or offset.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]


def variation(frames: Array) -> float:
    """Coefficient of variation of the mean change from frame to frame of a whole loop `[N,…]`: 0 is even; a beat or a
    freeze makes it large."""
    flat = _flat(frames)
    changes = np.abs(np.roll(flat, -1, axis=0) - flat).mean(axis=1)
    return float(changes.std() / changes.mean())


def trembling(frames: Array) -> float:
    """Energy of the second differences over that of the first, of consecutive frames `[N,…]`: near 0 is smooth, 3 is a
    new picture in each frame, 4 a flicker between two pictures."""
    first = np.diff(_flat(frames), axis=0)
    return float(np.square(np.diff(first, axis=0)).mean() / np.square(first).mean())


def reversal(frames: Array) -> float:
    """How far one half of a loop `[N,…]`, N ≥ 8, is the other played backwards: 1 is wholly, 0 or less not at all.

    The mean correlation of the frames that lie equally far before and after a turning point, for the worst such point.
    Pairs less than a quarter of the loop apart are left out, since they are alike in any case.
    """
    flat = _flat(frames)
    flat = flat - flat.mean(axis=0)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-12)
    likeness = flat @ flat.T
    count = len(flat)
    here = np.arange(count)
    worst = -1.0
    for turn in range(count):
        there = (turn - here) % count
        apart = np.minimum((here - there) % count, (there - here) % count)
        far = apart >= count / 4
        worst = max(worst, float(likeness[here[far], there[far]].mean()))
    return worst


def _flat(frames: Array) -> npt.NDArray[np.float64]:
    return np.asarray(frames, np.float64).reshape(len(frames), -1)
