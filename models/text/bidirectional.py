"""What of a line must be shaped, and in which order its characters are seen: the Unicode bidirectional algorithm."""

from __future__ import annotations

import unicodedata
from collections import deque
from typing import Any

from bidi import algorithm as bidi

from .invisible import is_invisible

#: First strong, left to right and right to left isolates with their direction, and what ends one.
_ISOLATES: dict[str, int | None] = {"\u2066": 0, "\u2067": 1, "\u2068": None}
_END, _OBJECT = "\u2069", "\ufffc"
#: Isolates in one another are followed to this depth.
DEPTH = 60
#: Scripts that letters can't be set of one by one: ranges of characters.
_COMPLEX = ((0x0590, 0x08FF), (0x0900, 0x109F), (0x1780, 0x17FF), (0xA980, 0xA9DF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFF))


def needs_shaping(character: str) -> bool:
    """Whether a character is of a script whose letters join or stack."""
    code = ord(character)
    return any(a <= code <= b for a, b in _COMPLEX) or unicodedata.combining(character) != 0 or code == 0x200D


def is_rtl(text: str) -> bool:
    """Whether a text has letters that are written from right to left."""
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def runs(text: str) -> list[tuple[str, bool]]:
    """Return a line in the order that it is seen in: pieces of one direction (characters as they are spoken, right to
    left).

    Pieces also end where shaping begins or ends, so that the other letters keep Blender's own places. Of the characters
    that are never drawn, those inside a piece that is shaped are kept, as joiners decide how its letters join.
    """
    found: list[tuple[list[int], bool, bool]] = []
    shown: dict[int, str] = {}
    for place, rtl, character in _visual(text):
        if is_invisible(text[place]):
            continue
        whole = shaped(text, place)
        shown[place] = character
        if found and found[-1][1:] == (rtl, whole) and _follows(text, found[-1][0][-1], place, rtl):
            found[-1][0].append(place)
        else:
            found.append(([place], rtl, whole))
    # HarfBuzz mirrors brackets itself; those that it doesn't shape are shown as the algorithm says.
    return [
        (text[min(places) : max(places) + 1] if whole else "".join(shown[n] for n in places), rtl)
        for places, rtl, whole in found
    ]


def _follows(text: str, before: int, place: int, rtl: bool) -> bool:
    """Whether a place comes next after `before` in its direction, when what is never drawn is passed over."""
    first, last = (place, before) if rtl else (before, place)
    return first < last and all(map(is_invisible, text[first + 1 : last]))


def shaped(text: str, place: int) -> bool:
    """Whether a character needs shaping, as the base of a combining one does."""
    return needs_shaping(text[place]) or any(unicodedata.combining(c) for c in text[place + 1 : place + 2])


def _visual(text: str, direction: int | None = None, depth: int = 0) -> list[tuple[int, bool, str]]:
    """(place, whether right to left, character to show) of a line's characters, from left to right as they are seen.

    (UAX 9.) An isolate (U+2066 to U+2069) is ordered by itself, as a line of its own `direction` (0 or 1; None: that of
    its first letter), and stands in what is around it like a sign that has no direction.
    """
    outer, inner = _parted(text, depth)
    bare = "".join(c if not c or unicodedata.bidirectional(c) else _unassigned(c) for c in outer)
    level = bidi.get_base_level(bare) if direction is None else direction
    storage: dict[str, Any] = {"base_level": level, "base_dir": "LR"[level], "chars": [], "runs": deque()}
    bidi.get_embedding_levels(bare, storage, False, False)
    places = [n for n, character in enumerate(outer) if character]
    for place, character in zip(places, storage["chars"], strict=True):
        character["place"] = place
    for step in (
        bidi.explicit_embed_and_overrides,
        bidi.resolve_weak_types,
        bidi.resolve_neutral_types,
        bidi.resolve_implicit_levels,
        bidi.reorder_resolved_levels,
        bidi.apply_mirroring,
    ):
        step(storage, False)
    seen: list[tuple[int, bool, str]] = []
    for character in storage["chars"]:
        place = character["place"]
        if place in inner:
            begin, piece, towards = inner[place]
            seen += [(begin + n, rtl, c) for n, rtl, c in _visual(piece, towards, depth + 1)]
        else:
            shown = character["ch"] if unicodedata.bidirectional(text[place]) else text[place]
            seen.append((place, character["level"] % 2 == 1, shown))
    return seen


def _unassigned(character: str) -> str:
    """Return what stands for a character that this Python's Unicode doesn't have, and so no direction: UAX 9 takes it
    for a letter from left to right, or for one that is ignored.
    """
    return "\u200b" if is_invisible(character) else "x"


def _parted(text: str, depth: int) -> tuple[list[str], dict[int, tuple[int, str, int | None]]]:
    """Return a line's characters with each isolate as one object, "" for what is in it, and the isolates by that place.

    An isolate is (where its text begins, its text, its direction). One that nothing ends goes on to the end of the
    line; what ends none counts as nothing, and so does what begins one inside of `DEPTH` others.
    """
    if depth >= DEPTH:
        return ["" if character == _END or character in _ISOLATES else character for character in text], {}
    outer = list(text)
    inner: dict[int, tuple[int, str, int | None]] = {}
    opened: list[int] = []
    for n, character in enumerate(text):
        if character in _ISOLATES:
            opened.append(n)
        elif character == _END and opened:
            begin = opened.pop()
            if not opened:
                inner[begin] = (begin + 1, text[begin + 1 : n], _ISOLATES[text[begin]])
    if opened:
        inner[opened[0]] = (opened[0] + 1, text[opened[0] + 1 :], _ISOLATES[text[opened[0]]])
    for begin, (first, piece, _) in inner.items():
        outer[begin] = _OBJECT
        outer[first : first + len(piece)] = [""] * len(piece)
    return ["" if character == _END else character for character in outer], inner
