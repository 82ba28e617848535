"""Footage that only Blender can show: a second Blender without a window renders one strip, a frame at a time.

What is to be rendered lies in a folder of its own: `shot.json` names the command that starts that Blender, which opens
the copy of the file beside it. It is told the number of a frame on its standard input, writes that frame's picture
into the folder and says so. It works one frame ahead and no further, and each picture is removed as it is read: neither
memory nor the disk fills up. It ends with whoever asked; the folder is removed then.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from ..errors import Canceled, MediaError
from ..processes import WINDOWS
from .movie import Decoded, Movie

Pixels = npt.NDArray[np.uint8]
#: What the other Blender's lines begin with; all else that it prints is its own affair.
MARK = "latent-strips:"
#: Seconds that a frame may take, below those after which a silent worker is taken for hung.
PATIENCE = 170.0
#: Seconds between looks at whether the work was canceled.
LOOK = 0.1


class Rendered:
    """The frames of one strip by number, 0 where its content begins, as the `shot.json` at `shot` says.

    Whoever waits for a frame gives up when `stopped` says so. Closes itself when nobody holds it any more.
    """

    rate, warning = 0.0, ""

    def __init__(self, shot: Path, stopped: Callable[[], bool] = lambda: False) -> None:
        try:
            told = json.loads(shot.read_text("utf-8"))
            self._name, self._command = str(told["strip"]), [str(word) for word in told["command"]]
            self._begin, self._beyond = int(told["begin"]), int(told["end"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MediaError(f"{shot}: what was to be rendered is gone ({error}). Try again.") from error
        self._folder, self._stopped = shot.parent, stopped
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._last: deque[str] = deque(maxlen=4)
        self._asked: list[int] = []
        self._ready: set[int] = set()
        self._process: subprocess.Popen[str] | None = None
        self._end: weakref.finalize[..., Rendered] = weakref.finalize(
            self, shutil.rmtree, self._folder, ignore_errors=True
        )

    @property
    def count(self) -> int:
        """How many frames there are."""
        return self._beyond - self._begin

    def frame(self, number: int) -> Pixels:
        """`uint8 [H,W,4]`, straight alpha; see `decoded`."""
        return self.decoded(number).pixels

    def decoded(self, number: int) -> Decoded:
        """Return the picture of that number; before the first and after the last those. Waits for the other Blender.

        Raises MediaError when it can't render, and Canceled when the work was stopped.
        """
        number = min(max(number, self._begin), self._beyond - 1)
        if self._process is None:
            self._start()
        for wanted in (number, number + 1):
            if wanted < self._beyond and wanted not in self._asked and wanted not in self._ready:
                self._ask(wanted)
        end = time.monotonic() + PATIENCE
        while number not in self._ready:
            if self._stopped():
                self.close()
                raise Canceled("Stopped.")
            if time.monotonic() > end:
                self.close()
                raise MediaError(f"{self._name}: Blender needs more than {PATIENCE:.0f} s for frame {number + 1}.")
            with contextlib.suppress(queue.Empty):
                self._hear(self._lines.get(timeout=LOOK))
        self._ready.discard(number)
        path = self._folder / f"{number}.png"
        with Movie(path) as picture:
            found = picture.decoded(0)
        path.unlink(missing_ok=True)
        return found

    def close(self) -> None:
        """End the other Blender and remove its folder."""
        self._end()

    def _start(self) -> None:
        # Its own empty user folder: none of the user's add-ons, start-up files and preferences are loaded.
        env = {**os.environ, "BLENDER_USER_RESOURCES": str(self._folder)}
        try:
            process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                text=True, encoding="utf-8", errors="replace", creationflags=WINDOWS, cwd=self._folder,
            )  # fmt: skip
        except OSError as error:
            raise MediaError(f"{self._name}: no second Blender could be started to render it ({error}).") from error
        self._process = process
        self._end.detach()
        self._end = weakref.finalize(self, _stop, process, self._folder)
        assert process.stdout
        threading.Thread(target=_read, args=(process.stdout, self._lines), daemon=True).start()

    def _ask(self, number: int) -> None:
        assert self._process
        assert self._process.stdin
        self._asked.append(number)
        with contextlib.suppress(OSError):  # it has ended: its last words tell why
            self._process.stdin.write(f"{number}\n")
            self._process.stdin.flush()

    def _hear(self, line: str | None) -> None:
        if line is None:
            self.close()
            last = " | ".join(self._last) or "it said nothing"
            raise MediaError(
                f"{self._name}: the Blender that was to render it has ended ({last[-300:]}). Scenes that are drawn "
                "with EEVEE or Workbench need a graphics card and, on Linux, a display. Render it to a movie first."
            )
        if not line.startswith(MARK):
            self._last.append(line.strip())
            return
        word, _, rest = line.removeprefix(MARK).strip().partition(" ")
        if word == "frame":
            self._asked.remove(int(rest))
            self._ready.add(int(rest))
        elif word == "failed":
            self.close()
            raise MediaError(f"{self._name}: Blender can't render it ({rest[:300]}).")


def _read(lines: IO[str], into: queue.SimpleQueue[str | None]) -> None:
    with contextlib.suppress(ValueError):  # closed while it was read
        for line in lines:
            into.put(line)
    into.put(None)


def _stop(process: subprocess.Popen[str], folder: Path) -> None:
    process.kill()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
