"""The text of a WebVTT cue: tags and character references (W3C WebVTT, 6.4), and what of them a text strip can't have.

Braces are text here. A tag that the format doesn't have is not shown, as in browsers, and is reported. What looks least
like a tag (`a < b`, `<3`) is text, which the specification would lose.
"""

from __future__ import annotations

import re
from collections import Counter

from .cue import Look
from .styled import NAMED, Styled, entities

_TOKEN = re.compile(r"<(?=[/>.a-zA-Z]|\d{1,6}[:.,]\d)[^>]*>")
_OPEN = re.compile(r"</?[a-z]{0,5}(?:\.[\w.-]{0,99})?|<\d[\d:.,]{0,30}")
_LOST = {"u": "underline", "v": "voice", "lang": "language", "ruby": "ruby", "rt": "ruby"}


def unmark(marked: str) -> tuple[str, Look, list[str]]:
    """(plain text, look, what is lost) of a cue's text."""
    state = Styled()
    open_tags: list[str] = []
    counts: Counter[str] = Counter()
    end = 0
    closed = marked.rfind(">") + 1
    for token in _TOKEN.finditer(marked[:closed]):
        state.add(entities(marked[end : token.start()]))
        end = token.end()
        _tag(token.group()[1:-1], state, open_tags, counts)
    rest = marked[end:]
    if (begun := rest.find("<", max(closed - end, 0))) >= 0 and _OPEN.fullmatch(rest, begun):
        rest = rest[:begun]  # a tag that the end of the cue cuts off
    state.add(entities(rest))
    text, look, lost = state.done()
    return "\n".join(line if line.strip() else "" for line in text.split("\n")).strip("\n"), look, lost


def _tag(inner: str, state: Styled, open_tags: list[str], counts: Counter[str]) -> None:
    """Apply what stands between `<` and `>`."""
    if inner[:1].isdigit():
        state.lose("karaoke times")
        return
    closing = inner.startswith("/")
    name, *classes = re.split(r"[ \t\n]", inner.lstrip("/"), maxsplit=1)[0].split(".")
    if closing:
        if name == "ruby" and open_tags[-1:] == ["rt"]:
            _close(state, open_tags, counts)
        if open_tags[-1:] == [name]:
            _close(state, open_tags, counts)
    elif name in ("b", "i", "c") or name in _LOST:
        open_tags.append(name)
        counts[name] += 1
        state.outer.append(state.color)
        if name in _LOST:
            state.lose(_LOST[name])
        _paint(classes, state)
    elif name:
        state.lose("a tag that WebVTT doesn't have")
    state.bold, state.italic = counts["b"] > 0, counts["i"] > 0


def _close(state: Styled, open_tags: list[str], counts: Counter[str]) -> None:
    counts[open_tags.pop()] -= 1
    state.color = state.outer.pop()


def _paint(classes: list[str], state: Styled) -> None:
    """Color by the names that the specification gives to classes."""
    if named := next((name for name in classes if name in NAMED), None):
        state.paint(named)
    elif any(classes):
        state.lose("class or unknown color")
