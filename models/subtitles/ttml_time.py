"""Times of TTML: clock times, offsets in hours to ticks, and how spans lie in one another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,3}):(\d{1,3})(?:([.,])(\d{1,9})|[:;](\d{1,4})(?:\.(\d{1,4}))?)?")
_OFFSET = re.compile(r"(\d{1,12}(?:[.,]\d{1,9})?)(h|ms|m|s|f|t)?")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?")


class Clock:
    """What an hour to a tick is, by the parameters of the root element (names without their prefixes)."""

    def __init__(self, said: Mapping[str, str]) -> None:
        nominal = _number(said.get("frameRate", ""), Fraction(30))
        top, _, bottom = said.get("frameRateMultiplier", "1 1").strip().replace(":", " ").partition(" ")
        self.nominal = nominal
        self.rate = nominal * _number(top, Fraction(1)) / _number(bottom.strip() or "1", Fraction(1))
        self.parts = _number(said.get("subFrameRate", ""), Fraction(1))
        default = nominal * self.parts if "frameRate" in said else Fraction(1)
        self.ticks = _number(said.get("tickRate", ""), default)
        self.smpte = said.get("timeBase") == "smpte"
        self.drops = said.get("dropMode") == "dropNTSC"

    def seconds(self, text: str) -> Fraction | None:
        """Return the time that an expression tells, or None where it is none."""
        text = text.strip()
        if found := _CLOCK.fullmatch(text):
            hours, minutes, seconds, point, part, frames, parts = found.groups()
            whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
            count = int(frames or 0) + Fraction(int(parts or 0)) / self.parts
            if self.smpte:  # labels of frames, which are counted at the true rate
                gone = 2 * (whole // 60 - whole // 600) if self.drops else 0
                return (whole * self.nominal + count - gone) / self.rate
            return whole + (Fraction(f"0.{part}") if point else Fraction(0)) + count / self.rate
        if not (found := _OFFSET.fullmatch(text)):
            return None
        value = Fraction(found.group(1).replace(",", "."))
        unit: dict[str, Fraction | int] = {"h": 3600, "m": 60, "s": 1, "ms": Fraction(1, 1000), "f": 1 / self.rate}
        unit["t"] = 1 / self.ticks
        return value * unit[found.group(2) or "s"]


@dataclass
class Span:
    """When an element is seen, in seconds; `end` None: as long as what it lies in. `timed`: it tells times itself."""

    begin: Fraction = Fraction(0)
    end: Fraction | None = None
    timed: bool = False
    in_turn: bool = False
    turn: Fraction = field(default=Fraction(0))

    def child(self, said: Mapping[str, str], clock: Clock) -> tuple[Span, str]:
        """Return the span of an element in this one, and the time of it that can't be read, "" when all can."""
        told = {name: said[name] for name in ("begin", "end", "dur") if name in said}
        read = {name: clock.seconds(text) for name, text in told.items()}
        unread = next((told[name] for name, value in read.items() if value is None), "")
        base = self.turn if self.in_turn else self.begin
        begin = base + (read.get("begin") or 0)
        ends = [self.end] if self.end is not None else []
        if (end := read.get("end")) is not None:
            ends.append(base + end)
        if (length := read.get("dur")) is not None:
            ends.append(begin + length)
        span = Span(begin, min(ends, default=None), bool(told), said.get("timeContainer") == "seq", begin)
        if self.in_turn and span.end is not None:
            self.turn = span.end
        return span, unread


def _number(text: str, otherwise: Fraction) -> Fraction:
    """Return a number above 0, or `otherwise` for any other text."""
    found = _NUMBER.fullmatch(text.strip())
    return (Fraction(found.group()) or otherwise) if found else otherwise
