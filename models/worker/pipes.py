"""Both ends of a pipe to another process, without a thread and without waiting.

No thread, because Blender 4.2 to 5.0 lets go of Python's lock while it runs an operator on strips, and crashes when
another thread of Python runs just then: measured with a thread that parses JSON beside `bpy.ops.sequencer.select_all`,
which ends 4.5 and 5.0 within seconds.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import IO

#: Bytes read at a time.
_PIECE = 65536


class Outbox:
    """What is to be written into `pipe`. `push` writes as much as it takes, and is to be called now and then.

    A pipe takes some kilobytes at once, and a process that starts up or hangs doesn't read.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._left = pipe, b""
        _dont_wait(pipe)

    @property
    def waits(self) -> bool:
        """Whether something is still to be written."""
        return bool(self._left)

    def put(self, text: str) -> None:
        """Write, now or later. What a process that has ended didn't read is forgotten: whoever listens to it knows."""
        self._left += text.encode()
        self.push()

    def push(self) -> None:
        """Write what is left, as far as the pipe takes it."""
        try:
            while self._left and (written := _written(self._pipe.fileno(), self._left)):
                self._left = self._left[written:]
        except BrokenPipeError:
            self._left = b""

    def close(self) -> None:
        """End the other process's input."""
        self.push()
        self._pipe.close()


class Inbox:
    """The lines that come out of `pipe`, text as UTF-8."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._part = pipe, b""
        #: Whether the other process has closed its end, and all that it wrote has been read.
        self.ended = False
        _dont_wait(pipe)

    def lines(self) -> list[str]:
        """Return the whole lines that have come since the last call."""
        while piece := self._piece():
            self._part += piece
        *whole, self._part = self._part.split(b"\n")
        return [line.decode("utf-8", "replace") for line in whole]

    def close(self) -> None:
        """Hear no more."""
        self.ended = True
        self._pipe.close()

    def _piece(self) -> bytes:
        """Return what has come; b"" when there is nothing, now or any more."""
        if self.ended:
            return b""
        try:
            there = _waiting(self._pipe.fileno())
            piece = os.read(self._pipe.fileno(), there) if there else None
        except BlockingIOError:
            return b""
        except BrokenPipeError:  # how Windows says that it has ended
            piece = b""
        if piece == b"":
            self.ended = True
        return piece or b""


def _written(file: int, data: bytes) -> int:
    """How many of the bytes the pipe took. Raises BrokenPipeError when nobody reads any more."""
    size = len(data)
    while size:
        try:
            return os.write(file, data[:size])
        except BlockingIOError:
            return 0
        except OSError as error:
            if error.errno == errno.EINVAL:  # how Windows says that nobody reads
                raise BrokenPipeError from error
            if error.errno != errno.ENOSPC:  # how Windows says that so much doesn't fit
                raise
            size //= 2
    return 0


if sys.platform == "win32":
    import _winapi  # the standard library's own multiprocessing uses the same two calls
    import msvcrt

    _PIPE_NOWAIT = 1

    def _dont_wait(pipe: IO[bytes]) -> None:
        if pipe.writable():  # one that is read is looked into first
            handle = msvcrt.get_osfhandle(pipe.fileno())
            _winapi.SetNamedPipeHandleState(handle, _PIPE_NOWAIT, None, None)

    def _waiting(file: int) -> int:
        return int(_winapi.PeekNamedPipe(msvcrt.get_osfhandle(file))[0])

else:

    def _dont_wait(pipe: IO[bytes]) -> None:
        os.set_blocking(pipe.fileno(), False)

    def _waiting(_file: int) -> int:
        return _PIECE
