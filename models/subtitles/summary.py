"""What became of each cue of a file: kept, changed or dropped, where, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

#: Line numbers reported for each reason, and different reasons; what goes beyond those is reported as one.
SHOWN, REASONS = 5, 40
#: What is said of a cue whose times are not such as the format has.
UNREADABLE_TIMES = "the times can't be read"


@dataclass
class Summary:
    """Counts, and for every reason the lines (of the file, from 1) that it happened in."""

    kept: int = 0
    encoding: str = ""
    format: str = ""
    changed: dict[str, list[int]] = field(default_factory=dict)
    dropped: dict[str, list[int]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def change(self, reason: str, line: int) -> None:
        """Note that the cue at `line` was kept, but not just as the file has it."""
        _note(self.changed, reason, line)

    def drop(self, reason: str, line: int) -> None:
        """Note that what `line` says was not kept."""
        _note(self.dropped, reason, line)

    @property
    def changes(self) -> int:
        """How many cues were changed."""
        return len({line for lines in self.changed.values() for line in lines})

    @property
    def drops(self) -> int:
        """How many cues were dropped."""
        return sum(map(len, self.dropped.values()))

    def headline(self) -> str:
        """Such as `12 cues (SRT, utf-8), 2 of them changed, 1 dropped`."""
        about = f"{self.format.upper()}, {self.encoding}"
        words = f"1 cue ({about})" if self.kept == 1 else f"{self.kept} cues ({about})"
        words += f", {self.changes} of them changed" if self.changes else ""
        return words + (f", {self.drops} dropped" if self.drops else "")

    def lines(self) -> Iterator[str]:
        """All that there is to tell, a line each."""
        yield self.headline()
        yield from self.remarks
        yield from (f"Changed: {reason} ({_places(lines)})" for reason, lines in self.changed.items())
        yield from (f"Dropped: {reason} ({_places(lines)})" for reason, lines in self.dropped.items())


def _note(reasons: dict[str, list[int]], reason: str, line: int) -> None:
    reasons.setdefault(reason if reason in reasons or len(reasons) < REASONS else "other reasons", []).append(line)


def _places(lines: list[int]) -> str:
    shown, more = ", ".join(map(str, lines[:SHOWN])), len(lines) - SHOWN
    if more > 0:
        shown = f"{shown} and {more} more"
    return f"line {shown}" if len(lines) == 1 else f"lines {shown}"
