"""Measure what is heard while a strip lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ....models.worker.child import Event
from .job import Job


@dataclass(kw_only=True, eq=False)
class Hear(Job):
    """Turn a `reaction` (see `models.audio_analysis.reaction`) into `keys`: (frame from 0, value).

    `warnings` say what of the timeline is not heard.
    """

    do, doing = "hear", "Listening"

    reaction: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    keys: tuple[tuple[int, float], ...] = field(default=(), init=False)

    def request(self) -> dict[str, Any]:
        """Return what is to be heard."""
        return {"reaction": self.reaction}

    def hear(self, event: Event) -> None:
        """Take in the keys."""
        super().hear(event)
        if event["say"] == "heard":
            self.keys = tuple((int(frame), float(value)) for frame, value in event["keys"])
            self.state = "done"
