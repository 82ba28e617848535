"""Movies whose frames say which they are, whole and damaged."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

SIZE = 96, 64  # px across, down


def picture(n: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A ground that says its number, and a green square that moves."""
    pixels = np.full((size[1], size[0], 3), 30 + 4 * n, np.uint8)
    pixels[20:40, 10 + 2 * n : 30 + 2 * n] = (0, 220, 0)
    return pixels


def write(
    path: Path, count: int = 24, rate: int = 24, codec: str = "libx264rgb", pixels: str = "rgb24", **more: Any
) -> Path:
    """A movie of `picture`s; frame n is shown at `when(n)` frames."""
    when: Callable[[int], int] = more.get("when", lambda n: n)
    size, shown = more.get("size", SIZE), more.get("shown", picture)
    with av.open(str(path), "w", options=more.get("options", {})) as file:
        stream = file.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.options = {"crf": "0", "g": "10"} if "264" in codec else {}
        for n in range(count):
            frame = av.VideoFrame.from_ndarray(shown(n, size), format="rgb24")
            frame.pts, frame.time_base = when(n), Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def number(pixels: np.ndarray) -> float:
    """Which `picture` it is."""
    return (float(np.median(pixels[:10, ..., 0])) - 30) / 4


def cut_off(path: Path) -> Path:
    """A file that was not copied whole."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    return path


def overwritten(path: Path) -> Path:
    """A file of a damaged disk."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    return path


def grainy(n: int, size: tuple[int, int]) -> np.ndarray:
    """As `picture`, in many bytes, so that a cut leaves some frames."""
    return (picture(n, size) + np.random.default_rng(n).integers(0, 3, (size[1], size[0], 1))).astype(np.uint8)
