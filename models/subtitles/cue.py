"""A cue: a text, when it is seen, and how."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Look:
    """What a file says of a cue's look and Blender's text strips have.

    `color` is sRGB 0…1, or None for the reader's choice. `anchor` is the place on the screen as on a number pad (1
    lower left, 8 upper middle), 0 where the file doesn't say. `position` is (x, y) from the upper left corner, in parts
    of the frame, or None.
    """

    bold: bool = False
    italic: bool = False
    color: tuple[float, float, float] | None = None
    anchor: int = 0
    position: tuple[float, float] | None = None


@dataclass(frozen=True)
class Origin:
    """What an ASS or SSA file says of a cue beside its look: for writing such a file again.

    `header` is the file without its events, `marked` the text with its tags ("" to write it from the cue), and
    `margins` (left, right, vertical) are in the file's own pixels.
    """

    header: str = ""
    marked: str = ""
    style: str = "Default"
    layer: int = 0
    name: str = ""
    margins: tuple[int, int, int] = (0, 0, 0)
    effect: str = ""


@dataclass(frozen=True)
class Cue:
    """`text`, plain, from `start` to `end` (ms). `marked` is the text as the file has it; `line` is where, from 1."""

    start: int
    end: int
    text: str
    look: Look = field(default_factory=Look)
    marked: str = ""
    line: int = 0
    origin: Origin | None = None
