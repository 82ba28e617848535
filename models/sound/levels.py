"""The last steps of every sound: no DC, no clicks, the loudness asked for, and no clipping."""

from __future__ import annotations

import math

import numpy as np

from .bands import Floats
from .noise import RATE

#: The highest true peak, dBTP.
CEILING = -1.0
#: Seconds that a sound fades out over where the strip cuts it off.
CLICK = 0.02


def finished(sound: Floats, attack: float, closed: bool, channels: int) -> Floats:
    """`sound [2, count]` without DC, faded in over `attack` seconds and out unless `closed`; of 1 or 2 channels."""
    sound = sound.mean(0, keepdims=True) if channels == 1 else sound
    count = sound.shape[1]
    fade = np.ones(count)
    rise = min(round(attack * RATE), count)
    if rise > 1:
        fade[:rise] = np.sin(np.linspace(0, np.pi / 2, rise)) ** 2
    if not closed:
        end = min(round(CLICK * RATE), count)
        fade[count - end :] *= np.linspace(1, 0, end)
    sound = sound * fade
    return sound - fade * (sound.sum(1, keepdims=True) / max(fade.sum(), 1.0))


def driven(sound: Floats, force: float) -> Floats:
    """`sound` pressed into saturation as far as `force` is above 1; its peak stays."""
    peak = np.abs(sound).max()
    if force <= 1 or not peak:
        return sound
    drive = 4 * (force - 1)
    return np.tanh(sound / peak * drive) / np.tanh(drive) * peak


def at_loudness(sound: Floats, lufs: float) -> Floats:
    """`sound` at `lufs`, or quieter where its true peak would pass the ceiling. Silence stays silence.

    What is too short or too soft to have a loudness gets the ceiling's peak.
    """
    from .loudness import measure  # PyAV, which Blender's own process never loads

    peak = float(np.abs(sound).max())
    if peak < 1e-12:
        return sound
    sound = sound / peak  # the meter takes single precision
    loudness, true_peak = measure(sound, RATE)
    gain = CEILING - max(true_peak, 0.0)
    if math.isfinite(loudness):
        gain = min(gain, lufs - loudness)
    return sound * 10 ** (gain / 20)
