"""Training clips: which files make a class, where their sounds begin, and their descriptions.

A manifest is TOML (see `sounds.toml`). Clips are split into training and test by file, never by window; which way
follows from the file's name. A class always has at least one file that is held out.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import av
import numpy as np

from ...sound.bands import Floats, even_edges, event_edges
from ..data import DataError, american
from .analysis import RATE, Spectra

#: Share of a class's files that are held out.
HELD_OUT = 0.2
#: Speeds at which clips are learned: a third of an octave down and up.
SPEEDS = (0.84, 1.0, 1.19)
#: An onset stands this many dB above the quietest of the 60 ms before it, and within `NEAR` dB of the loudest.
RISE, NEAR = 15.0, 15.0
#: Rolling events are taken so many seconds apart, and twice as long.
ROLL = 3.0
#: No more of a sustained clip than this is used, seconds.
LONGEST = 20
#: The most onsets taken from one file, and seconds between two of them.
MOST_ONSETS, APART = 16, 0.25


@dataclass(frozen=True)
class Class:
    """A class of sounds and the clips it is taught by. `every_onset` takes all events of a file, not only the first;
    `rolling` ones go on under those that follow, so that they aren't cut at the next onset.
    """

    name: str
    label: str
    folder: str
    sustained: bool = False
    every_onset: bool = False
    rolling: bool = False
    take: tuple[str, ...] = ("*",)
    leave: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clip:
    """A file of one class: where it comes from, and whether it is held out."""

    path: Path
    author: str
    license: str
    origin: str
    test: bool


@dataclass(frozen=True)
class Manifest:
    """The classes that one network learns."""

    id: str
    label: str
    license: str
    classes: tuple[Class, ...] = field(default_factory=tuple)

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a TOML manifest. Raises DataError when it doesn't parse or has no classes."""
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
            classes = tuple(_class(entry) for entry in raw.pop("class", []))
            manifest = cls(classes=classes, **american(raw))
        except (tomllib.TOMLDecodeError, TypeError) as error:
            raise DataError(f"{path}: not a manifest of sounds ({error}).") from error
        if not manifest.classes:
            raise DataError(f"{path}: names no [[class]]; give it at least one.")
        return manifest


def _class(entry: dict[str, Any]) -> Class:
    lists: dict[str, Any] = {name: tuple(entry[name]) for name in ("take", "leave") if name in entry}
    fields: dict[str, Any] = {**entry, **lists}
    return Class(**fields)


def clips(kind: Class, root: Path) -> list[Clip]:
    """Return the clips of a class below `root`, by name. Raises DataError when there are none."""
    known = _known(root)
    found = []
    for path in sorted((root / kind.folder).glob("*")):
        if any(fnmatch(path.name, p) for p in kind.take) and not any(fnmatch(path.name, p) for p in kind.leave):
            row = known.get(path.stem, {})
            told = (row.get("author", ""), row.get("licence", "unknown"), row.get("url") or row.get("repo", ""))
            found.append(Clip(path, *told, test=_draw(path.name) < HELD_OUT))
    if not found:
        raise DataError(f"{root / kind.folder}: holds no clip of {kind.name!r}. Is --data right?")
    if not any(clip.test for clip in found):  # few files: the one drawn lowest is held out
        lowest = min(found, key=lambda clip: _draw(clip.path.name))
        found = [Clip(c.path, c.author, c.license, c.origin, c is lowest) for c in found]
    return found


def read(path: Path) -> Floats:
    """Return a file as mono samples at 32 kHz, −1…1. Raises DataError."""
    try:
        with av.open(str(path)) as container:
            resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
            frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
            frames += resampler.resample(None)
    except (av.FFmpegError, IndexError) as error:
        raise DataError(f"{path}: can't be read as sound ({error}). Remove or replace it.") from error
    samples = np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float64)
    return samples - samples.mean()


def events(samples: Floats, every: bool, rolling: bool = False) -> list[Floats]:
    """Return the sounds of a clip, each from its onset to the next one's (or to the end, if `rolling`)."""
    starts = onsets(samples)
    if rolling:
        apart = [starts[0]]
        apart += [start for start in starts if start - apart[-1] > ROLL * RATE]
        starts = sorted(set(apart))
    ends = [start + round(2 * ROLL * RATE) for start in starts] if rolling else [*starts[1:], len(samples)]
    pieces = [samples[start:end] for start, end in zip(starts, ends, strict=True)]
    loudest = max(float(np.abs(piece).max()) for piece in pieces)
    pieces = [piece for piece in pieces if np.abs(piece).max() > 0.25 * loudest and len(piece) > 0.04 * RATE]
    return pieces[: MOST_ONSETS if every else 1] or [samples]


def onsets(samples: Floats) -> list[int]:
    """Where sounds begin, samples. The first is where the clip rises above −40 dB of its loudest."""
    hop = RATE // 500
    frames = samples[: len(samples) // hop * hop].reshape(-1, hop)
    level = 10 * np.log10((frames**2).mean(1) + 1e-9)
    smooth = np.convolve(level, np.ones(3) / 3, "same")
    top = smooth.max()
    first = int(np.argmax(level > level.max() - 40))
    found = [first]
    for n in range(first + 30, len(smooth) - 5):
        before, after = smooth[n - 30 : n - 1].min(), smooth[n : n + 5].max()
        if after > top - NEAR and after - before > RISE and (n - found[-1]) * hop > APART * RATE:
            found.append(n)
    return [n * hop for n in found]


def at_speed(kind: Class, samples: Floats, speed: float) -> list[Floats]:
    """Return the descriptions of a clip played at `speed`: one an event, or one each window of a sustained sound.

    Other speeds than its own are there for variety: every second window is enough.
    """
    count = max(int(len(samples) / speed), 1)
    faster = np.interp(np.arange(count) * speed, np.arange(len(samples)), samples) if speed != 1 else samples
    if not kind.sustained:
        return [Spectra(piece).describe(event_edges()) for piece in events(faster, kind.every_onset, kind.rolling)]
    edges = even_edges()
    size = round(edges[-1] * RATE)
    step = size if speed == 1 else 2 * size
    if len(faster) < size * 1.5:  # a short loop goes round
        faster = np.tile(faster, -(-3 * size // len(faster)))
    spectra = Spectra(faster[: LONGEST * RATE])
    starts = range(0, min(len(faster), LONGEST * RATE) - size, step)
    return [spectra.describe(edges + start / RATE) for start in starts]


def _draw(name: str) -> float:
    """Return a number from 0 to 1 that follows from a file's name."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32


def _known(root: Path) -> dict[str, dict[str, str]]:
    path = root / "manifest.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {Path(row["file"]).stem: row for row in csv.DictReader(file)}
