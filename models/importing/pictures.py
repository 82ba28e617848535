"""The pictures that a network is tried with: a landscape, whose colors and edges are as those of photos, and noise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

#: Red, green and blue of the sky above and at the horizon, of the sun, and of the hills from far to near.
_SKY, _HORIZON, _SUN = (0.20, 0.42, 0.78), (0.93, 0.80, 0.66), (1.0, 0.97, 0.86)
_HILLS = ((0.45, 0.50, 0.58), (0.25, 0.38, 0.22), (0.10, 0.15, 0.06))


def landscape(height: int, width: int, seed: int) -> Array:
    """Return hills under a sky with a sun `[3,height,width]`, 0…1: bright and dark parts, edges, and fine grain."""
    rng = np.random.Generator(np.random.Philox(seed))
    y, x = np.linspace(0, 1, height)[:, None], np.linspace(0, 1, width)[None]
    image = _color(_SKY) + (_color(_HORIZON) - _color(_SKY)) * np.minimum(y / 0.6, 1)
    sun = ((x - rng.uniform(0.2, 0.8)) ** 2 + (y - rng.uniform(0.15, 0.35)) ** 2) < 0.008
    image = np.where(sun, _color(_SUN), image + np.zeros_like(x))
    for number, hill in enumerate(_HILLS):
        waves = [rng.uniform(0.3, 1) * np.sin(x * 2**n * 4 + rng.uniform(0, 6)) / 2**n for n in range(6)]
        ground = y > 0.45 + 0.17 * number + 0.07 * sum(waves)
        grain = 0.12 * rng.standard_normal((height, width)) * _color(hill)
        image = np.where(ground, _color(hill) * (1.4 - 0.5 * y) + grain, image)
    return np.clip(image, 0, 1).astype(np.float32)


def noise(height: int, width: int, seed: int) -> Array:
    """Return colors of which each is as likely, `[3,height,width]`, 0…1."""
    return np.random.Generator(np.random.Philox(seed)).random((3, height, width), np.float32)


def _color(color: tuple[float, float, float]) -> npt.NDArray[np.float64]:
    return np.array(color)[:, None, None]
