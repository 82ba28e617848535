"""How much a file may hold, so that no file keeps Blender's window still."""

from __future__ import annotations

from ..errors import TooManyCues

#: The largest file read, in bytes: a film's subtitles are a thousandth of it.
MAX_BYTES = 50_000_000
#: The most cues read. A film has two thousand; each strip more makes Blender slower at adding the next one.
MAX_CUES = 10_000
#: The longest text of a cue kept, in characters, and how much of it is looked at with its tags.
MAX_TEXT, MAX_RAW = 3000, 60_000


def check(cues: int) -> None:
    """Raise TooManyCues for more than `MAX_CUES`."""
    if cues > MAX_CUES:
        raise TooManyCues(
            f"The file has {cues:,} cues; at most {MAX_CUES:,} are read. Split it into parts and import each of them."
        )
