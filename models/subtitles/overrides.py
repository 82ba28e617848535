"""The overrides of ASS, in braces: `{\\i1\\an8}`. Format: the specification that comes with Aegisub, and libass."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from .styled import Styled, rgb

Screen = tuple[float, float]
_OVERRIDE = re.compile(r"\\(?:(fn)|([0-9]?[a-z]{1,12}))(\([^)]*\)?|[^\\]*)")
#: Positions beyond this many screens are none.
_FAR = 100.0


def override(text: str, state: Styled, screen: Screen) -> None:
    """Apply what a pair of braces holds; what is not an override there is a comment, which nobody sees."""
    for font, plain, raw in _OVERRIDE.findall(text):
        name = font or plain
        try:
            if name in _OVERRIDES:
                _OVERRIDES[name](state, raw.strip(), screen)
            elif name != "q":
                state.lose(f"\\{name}")
        except ValueError:
            state.lose(f"\\{name} (malformed)")


def _color(state: Styled, value: str, _screen: Screen) -> None:
    digits = value.strip("&Hh").zfill(6)[-6:]
    state.color = rgb(digits[4:6] + digits[2:4] + digits[0:2]) if value else state.base.color


def _position(state: Styled, value: str, screen: Screen) -> None:
    x, y = (float(part) / side for part, side in zip(value.strip("()").split(","), screen, strict=True))
    if not (math.isfinite(x) and math.isfinite(y) and max(abs(x), abs(y)) < _FAR):
        raise ValueError("no position")
    state.position = x, y


def _anchor(state: Styled, value: str, _screen: Screen) -> None:
    if not 1 <= int(value) <= 9:
        raise ValueError("no anchor")
    state.anchor = int(value)


def _old_anchor(state: Styled, value: str, _screen: Screen) -> None:
    """Return the alignment of SSA: 1 to 3 below, 5 to 7 above, 9 to 11 in the middle."""
    row = {0: 0, 4: 6, 8: 3}.get(int(value) & ~3)
    if row is None or int(value) & 3 == 0:
        raise ValueError("no anchor")
    state.anchor = row + (int(value) & 3)


def _reset(state: Styled, value: str, _screen: Screen) -> None:
    state.bold, state.italic, state.color = state.base.bold, state.base.italic, state.base.color
    if value:
        state.lose("\\r with another style")


def _bold(state: Styled, value: str, _screen: Screen) -> None:
    state.bold = int(value or 0) == 1 or int(value or 0) >= 600  # also a weight, as in CSS


def _italic(state: Styled, value: str, _screen: Screen) -> None:
    state.italic = int(value or 0) != 0


def _drawing(state: Styled, value: str, _screen: Screen) -> None:
    state.drawing = int(value or 0) != 0


_OVERRIDES: dict[str, Callable[[Styled, str, Screen], None]] = {
    "b": _bold, "i": _italic, "p": _drawing, "r": _reset, "c": _color, "1c": _color, "an": _anchor, "a": _old_anchor,
    "pos": _position,
}  # fmt: skip
