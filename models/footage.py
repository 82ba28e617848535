"""Footage, frame by frame: movies and pictures, decoded by FFmpeg through PyAV, one frame in memory at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
import numpy.typing as npt

from .errors import MediaError

Pixels = npt.NDArray[np.uint8]
#: A frame that is further ahead than this is sought, not decoded up to; frames.
FAR = 48


class Movie:
    """The pictures of a movie file by number, upright as the file says, or as they are stored, without `upright`.

    Close it after use, or use it as a context.

    Frame n is the one that is shown n / rate seconds after the first, whatever lies between: files of varying frame
    rate come out in even steps. Raises MediaError for files that hold no picture.
    """

    def __init__(self, path: Path, stream: int = 0, upright: bool = True) -> None:
        self.path, self._is_upright = path, upright
        try:
            self._container = av.open(str(path))
        except (av.FFmpegError, OSError, ValueError) as error:
            raise MediaError(f"{path}: can't be read as a movie ({error}).") from error
        videos = self._container.streams.video
        if not videos:
            self._container.close()
            raise MediaError(f"{path}: holds no picture, only sound.")
        self._stream = videos[min(stream, len(videos) - 1)]
        self._stream.thread_type = "AUTO"
        self._rate = self._stream.guessed_rate or self._stream.average_rate or Fraction(25)
        self._base = self._stream.time_base or Fraction(1, 1000)
        self._start: int = self._stream.start_time or 0
        self._frames: Iterator[av.VideoFrame] = iter(())
        self._shown: av.VideoFrame | None = None
        self._next: av.VideoFrame | None = None
        self._number = -1

    @property
    def rate(self) -> float:
        """Frames a second."""
        return float(self._rate)

    @property
    def count(self) -> int:
        """About how many frames there are; 0 where the file doesn't tell."""
        if self._stream.duration:
            return round(float(self._stream.duration * self._base * self._rate))
        if self._container.duration:
            return round(float(Fraction(self._container.duration, av.time_base) * self._rate))
        return int(self._stream.frames)

    def frame(self, number: int) -> Pixels:
        """`uint8 [H,W,4]`, straight alpha; before the first and after the last those."""
        target = self._start + int(max(number, 0) / self._rate / self._base)
        if self._shown is None or number < self._number or number > self._number + FAR:
            self._seek(target)
        half = int(Fraction(1, 2) / self._rate / self._base)
        while self._next is not None and (self._next.pts or 0) <= target + half:
            self._shown, self._next = self._next, self._read()
        self._number = number
        if self._shown is None:
            raise MediaError(f"{self.path}: frame {number + 1} can't be decoded. Is the file damaged?")
        return _pixels(self._shown, self._is_upright)

    def _seek(self, target: int) -> None:
        if self._shown is not None or target > self._start:  # single pictures lose their frame when they are sought
            try:
                # Presentation times are not decoding times: begin a little early.
                early = max(self._start, target - int(1 / self._rate / self._base))
                self._container.seek(early, stream=self._stream, backward=True)
            except av.FFmpegError:  # a file without an index: from the beginning
                with contextlib.suppress(av.FFmpegError):
                    self._container.seek(self._start, stream=self._stream, backward=True)
        self._frames = self._container.decode(self._stream)
        self._shown = self._read()
        self._next = self._read() if self._shown else None

    def _read(self) -> av.VideoFrame | None:
        try:
            return next(self._frames, None)
        except av.FFmpegError:  # the end, or damage: the last good frame stays
            return None

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Pictures:
    """Image files by number; each may have its own size."""

    rate = 0.0

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = list(paths)

    @property
    def count(self) -> int:
        """How many files there are."""
        return len(self.paths)

    def frame(self, number: int) -> Pixels:
        """`uint8 [H,W,4]`, straight alpha; before the first and after the last those. Raises MediaError."""
        path = self.paths[min(max(number, 0), len(self.paths) - 1)]
        with Movie(path, upright=False) as movie:  # Blender doesn't turn them either
            return movie.frame(0)

    def close(self) -> None:
        """Nothing is held open."""


Footage = Movie | Pictures


def _pixels(frame: av.VideoFrame, upright: bool) -> Pixels:
    pixels = np.asarray(frame.to_ndarray(format="rgba"), np.uint8)
    turns = round(frame.rotation / 90) % 4 if upright else 0
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels
