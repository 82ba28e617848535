"""Styles of TTML: attributes of an element, the styles that it names, and the region that it is shown in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .styled import Rgb, color

_DOWN = {"before": 0.0, "center": 0.5, "after": 1.0}
_PAIR = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%[ \t]{1,9}(\d{1,3}(?:\.\d{1,6})?)%")
_COLUMNS = {"left": 0, "start": 0, "center": 1, "right": 2, "end": 2}
_FOLLOWED = ("fontWeight", "fontStyle", "color", "displayAlign", "textAlign", "origin", "extent")


class Styles:
    """The styles that a file defines, and those of the elements that are open."""

    def __init__(self) -> None:
        self.named: dict[str, dict[str, str]] = {}
        self.open: list[tuple[str, dict[str, str]]] = [("", {})]
        self.region = ""

    def begin(self, word: str, said: Mapping[str, str]) -> None:
        """Return an element begins. What it doesn't say of its style is as around it."""
        own = {name: said[name] for name in _FOLLOWED if name in said}
        for name in reversed(said.get("style", "").split()[:20]):
            own = self.named.get(name, {}) | own
        if word == "style" and self.region:
            self.named[self.region] = self.named.get(self.region, {}) | own
        elif word in ("style", "region") and said.get("id"):
            self.named[said["id"]] = own
        if word == "region":
            self.region = said.get("id", "")
        around = self.open[-1][1] if word in ("div", "p", "span", "br") else {}
        placed = self.named.get(said.get("region", ""), {})
        self.open.append((word, around | placed | own))

    def finish(self) -> None:
        """Return the innermost element ends."""
        if len(self.open) > 1 and self.open.pop()[0] == "region":
            self.region = ""

    def look(self) -> tuple[bool, bool, Rgb | None, int]:
        """(bold, italic, color, anchor) of the innermost element; anchor 0 is the usual place, low in the middle."""
        style = self.open[-1][1]
        anchor = 1 + _COLUMNS.get(style.get("textAlign", ""), 1) + 3 * _row(style)
        rgb = color(style.get("color", ""))
        bold, italic = style.get("fontWeight") == "bold", style.get("fontStyle") in ("italic", "oblique")
        return bold, italic, None if rgb == (1.0, 1.0, 1.0) else rgb, 0 if anchor == 2 else anchor


def _row(style: Mapping[str, str]) -> int:
    """0 below, 1 in the middle, 2 above, by the region's box and where in it the text stands."""
    origin, extent = (_PAIR.fullmatch(style.get(name, "").strip()) for name in ("origin", "extent"))
    top, height = (float(origin.group(2)) / 100 if origin else 0.0), (float(extent.group(2)) / 100 if extent else 1.0)
    usual = "before" if origin else "after"
    down = top + height * _DOWN.get(style.get("displayAlign", usual), 1.0)
    return 2 if down < 0.34 else 1 if down < 0.67 else 0
