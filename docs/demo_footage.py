"""Draw the clip of the demo's film: a boat that sails at sunset, or before a green screen. Plain NumPy, no data."""

from __future__ import annotations

import math
from importlib import import_module
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
GREEN = (0.06, 0.72, 0.14)
#: Colors of the sky from the zenith to the horizon, of the sun and of the sea far away and near.
ZENITH, MIDDLE, HORIZON, SUN = (0.16, 0.20, 0.42), (0.86, 0.44, 0.38), (1.0, 0.78, 0.45), (1.0, 0.93, 0.72)
FAR, NEAR = (0.52, 0.34, 0.40), (0.05, 0.10, 0.20)
NIGHT = (0.35, 0.52, 0.70)  # what is left of the light at night


def write(folder: Path, frames: int, size: tuple[int, int], screen: bool, fps: int) -> list[Path]:
    """Write the clip as PNG files of `size` (width, height) px; with `screen` at night before a green screen."""
    png = import_module("bl_ext.user_default.latent_strips.models.imaging.png").png
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(frames):
        files.append(folder / f"{number + 1:04}.png")
        files[-1].write_bytes(png(picture(number / fps, size, screen)))
    return files


def picture(time: float, size: tuple[int, int], screen: bool) -> Array:
    """Return the picture `[3,H,W]` at a time in seconds. Lengths are parts of the height, y points down."""
    width, height = size
    y, x = (np.mgrid[:height, :width].astype(np.float32) + 0.5) / height
    x -= width / height / 2
    image = _color(GREEN) + 0 * x if screen else _sky(x, y)
    ship = -0.55 + 0.2 * time
    for depth, level in enumerate((0.62, 0.67, 0.74, 0.84)):
        if depth == 2:
            image = _boat(image, x, y, ship, time, screen)
        image = _wave(image, x, y, level, depth, time, screen)
    return np.clip(image, 0, 1).astype(np.float32)


def _sky(x: Array, y: Array) -> Array:
    up = np.clip(y / 0.64, 0, 1)
    image = _mixed(_color(ZENITH) + 0 * x, _color(MIDDLE), np.clip(up * 1.6, 0, 1) ** 1.2)
    image = _mixed(image, _color(HORIZON), np.clip(up * 2.2 - 1.2, 0, 1))
    sun = np.hypot(x - 0.3, y - 0.5)
    image = image + _color(SUN) * (0.5 * np.exp(-sun * 5) + 0.25 * np.exp(-sun * 16))
    image = _mixed(image, _color(SUN), _inside(0.085 - sun, y))
    for bank, (height, left) in enumerate(((0.17, 0.5), (0.29, -0.4), (0.40, 0.75))):
        edge = 0.022 * np.sin(x * 7 + bank * 2) + 0.012 * np.sin(x * 17 + bank)
        thick = 0.032 * np.exp(-(((x - left) / 0.45) ** 2)) + edge * 0.25
        image = _mixed(image, _color((0.98, 0.62, 0.48)), 0.55 * np.clip((thick - abs(y - height)) * 50, 0, 1))
    return image


def _wave(image: Array, x: Array, y: Array, level: float, depth: int, time: float, screen: bool) -> Array:
    """Lay one row of waves over what is behind it: sunlit crests, darker below."""
    near = depth / 3
    pace, length = time * (0.7 + 0.6 * near), 11 - 6 * near
    swell = np.sin(x * length + pace + depth * 1.7) + 0.4 * np.sin(x * length * 2.3 - pace * 1.3)
    crest = level + (0.004 + 0.014 * near) * swell
    body = _mixed(_color(FAR) + 0 * x, _color(NEAR), np.clip(near * 0.8 + (y - crest) * 1.5, 0, 1))
    ripples = np.sin(x * (60 - 34 * near) + 9 * np.sin(y * 70 + time * 1.5 + depth))
    ripples = ripples * np.sin(y * (420 - 260 * near) - time)
    path = np.exp(-(((x - (-0.25 if screen else 0.3)) / (0.10 + 0.25 * near)) ** 2))
    body = body + _color(SUN) * (0.5 * path * np.clip(ripples - 0.1, 0, 1) + 0.05 * np.clip(ripples, 0, 1))
    body = body + _color(HORIZON) * 0.22 * np.exp(-np.clip(y - crest, 0, 1) * 90)
    if screen:
        body = body * _color(NIGHT)
    return _mixed(image, body, _inside(y - crest, y))


def _boat(image: Array, x: Array, y: Array, at: float, time: float, screen: bool) -> Array:
    """Lay the boat over what is behind it: two sails, a mast, a flag and the hull. It rolls and heaves."""
    roll, heave = 0.05 * math.sin(time * 1.9), 0.008 * math.sin(time * 1.9 + 1)
    right, down = x - at, y - (0.715 + heave)
    right, down = right * math.cos(roll) + down * math.sin(roll), down * math.cos(roll) - right * math.sin(roll)
    light = 1.0 + 0.9 * right
    billow = 0.028 * np.sin(np.clip((-down - 0.05) / 0.40, 0, 1) * np.pi)
    leech, luff = 0.225 * (1 + (down + 0.04) / 0.42) + billow, 0.19 * (1 + (down + 0.04) / 0.36) + billow
    main = np.minimum.reduce([0.015 - right, right + leech, -0.036 - down])
    jib = np.minimum.reduce([right - 0.028, luff - right, -0.036 - down])
    mast = np.minimum(0.0055 - abs(right - 0.02), np.minimum(down + 0.50, 0.02 - down))
    wind = 0.008 * np.sin(right * 60 + time * 9)
    flag = np.minimum.reduce([0.014 - abs(down + 0.482 + wind), 0.016 - right, right + 0.075])
    sheer = 0.4 * right**2
    ends = 0.235 - abs(right - 0.005) - 0.9 * np.clip(down + 0.03, 0, 1)
    hull = np.minimum.reduce([down + 0.035 + sheer, 0.055 - down, ends])
    rail = np.minimum(hull, 0.014 - abs(down + 0.026 + sheer))
    seams = np.where(np.sin(down * 95) > 0.96, np.float32(0.9), np.float32(1))
    for shape, paint in (
        (flag, _color((0.98, 0.80, 0.30)) * light),
        (mast, _color((0.30, 0.18, 0.11)) * light),
        (main, _color((0.80, 0.16, 0.15)) * light * seams),
        (jib, _color((0.97, 0.90, 0.78)) * light * seams),
        (hull, _color((0.24, 0.12, 0.10)) * light),
        (rail, _color((0.92, 0.78, 0.55)) * light),
    ):
        image = _mixed(image, paint * _color((0.62, 0.68, 0.82)) if screen else paint, _inside(shape, y))
    return image


def _inside(distance: Array, y: Array) -> Array:
    """Return how much of each pixel lies within a shape, whose inside has a positive distance."""
    return np.clip(distance * y.shape[0] + 0.5, 0, 1)


def _mixed(below: Array, above: Array, amount: Array) -> Array:
    return below + (above - below) * amount


def _color(rgb: tuple[float, float, float]) -> Array:
    return np.array(rgb, np.float32)[:, None, None]
