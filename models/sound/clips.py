"""Clips of sound from elsewhere: brought to the rate that everything has here, and laid one after another."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from .bands import Floats
from .noise import RATE

#: Seconds that the edges of a clip are faded over at least, so that nothing clicks.
SOFT = 0.005
#: The part of the band below half the lower rate over which a resampled sound falls to nothing.
ROLL_OFF = 0.06
#: Seconds that a sound is continued beyond its ends while it is resampled, so that neither end rings into the other.
MARGIN = 0.05


def at_rate(sound: Floats, rate: int) -> Floats:
    """`sound [channels, count]` of `rate` samples a second at the rate that everything has here.

    By the whole spectrum: what lies below both rates' halves stays as it is, what lies above is not invented.
    """
    if rate == RATE:
        return sound
    step, wanted = rate // math.gcd(rate, RATE), RATE // math.gcd(rate, RATE)
    count = sound.shape[1]
    margin = -(-max(2, round(MARGIN * rate)) // step) * step
    # A whole number of steps, so that both lengths are whole numbers of samples.
    after = margin + -count % step
    whole = np.pad(sound, ((0, 0), (margin, after)), mode="symmetric")
    spectrum = np.fft.rfft(whole)
    bins = min(whole.shape[1], whole.shape[1] // step * wanted) // 2 + 1
    fall = np.ones(bins)
    last = max(1, round(ROLL_OFF * bins))
    fall[bins - last :] = 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, last))
    size = whole.shape[1] // step * wanted
    made = np.fft.irfft(spectrum[:, :bins] * fall, size) * (size / whole.shape[1])
    start = margin // step * wanted
    return made[:, start : start + max(1, round(count * RATE / rate))]


def starts(count: int, length: int, fade: int, closed: bool) -> list[int]:
    """Where clips of `length` samples begin, each fading over `fade` into the next, so that they fill `count`.

    `closed`: around a circle, the last one fading into the first; clips are cut a little shorter where they must be.
    """
    hop = max(1, length - fade - 1)
    if closed:
        many = max(1, math.ceil(count / hop))
        return [round(n * count / many) for n in range(many)]
    many = 1 + max(0, math.ceil((count - length) / hop))
    return [n * hop for n in range(many)]


def joined(clips: Sequence[Floats], places: Sequence[int], count: int, fade: int, closed: bool) -> Floats:
    """Clips `[channels, length]` laid at `places` (see `starts`), each fading into the next: `[channels, count]`.

    Fades are of equal power: clips that follow each other are not alike sample by sample.
    """
    out = np.zeros((clips[0].shape[0], count))
    ends = [*places[1:], count if closed else places[-1] + clips[-1].shape[1]]
    for number, (clip, start, end) in enumerate(zip(clips, places, ends, strict=True)):
        last = number == len(clips) - 1 and not closed
        used = clip[:, : end - start + (0 if last else fade)].copy()
        soft = min(fade, used.shape[1] // 2)
        rise = np.sin((np.arange(soft) + 0.5) / max(soft, 1) * np.pi / 2)
        if closed or number:
            used[:, :soft] *= rise
        if not last:
            used[:, used.shape[1] - soft :] *= rise[::-1]
        if last:
            tail = min(round(SOFT * RATE), used.shape[1])
            used[:, used.shape[1] - tail :] *= np.linspace(1, 0, tail)
        _add(out, used, start, closed)
    return out


def _add(out: Floats, part: Floats, start: int, closed: bool) -> None:
    count = out.shape[1]
    if not closed:
        kept = part[:, : max(0, count - start)]
        out[:, start : start + kept.shape[1]] += kept
        return
    for at in range(0, part.shape[1], count):  # once around at most for each
        piece = part[:, at : at + count]
        out[:, (start + at + np.arange(piece.shape[1])) % count] += piece


def drawn(sound: Floats, side: int) -> Floats:
    """Return a picture of `sound [channels, count]`: the waveform in white on nothing, `[4, side, side]` in 0…1."""
    edges = np.linspace(0, sound.shape[1], side + 1).astype(int)
    peak = max(float(np.abs(sound).max()), 1e-12)
    picture = np.zeros((4, side, side))
    picture[:3] = 1
    rows = (np.arange(side) - (side - 1) / 2) / (side / 2)
    for column, (first, last) in enumerate(itertools.pairwise(edges)):
        part = sound[:, first : max(last, first + 1)] / peak * 0.95
        high, low = float(part.max(initial=0)), float(part.min(initial=0))
        thick = 1.2 / side
        picture[3, :, column] = (-rows <= high + thick) & (-rows >= low - thick)
    return picture
