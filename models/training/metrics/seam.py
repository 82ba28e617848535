"""How visible the join is when a picture is laid beside itself: 1 is not at all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def ratio(image: npt.NDArray[np.floating], axis: int) -> float:
    """Mean step across the join over the mean step inside, of `image [C,H,W]` along `axis` (1 rows, 2 columns)."""
    image = np.asarray(image, np.float64)
    inside = np.abs(np.diff(image, axis=axis)).mean()
    join = np.abs(np.take(image, 0, axis) - np.take(image, -1, axis)).mean()
    return float(join / inside)
