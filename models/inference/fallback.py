"""A session that goes on with the processor when its provider can't load a network, or fails in the middle of a run.

Drivers are updated, graphics cards run out of memory or are taken away, and some operations a provider does not know. A
trial has shown that both draw the same picture within `provider.TOLERANCE`, so frames made before may stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import Canceled, GeneratorError, WorkerError
from .protocol import Runs

CPU = "cpu"


class Steady:
    """See the module. `open` loads a file for a provider; `note` is told, once, why the processor took over.

    Raises GeneratorError when the processor can't load it either. `run` raises as the session's does.
    """

    def __init__(
        self, path: Path, open: Callable[[Path, str], Runs], provider: str, note: Callable[[str], None]
    ) -> None:
        self._path, self._open, self._note = path, open, note
        self._stopped = False
        self.provider = provider
        try:
            self._session = open(path, provider)
        except (GeneratorError, WorkerError) as error:
            if provider == CPU:
                raise
            self._fall("can't load this network", error)

    @property
    def stopped(self) -> bool:
        """Whether it was stopped."""
        return self._stopped

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """All outputs by name. What fails on the provider is done again by the processor."""
        try:
            return self._session.run(inputs)
        except GeneratorError as error:
            if self.provider == CPU:
                raise
            self._fall("failed in the middle", error)
        if self._stopped:
            raise Canceled("Stopped.")
        return self._session.run(inputs)

    def stop(self) -> None:
        """End the run in progress, and every later one until `restart`."""
        self._stopped = True
        self._session.stop()

    def restart(self) -> None:
        """Allow runs again."""
        self._stopped = False
        self._session.restart()

    def _fall(self, what: str, error: Exception) -> None:
        failed, self.provider = self.provider, CPU
        self._session = self._open(self._path, CPU)
        self._note(f"{failed} {what}; the processor goes on. {error}")
