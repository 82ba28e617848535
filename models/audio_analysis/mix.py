"""Sound files as a timeline plays them together: each at its place, cut, at its volume. Little is in memory at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from ..errors import MediaError
from ..footage.container import opened

Floats = npt.NDArray[Any]

#: Samples a second that everything is heard at: enough for the highest band that is measured.
RATE = 32_000


@dataclass(frozen=True)
class PlacedSound:
    """A sound file on the timeline. Times are seconds from the first frame that is measured, and may be negative.

    The file's first sample lies at `at`; it is heard from `start` to just before `end`, at a `volume` of one number, or
    one for each frame that is measured.
    """

    path: Path
    at: float
    start: float
    end: float
    volume: tuple[float, ...] = (1.0,)


class Mixer:
    """All pieces together, read from `begin` (seconds) on. `fps` is that of the volumes. Raises MediaError."""

    def __init__(self, pieces: Sequence[PlacedSound], begin: float, fps: float) -> None:
        self._readers = [_Reader(piece, begin, fps) for piece in pieces]
        self._place = 0

    def read(self, count: int) -> Floats:
        """Return the next `count` samples, `[2, count]`."""
        out = np.zeros((2, count))
        for reader in self._readers:
            reader.add(out, self._place)
        self._place += count
        return out


class _Reader:
    """One piece. Places are samples after the mixer's beginning."""

    def __init__(self, piece: PlacedSound, begin: float, fps: float) -> None:
        self.first, self.last = (round((time - begin) * RATE) for time in (piece.start, piece.end))
        self.at = round((piece.at - begin) * RATE)
        self._begin, self._fps, self._volume = begin, fps, np.array(piece.volume)
        self._chunks = decoded(piece.path)
        self._chunk, self._chunk_at = np.zeros((2, 0)), self.at

    def add(self, out: Floats, place: int) -> None:
        """Add what of the piece is heard in the samples from `place` on."""
        end = place + out.shape[1]
        here = max(place, self.first, self.at)
        stop = min(end, self.last)
        while here < stop:
            if self._chunk_at + self._chunk.shape[1] <= here:
                self._chunk_at += self._chunk.shape[1]
                chunk = next(self._chunks, None)
                if chunk is None:
                    self.last = here
                    return
                self._chunk = chunk
                continue
            upto = min(stop, self._chunk_at + self._chunk.shape[1])
            heard = self._chunk[:, here - self._chunk_at : upto - self._chunk_at]
            out[:, here - place : upto - place] += heard * self._loud(here, upto)
            here = upto

    def _loud(self, first: int, last: int) -> Floats | float:
        if len(self._volume) == 1:
            return float(self._volume[0])
        frames = (np.arange(first, last) / RATE + self._begin) * self._fps
        return np.interp(frames, np.arange(len(self._volume)), self._volume)


def decoded(path: Path) -> Iterator[Floats]:
    """Return the sound of a file in pieces, `[2, count]` at 32 kHz. Raises MediaError where it has none, or can't be
    read.

    Damage in the middle of a file ends it there, as it does for players.
    """
    if not path.is_file():
        raise MediaError(f"{path}: file not found. Locate it with File ▸ External Data ▸ Find Missing Files.")
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
    begun = False
    try:
        with opened(path) as container:
            if not container.streams.audio:
                raise MediaError(f"{path}: holds no sound.")
            for frame in container.decode(audio=0):
                for out in resampler.resample(frame):
                    begun = True
                    yield out.to_ndarray().astype(np.float64)
    except (av.FFmpegError, OSError, ValueError) as error:
        if not begun:
            raise MediaError(f"{path}: can't be read as sound ({error}).") from error
    yield from (out.to_ndarray().astype(np.float64) for out in resampler.resample(None) if begun)
