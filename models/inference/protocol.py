"""What all sessions have in common: plain, guarded, and with a fallback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Runs(Protocol):
    """What is asked of a session of the runtime."""

    @property
    def stopped(self) -> bool:
        """Whether it was stopped."""

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """All outputs by name."""

    def stop(self) -> None:
        """End the run in progress."""

    def restart(self) -> None:
        """Allow runs again."""
