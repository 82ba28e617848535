"""Image quilting (Efros & Freeman, SIGGRAPH 2001): patches of the photograph, cut together where they differ least."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

#: Side of a patch and of the overlap, px; how much worse than the best a patch may be; places that are looked at.
PATCH, OVERLAP, TOLERANCE, PLACES = 48, 12, 0.1, 1500


def picture(image: Array, side: int, seed: int) -> Array:
    """Return a picture `[3,side,side]` quilted from `image [3,H,W]`, H, W ≥ PATCH.

    The places tried are a random sample.
    """
    rng = np.random.default_rng(seed)
    rows, columns = (rng.integers(size - PATCH + 1, size=PLACES) for size in image.shape[1:])
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, PATCH, PATCH))[0]
    choices = np.ascontiguousarray(windows[rows, columns])
    step = PATCH - OVERLAP
    count = -(-(side - OVERLAP) // step)
    out = np.zeros((3, count * step + OVERLAP, count * step + OVERLAP), np.float32)
    tops, lefts = np.ascontiguousarray(choices[:, :, :OVERLAP]), np.ascontiguousarray(choices[..., :OVERLAP])
    for row, column in np.ndindex(count, count):
        y, x = row * step, column * step
        there = out[:, y : y + PATCH, x : x + PATCH]
        error = np.zeros(PLACES, np.float32)
        if row:
            error += _squares(tops, there[:, :OVERLAP])
        if column:
            error += _squares(lefts, there[..., :OVERLAP])
        fitting = np.flatnonzero(error <= error.min() * (1 + TOLERANCE))
        piece = choices[rng.choice(fitting)]
        mask = np.ones((PATCH, PATCH), bool)
        if row:
            mask &= _seam(np.square(there[:, :OVERLAP] - piece[:, :OVERLAP]).sum(axis=0).T).T
        if column:
            mask &= _seam(np.square(there[..., :OVERLAP] - piece[..., :OVERLAP]).sum(axis=0))
        there[:, mask] = piece[:, mask]
    return out[:, :side, :side]


def _squares(pieces: Array, there: Array) -> Array:
    """Return sums of squared differences of `pieces [N,…]` to `there`."""
    flat, target = pieces.reshape(len(pieces), -1), there.ravel()
    distances: Array = np.square(flat).sum(axis=1) - 2 * flat @ target + target @ target
    return np.maximum(distances, 0)


def _seam(cost: Array) -> npt.NDArray[np.bool_]:
    """Where the new patch shows: right of the cheapest way down through `cost [PATCH,OVERLAP]`, `[PATCH,PATCH]`."""
    total = cost.copy()
    for row in range(1, len(total)):
        before = np.pad(total[row - 1], 1, constant_values=np.inf)
        total[row] += np.minimum(np.minimum(before[:-2], before[1:-1]), before[2:])
    place = int(total[-1].argmin())
    mask = np.ones((PATCH, PATCH), bool)
    for row in range(len(total) - 1, -1, -1):
        if row < len(total) - 1:
            low = max(place - 1, 0)
            place = low + int(total[row, low : place + 2].argmin())
        mask[row, :place] = False
    return mask
