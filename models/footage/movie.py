"""Footage, frame by frame: movies and pictures, decoded by FFmpeg through PyAV, one frame in memory at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
import numpy.typing as npt

from ..errors import MediaError
from .container import opened

Pixels = npt.NDArray[np.uint8]
#: A frame that is further ahead than this is sought, not decoded up to; frames.
FAR = 48
#: Damaged pieces of a movie that are passed over, one after another, before the rest is given up.
TRIES = 100


class Decoded:
    """A decoded picture, to be turned by so many quarters; its colors are reckoned when they are asked for."""

    def __init__(self, frame: av.VideoFrame, turns: int) -> None:
        self._frame, self._turns = frame, turns

    @cached_property
    def pixels(self) -> Pixels:
        """`uint8 [H,W,4]`, straight alpha."""
        return self._upright(np.asarray(self._frame.to_ndarray(format="rgba"), np.uint8))

    @property
    def sides(self) -> tuple[int, int]:
        """Height and width."""
        sides = self._frame.height, self._frame.width
        return sides[::-1] if self._turns % 2 else sides

    @property
    def is_opaque(self) -> bool:
        """Whether it can have no alpha."""
        layout = self._frame.format
        return not layout.has_palette and not any(part.is_alpha for part in layout.components)

    def smaller(self, size: tuple[int, int]) -> Pixels:
        """Return the colors, `uint8 [h,w,3]`, in a smaller `size`, straight from how they were stored.

        FFmpeg's bicubic kernel, widened as that of `resample` is, in a third of the time.
        """
        height, width = size[::-1] if self._turns % 2 else size
        small = self._frame.reformat(width=width, height=height, format="rgb24", interpolation="BICUBIC")
        return self._upright(np.asarray(small.to_ndarray(), np.uint8))

    def _upright(self, pixels: Pixels) -> Pixels:
        return np.ascontiguousarray(np.rot90(pixels, self._turns)) if self._turns else pixels


class Movie:
    """The pictures of a movie file by number, upright as the file says, or as they are stored, without `upright`.

    Close it after use, or use it as a context.

    Frame n is the one that is shown n / rate seconds after the first, whatever lies between: files of varying frame
    rate come out in even steps. Raises MediaError for files that hold no picture.

    Where the file is damaged, or ends before it says, the last good frame is held; `warning` tells.
    """

    def __init__(self, path: Path, stream: int = 0, upright: bool = True) -> None:
        self.path, self._is_upright = path, upright
        try:
            self._container = opened(path)
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
        self._lost: set[int] = set()

    @property
    def warning(self) -> str:
        """Which of the frames that were asked for are not as they were filmed; "" where all are."""
        if not self._lost:
            return ""
        return (
            f"{self.path.name}: frame {min(self._lost) + 1} and {len(self._lost) - 1} others can't be read as they "
            "were filmed: the file is damaged or incomplete. The last good picture stands in for them"
        )

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
        return self.decoded(number).pixels

    def decoded(self, number: int) -> Decoded:
        """As `frame`, but not yet in colors."""
        target = self._start + int(max(number, 0) / self._rate / self._base)
        if self._shown is None or number < self._number or number > self._number + FAR:
            self._seek(target)
        half = int(Fraction(1, 2) / self._rate / self._base)
        while self._next is not None and (self._next.pts or 0) <= target + half:
            self._shown, self._next = self._next, self._read()
        self._number = number
        if self._shown is None:
            raise MediaError(f"{self.path}: frame {number + 1} can't be decoded. Is the file damaged?")
        if self._shown.is_corrupt or self._is_cut_off(self._shown, number, target):
            self._lost.add(number)
        return Decoded(self._shown, round(self._shown.rotation / 90) % 4 if self._is_upright else 0)

    def _is_cut_off(self, shown: av.VideoFrame, number: int, target: int) -> bool:
        """Whether there should be a frame of that number, but the file ends before it."""
        step = int(1 / self._rate / self._base)
        end = (shown.pts or 0) + max(shown.duration or 0, step) - step // 4
        if not self._stream.duration and self._container.streams.audio:  # only the longest of them is known
            end += int(1 / self._base)
        return self._next is None and target > end and number < self.count - 1

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
        for _ in range(TRIES):
            try:
                return next(self._frames, None)
            except av.EOFError:
                return None
            except av.FFmpegError:  # damage: on with what follows
                self._frames = self._container.decode(self._stream)
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
    def warning(self) -> str:
        """Nothing: a picture that can't be read is an error."""
        return ""

    @property
    def count(self) -> int:
        """How many files there are."""
        return len(self.paths)

    def frame(self, number: int) -> Pixels:
        """`uint8 [H,W,4]`, straight alpha; before the first and after the last those. Raises MediaError."""
        return self.decoded(number).pixels

    def decoded(self, number: int) -> Decoded:
        """As `frame`, but not yet in colors."""
        path = self.paths[min(max(number, 0), len(self.paths) - 1)]
        with Movie(path, upright=False) as movie:  # Blender doesn't turn them either
            return movie.decoded(0)

    def close(self) -> None:
        """Nothing is held open."""


Footage = Movie | Pictures
