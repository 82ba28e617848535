"""From a field of any values to a shape that covers just so much of the frame.

The field is turned into ranks first: the share of the frame whose value is smaller. A threshold of ranks is a quantile
of the field, so that coverage 0 is empty, 1 is full, and a half is half, whatever the network gave. While the field
stands still, a pixel that is covered stays covered as coverage grows.
"""

from __future__ import annotations

import numpy as np

from ._base import Array

#: Bins of the histogram that ranks are read from; inside a bin they go on evenly.
BINS = 8192
#: The steepest edge, as softness: about one step of 8 bits.
HARD = 1 / 256


def ranks(field: Array) -> Array:
    """`float32 [H,W]` of finite values → their ranks in 0…1, smallest 0, largest 1; of an even field, a half."""
    low, high = float(field.min()), float(field.max())
    if not high > low:
        return np.full(field.shape, 0.5, np.float32)
    place = (field - np.float32(low)) * np.float32(BINS / (high - low))
    bins = np.minimum(place.astype(np.int32), BINS - 1)
    counts = np.bincount(bins.ravel(), minlength=BINS)
    ends = np.concatenate(([0], np.cumsum(counts))) / field.size
    first, width = ends[:-1].astype(np.float32), np.diff(ends).astype(np.float32)
    place -= bins
    place *= width[bins]
    place += first[bins]
    return np.clip(place, 0.0, 1.0, out=place)


def led(order: Array, lead: Array, strength: float) -> Array:
    """Ranks `order [H,W]` that a place leads: by `strength` 0…1 from the shapes' own to the ranks `lead` alone."""
    if strength <= 0:
        return order
    return ranks(order * np.float32(1 - strength) + lead * np.float32(strength))


def towards(size: tuple[int, int], degrees: float) -> Array:
    """Where each px of a frame (height, width) lies along a direction: 0 behind, 1 ahead. 0° is right, 90° is up."""
    height, width = size
    x, y = np.cos(np.radians(degrees)), -np.sin(np.radians(degrees))
    along = np.add.outer((np.arange(height) + 0.5) * y, (np.arange(width) + 0.5) * x)
    reach = (abs(x) * width + abs(y) * height) or 1.0
    place: Array = ((along - (min(x, 0) * width + min(y, 0) * height)) / reach).astype(np.float32)
    return place


def around(size: tuple[int, int], x: float, y: float) -> Array:
    """Distance of each px of a frame (height, width) from the point (`x`, `y`), parts of the frame from below left."""
    height, width = size
    down = (np.arange(height) + 0.5 - (1 - y) * height).astype(np.float32)
    across = (np.arange(width) + 0.5 - x * width).astype(np.float32)
    far: Array = np.hypot(down[:, None], across[None])
    far /= np.float32(max(float(far.max()), 1.0))
    return far


def from_edges(size: tuple[int, int]) -> Array:
    """Distance of each px of a frame (height, width) from the nearest edge: 0 there, 1 in the middle."""
    height, width = size
    down, across = (np.minimum(np.arange(n) + 0.5, n - np.arange(n) - 0.5).astype(np.float32) for n in size)
    nearest: Array = np.minimum(down[:, None], across[None]) / np.float32(min(height, width) / 2)
    return nearest


def covered(order: Array, coverage: float, softness: float) -> Array:
    """How much each px is covered, `[H,W]` in 0…1, from its rank in `order` (0 is covered first).

    All 0 at coverage 0, all 1 at coverage 1, and nowhere falling in between. `softness` 0…1 is the width of the edge
    in ranks; it is never narrower than a pixel, so that hard edges are smooth lines.
    """
    slope = np.zeros_like(order)
    slope[:, 1:] += np.abs(np.diff(order, axis=1))
    slope[1:] += np.abs(np.diff(order, axis=0))
    width = np.clip(slope, max(softness, HARD), max(softness, 0.25), out=slope)
    edge = np.clip((np.float32(coverage) * (1 + width) - order) / width, 0.0, 1.0)
    smooth: Array = edge * edge * (3 - 2 * edge)
    return smooth


def front(order: Array, coverage: float, width: float) -> Array:
    """Return a glow along the edge of what is covered, `[H,W]` in 0…1; none at coverage 0 and 1.

    `width` > 0 in ranks.
    """
    place = (np.float32(coverage * (1 + 2 * width) - width) - order) / np.float32(width)
    glow: Array = np.maximum(1 - np.abs(place) - np.float32(1e-4), 0.0)  # what rounding leaves at both ends is no glow
    return np.square(glow)
