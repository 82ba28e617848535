"""How a text appears and vanishes: a mask that opens over the letters, and what glows at its edge."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .layout import Layout
from .raster import Box

Array = npt.NDArray[np.float32]

#: Width of the opening edge in parts of the whole, and the color of what glows there, for each way of appearing.
WAYS: dict[str, tuple[float, tuple[float, float, float] | None]] = {
    "fade": (0.0, None),
    "dissolve": (0.12, None),
    "burn": (0.10, (1.0, 0.5, 0.1)),
    "freeze": (0.22, (0.8, 0.95, 1.0)),
    "write": (0.04, None),
    "ink": (0.45, None),
}


def order(way: str, noise: Array, layout: Layout, box: Box, rtl: bool) -> Array:
    """When each pixel's turn comes, `[H,W]` in 0…1. `noise [6,H,W]` are the fields around the letters."""
    coarse, middle, fine = noise[3:6]
    shape = coarse.shape
    if way == "write":
        return _reading_order(layout, box, shape, rtl)
    mix = {
        "dissolve": 0.3 * coarse + 0.4 * middle + 0.9 * fine,
        "burn": 1.0 * coarse + 0.5 * middle + 0.25 * fine,
        "freeze": 0.9 * coarse + 0.7 * middle + 0.5 * fine,
        "ink": 1.0 * coarse + 0.4 * middle,
    }.get(way, np.zeros(shape, np.float32))
    spread = max(float(mix.std()), 1e-6)
    turn: Array = 1 / (1 + np.exp(-1.702 * mix / spread))  # the share of a normal distribution, nearly
    return turn


def opened(way: str, turn: Array, part: float) -> tuple[Array | float, Array | float]:
    """(how open, how much at the edge) where `part`, 0 to 1, is shown: 0 nothing, 1 everything."""
    if way == "fade":
        return part, 0.0
    width = WAYS[way][0]
    inside = np.clip((part * (1 + width) - turn) / width, 0, 1)
    smooth = inside * inside * (3 - 2 * inside)
    # The edge glows only while it moves.
    edge = 4 * smooth * (1 - smooth) * min(1.0, 6 * part, 6 * (1 - part)) if WAYS[way][1] else 0.0
    return smooth, edge


def _reading_order(layout: Layout, box: Box, shape: tuple[int, int], rtl: bool) -> Array:
    """Line after line, along each of them."""
    left, top, right, bottom = layout.rect
    lines = max(round((bottom - top) / layout.line_height), 1)
    row = np.clip((np.arange(shape[0]) + box.top - top) // layout.line_height, 0, lines - 1)
    along = np.clip((np.arange(shape[1]) + box.left - left + 0.5) / max(right - left, 1), 0, 1)
    if rtl:
        along = 1 - along
    turn: Array = ((row[:, None] + along[None]) / lines).astype(np.float32)
    return turn
