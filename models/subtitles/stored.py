"""What a file said of a cue, as text that a strip carries. Anybody may have edited it: what is malformed counts as
nothing, and then the strip itself is what counts."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from ..text.invisible import drawn
from .cue import Cue, Look
from .limits import MAX_TEXT
from .substation import MAX_MARKED, origin_from

#: The longest text that is looked at, in characters.
MAX_STORED = 20 * (MAX_TEXT + MAX_MARKED)
#: Later than any time of a film, ms.
_LATEST = 10**10


@dataclass(frozen=True)
class Stored:
    """A cue, the frames (start, end) that it was given after the film's beginning, and its place: parts of the frame.

    `place` is None where it was not stored. `laid` is the cue's text with the lines that it was broken into, "" where
    it was shown as it is.
    """

    cue: Cue
    frames: tuple[int, int]
    place: tuple[float, float] | None = None
    laid: str = ""

    @property
    def shown(self) -> str:
        """The text that the strip was given, without what it would draw as boxes."""
        return drawn(self.full)

    @property
    def full(self) -> str:
        """The text that the strip was given, with the characters that it would draw as boxes."""
        return self.laid or self.cue.text

    def is_in(self, text: str) -> bool:
        """Return whether a strip's text still is what it was given, or as much of it as this Blender holds."""
        return text == self.shown or (len(text) > 200 and self.shown.startswith(text))

    def json(self) -> str:
        """As text, without the header of the cue's file."""
        said = asdict(self.cue) | {"frames": self.frames, "place": self.place}
        said |= {"laid": self.laid} if self.laid else {}
        # Projects that were saved before spell the color so.
        said["look"] = {"colour" if name == "color" else name: value for name, value in said["look"].items()}
        if self.cue.origin:
            del said["origin"]["header"]
        return json.dumps(said, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: object, header: str = "") -> Stored | None:
        """Return what `json` wrote, or None for anything else."""
        if not isinstance(text, str) or len(text) > MAX_STORED:
            return None
        try:
            return cls._read(json.loads(text), header)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            return None

    @classmethod
    def _read(cls, raw: Any, header: str) -> Stored:
        first, last = (_whole(frame) for frame in raw["frames"])
        place = raw.get("place")
        origin = raw.get("origin")
        cue = Cue(
            _whole(raw["start"]), _whole(raw["end"]), _text(raw["text"]), _look(raw["look"]), _text(raw["marked"]),
            _whole(raw["line"]), None if origin is None else origin_from(origin, header),
        )  # fmt: skip
        return cls(cue, (first, last), None if place is None else _pair(place), _text(raw.get("laid", "")))


def _look(raw: Any) -> Look:
    color, position = raw["colour"], raw["position"]
    anchor = _whole(raw["anchor"])
    if anchor not in range(10):
        raise ValueError("no anchor")
    rgb = None
    if color is not None:
        red, green, blue = (_number(part) for part in color)
        rgb = (red, green, blue)
    return Look(bool(raw["bold"]), bool(raw["italic"]), rgb, anchor, None if position is None else _pair(position))


def _pair(raw: Any) -> tuple[float, float]:
    x, y = (_number(part) for part in raw)
    return x, y


def _number(raw: Any) -> float:
    if not isinstance(raw, int | float) or not math.isfinite(raw) or abs(raw) > 1000:
        raise ValueError("no number")
    return float(raw)


def _whole(raw: Any) -> int:
    if not isinstance(raw, int) or not 0 <= raw < _LATEST:
        raise ValueError("no whole number")
    return raw


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("no text")
    return raw
