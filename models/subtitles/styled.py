"""A text that is put together piece by piece, and how its pieces look.

Blender's text strip has one style for all of its text. So what holds for the whole cue is kept; what holds for a part
of it is not, and is named.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

from .cue import Look

Rgb = tuple[float, float, float]
#: Colors by the names that files use.
NAMED = {
    "white": "ffffff", "black": "000000", "red": "ff0000", "green": "008000", "lime": "00ff00", "blue": "0000ff",
    "yellow": "ffff00", "cyan": "00ffff", "aqua": "00ffff", "magenta": "ff00ff", "fuchsia": "ff00ff", "gray": "808080",
    "grey": "808080", "orange": "ffa500", "pink": "ffc0cb", "purple": "800080", "silver": "c0c0c0", "maroon": "800000",
    "navy": "000080", "olive": "808000", "teal": "008080", "brown": "a52a2a", "gold": "ffd700",
}  # fmt: skip
_HEX = re.compile(r"#?(?:([0-9a-fA-F]{3})|([0-9a-fA-F]{6})(?:[0-9a-fA-F]{2})?)")
#: Python turns no number of more than 4300 digits into one.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?")


class Styled:
    """Pieces of a text. Set `bold`, `italic`, `color` and the others, and then `add` what they hold for."""

    def __init__(self, base: Look | None = None) -> None:
        self.base = base or Look()
        self.bold, self.italic, self.color = self.base.bold, self.base.italic, self.base.color
        self.anchor, self.position = self.base.anchor, self.base.position
        self.drawing = False
        self.lost: dict[str, None] = {}
        self.outer: list[Rgb | None] = []  # colors of the tags around
        self._plain: list[str] = []
        self._runs: set[tuple[bool, bool, Rgb | None]] = set()

    def add(self, text: str) -> None:
        """Add a piece as it is shown."""
        if self.drawing:
            self.lose("drawing")
            return
        self._plain.append(text)
        if text.strip():
            self._runs.add((self.bold, self.italic, self.color))

    def lose(self, what: str) -> None:
        """Name something that is not shown."""
        self.lost[what] = None

    def paint(self, name: str) -> None:
        """Set the color by a name or as `#rgb`, `#rrggbb` or `#rrggbbaa`."""
        if found := color(name):
            self.color = found
        elif name:
            self.lose("class or unknown color")

    def done(self) -> tuple[str, Look, list[str]]:
        """(plain text, look, what is lost)."""
        look = replace(
            self.base,
            bold=self._whole("bold", 0, False),
            italic=self._whole("italic", 1, False),
            color=self._whole("color", 2, None),
            anchor=self.anchor,
            position=self.position,
        )
        return "".join(self._plain), look, list(self.lost)

    def _whole(self, name: str, place: int, nothing: Any) -> Any:
        values = {run[place] for run in self._runs}
        if len(values) <= 1:
            return values.pop() if values else nothing
        self.lose(f"{name} of a part of the text")
        return nothing


def color(name: str) -> Rgb | None:
    """Return the color of that name, or None."""
    found = _HEX.fullmatch(NAMED.get(name.lower(), name))
    if not found:
        return None
    code = found.group(2) or "".join(2 * digit for digit in found.group(1))
    return rgb(code)


def rgb(code: str) -> Rgb:
    """Return the color of six hexadecimal digits. Raises ValueError."""
    r, g, b = (int(code[n : n + 2], 16) / 255 for n in (0, 2, 4))
    return r, g, b


def entities(text: str) -> str:
    """Return a text with HTML's character references as the characters that they stand for."""
    return _ENTITY.sub(lambda found: html.unescape(found.group()), text) if "&" in text else text
