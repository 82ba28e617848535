"""Inline tags of SubRip and of ASS: what a cue says of its look, and what of that a text strip can't have."""

from __future__ import annotations

import re

from .cue import Look
from .overrides import Screen, override
from .styled import Styled, entities

_SRT_TOKEN = re.compile(r"\{\\[^{}]*\}|</?[a-zA-Z][^<>]*>|</>|<\d[\d:.]*>|\\[Nnh]")
_ASS_TOKEN = re.compile(r"\\[Nnh{}\u2060]|\{[^}]*\}")
_ASS_BREAK = re.compile(r"\\[Nnh{}\u2060]")
#: What a backslash stands for; a word joiner after one makes it a sign like others.
_BREAKS = {"\\N": "\n", "\\n": "\n", "\\h": "\u00a0", "\\{": "{", "\\}": "}", "\\\u2060": "\\"}
_COLOR = re.compile(r"color[ \t]{0,9}=[ \t\"']{0,9}(#?\w{1,40})", re.IGNORECASE)
_LOST = {"u": "underline", "s": "strikeout", "v": "voice", "lang": "language", "ruby": "ruby", "rt": "ruby"}
_KNOWN = {"b", "i", "font", "c", "span", *_LOST}


def unmark(marked: str) -> tuple[str, Look, list[str]]:
    """(plain text, look, what is lost) of a text of SubRip, which has HTML's tags and, in part, the overrides of ASS.

    What looks like a tag and is none that subtitles have is text.
    """
    state = Styled()
    feed(state, marked)
    return state.done()


def unmark_ass(marked: str, base: Look | None = None, screen: Screen = (384, 288)) -> tuple[str, Look, list[str]]:
    """(plain text, look, what is lost) of a text of ASS, where all that is not in braces is shown as it is.

    `base` is what holds before the first tag; `screen` the size that positions are in.
    """
    state = Styled(base)
    closed = marked.rfind("}") + 1  # a brace that nothing closes is text
    for part, token in ((marked[:closed], _ASS_TOKEN), (marked[closed:], _ASS_BREAK)):
        end = 0
        for found in token.finditer(part):
            state.add(part[end : found.start()])
            end = found.end()
            if found.group().startswith("\\"):
                state.add(_BREAKS[found.group()])
            else:
                override(found.group()[1:-1], state, screen)
        state.add(part[end:])
    return state.done()


def feed(state: Styled, marked: str) -> None:
    """Add a text of SubRip."""
    end = 0
    for token in _SRT_TOKEN.finditer(marked):
        state.add(entities(marked[end : token.start()]))
        end = token.end()
        text = token.group()
        if text.startswith("\\"):
            state.add(_BREAKS[text])
        elif text.startswith("{"):
            override(text[1:-1], state, (384, 288))
        elif not tag(text, state):
            state.add(entities(text))
    state.add(entities(marked[end:]))


def tag(text: str, state: Styled) -> bool:
    """Apply an HTML-like tag; False where it is none that subtitles have."""
    if text[1].isdigit():
        state.lose("karaoke times")
        return True
    closing = text.startswith("</")
    name, _, rest = text.strip("</>").partition(" ")
    name, _, classes = name.lower().partition(".")
    if name and name not in _KNOWN:
        return False
    if name in ("b", "i"):
        setattr(state, "bold" if name == "b" else "italic", not closing)
    elif name in ("font", "c", "span"):
        if name != "span":
            found = _COLOR.search(rest) if name == "font" else None
            recolor(state, closing, found.group(1) if found else classes.partition(".")[0])
        if "face=" in rest.lower() or "size=" in rest.lower():
            state.lose("font face or size")
    elif name and not closing:
        state.lose(_LOST[name])
    return True


def recolor(state: Styled, closing: bool, name: str) -> None:
    """Begin or end a piece of another color."""
    if closing:
        state.color = state.outer.pop() if state.outer else state.base.color
        return
    state.outer.append(state.color)
    state.paint(name)
