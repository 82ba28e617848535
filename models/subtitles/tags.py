"""Inline tags: what a cue says of its look, and what of that a text strip can't have.

Blender's text strip has one style for all of its text. So a tag that holds for the whole cue is kept; one that holds
for a part of it is not, and is named.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from .cue import Look

_TOKEN = re.compile(r"\{\\[^{}]*\}|</?[a-zA-Z][^<>]*>|</>|<\d[\d:.]*>|\\[Nnh]")
_KNOWN = {"b", "i", "u", "s", "font", "c", "v", "lang", "ruby", "rt", "span"}
_COLORS = {
    "white": "ffffff", "black": "000000", "red": "ff0000", "green": "008000", "lime": "00ff00", "blue": "0000ff",
    "yellow": "ffff00", "cyan": "00ffff", "aqua": "00ffff", "magenta": "ff00ff", "fuchsia": "ff00ff", "gray": "808080",
    "grey": "808080", "orange": "ffa500", "pink": "ffc0cb", "purple": "800080", "silver": "c0c0c0",
}  # fmt: skip
_OVERRIDE = re.compile(r"\\([0-9]?[a-z]+|fn)(\([^)]*\)?|[^\\]*)")
Rgb = tuple[float, float, float]


@dataclass
class _State:
    """What holds at a place in the text."""

    bold: bool = False
    italic: bool = False
    color: Rgb | None = None
    base: Look = field(default_factory=Look)
    anchor: int = 0
    position: tuple[float, float] | None = None
    drawing: bool = False
    lost: dict[str, None] = field(default_factory=dict)
    colors: list[Rgb | None] = field(default_factory=list)


def unmark(
    marked: str, base: Look | None = None, screen: tuple[float, float] = (384, 288)
) -> tuple[str, Look, list[str]]:
    """(plain text, look, what is lost) of a text with HTML-like tags or ASS overrides, or both.

    `base` is what holds before the first tag; `screen` the size that ASS positions are in. Malformed tags are text.
    """
    base = base or Look()
    state = _State(base.bold, base.italic, base.color, base, base.anchor, base.position)
    plain: list[str] = []
    runs: list[tuple[bool, bool, Rgb | None]] = []

    def add(text: str) -> None:
        text = html.unescape(text) if "&" in text else text
        if state.drawing:
            state.lost["drawing"] = None
            return
        plain.append(text)
        if text.strip():
            runs.append((state.bold, state.italic, state.color))

    end = 0
    for token in _TOKEN.finditer(marked):
        add(marked[end : token.start()])
        end = token.end()
        text = token.group()
        if text.startswith("\\"):
            add({"\\N": "\n", "\\n": "\n", "\\h": "\u00a0"}[text])
        elif text.startswith("{"):
            _override(text[1:-1], state, screen)
        elif not _tag(text, state):
            add(text)
    add(marked[end:])
    look = replace(
        base,
        bold=_whole(state, "bold", [run[0] for run in runs], False),
        italic=_whole(state, "italic", [run[1] for run in runs], False),
        color=_whole(state, "colour", [run[2] for run in runs], None),
        anchor=state.anchor,
        position=state.position,
    )
    return "".join(plain), look, list(state.lost)


def _whole(state: _State, name: str, values: list[Any], nothing: Any) -> Any:
    if len(set(values)) <= 1:
        return values[0] if values else nothing
    state.lost[f"{name} of a part of the text"] = None
    return nothing


def _tag(text: str, state: _State) -> bool:
    """Apply an HTML-like tag; False where it is none that subtitles have."""
    if text[1].isdigit():
        state.lost["karaoke times"] = None
        return True
    closing = text.startswith("</")
    name, _, rest = text.strip("</>").partition(" ")
    name, _, classes = name.lower().partition(".")
    if name and name not in _KNOWN:
        return False
    if name in ("b", "i"):
        setattr(state, "bold" if name == "b" else "italic", not closing)
    elif name in ("font", "c"):
        _color(state, closing, rest if name == "font" else "".join(f'color="{c}"' for c in classes.split(".")[:1]))
        if "face=" in rest or "size=" in rest:
            state.lost["font face or size"] = None
    elif name and not closing:
        words = {"u": "underline", "s": "strikeout", "v": "voice", "lang": "language", "ruby": "ruby", "rt": "ruby"}
        state.lost[words.get(name, name)] = None
    return True


def _color(state: _State, closing: bool, rest: str) -> None:
    if closing:
        state.color = state.colors.pop() if state.colors else state.base.color
        return
    state.colors.append(state.color)
    found = re.search(r"color\s*=\s*[\"']?\s*#?([\w]+)", rest)
    code = _COLORS.get(found.group(1).lower(), found.group(1)) if found else ""
    if re.fullmatch(r"[0-9a-fA-F]{6}", code):
        state.color = _rgb(code)
    elif code:
        state.lost["class or unknown colour"] = None


def _rgb(code: str) -> Rgb:
    r, g, b = (int(code[n : n + 2], 16) / 255 for n in (0, 2, 4))
    return r, g, b


def _override(text: str, state: _State, screen: tuple[float, float]) -> None:
    """Apply the overrides of an ASS block, such as `\\i1\\an8`."""
    for name, raw in _OVERRIDE.findall(text):
        value = raw.strip()
        try:
            if name in _OVERRIDES:
                _OVERRIDES[name](state, value, screen)
            elif name not in ("r", "q"):
                state.lost[f"\\{name}"] = None
        except ValueError:
            state.lost[f"\\{name} (malformed)"] = None


def _ass_color(state: _State, value: str, _screen: Any) -> None:
    digits = value.strip("&Hh").zfill(6)[-6:]
    state.color = _rgb(digits[4:6] + digits[2:4] + digits[0:2]) if value else state.base.color


def _ass_position(state: _State, value: str, screen: tuple[float, float]) -> None:
    x, y = (float(part) for part in value.strip("()").split(","))
    state.position = x / screen[0], y / screen[1]


def _ass_anchor(state: _State, value: str, _screen: Any) -> None:
    if not 1 <= int(value) <= 9:
        raise ValueError
    state.anchor = int(value)


def _ass_old_anchor(state: _State, value: str, _screen: Any) -> None:
    number = int(value)
    state.anchor = {0: 0, 4: 6, 8: 3}[number & 12] + (number & 3)


def _flag(name: str) -> Callable[[_State, str, Any], None]:
    return lambda state, value, _screen: setattr(state, name, int(value or 0) != 0)


_OVERRIDES: dict[str, Callable[[_State, str, Any], None]] = {
    "b": _flag("bold"),
    "i": _flag("italic"),
    "p": _flag("drawing"),
    "c": _ass_color,
    "1c": _ass_color,
    "an": _ass_anchor,
    "a": _ass_old_anchor,
    "pos": _ass_position,
}
