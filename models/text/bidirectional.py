"""What of a line must be shaped, and in which order its characters are seen: the Unicode bidirectional algorithm."""

from __future__ import annotations

import unicodedata
from collections import deque
from typing import Any

from bidi import algorithm as bidi

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
    """A line in the order that it is seen in: pieces of one direction (characters as they are spoken, right to left).

    Pieces also end where shaping begins or ends, so that the other letters keep Blender's own places.
    """
    found: list[tuple[list[int], bool, bool]] = []
    shown: dict[int, str] = {}
    for place, level, character in _visual(text):
        rtl, whole = level % 2 == 1, shaped(text, place)
        shown[place] = character
        if found and found[-1][1:] == (rtl, whole) and place - found[-1][0][-1] == (-1 if rtl else 1):
            found[-1][0].append(place)
        else:
            found.append(([place], rtl, whole))
    # HarfBuzz mirrors brackets itself; those that it doesn't shape are shown as the algorithm says.
    return [
        ("".join((text[n] if whole else shown[n]) for n in (sorted(places) if whole else places)), rtl)
        for places, rtl, whole in found
    ]


def shaped(text: str, place: int) -> bool:
    """Whether a character needs shaping, as the base of a combining one does."""
    return needs_shaping(text[place]) or any(unicodedata.combining(c) for c in text[place + 1 : place + 2])


def _visual(text: str) -> list[tuple[int, int, str]]:
    """(place, level, character to show) of a line's characters, from left to right as they are seen (UAX 9)."""
    level = bidi.get_base_level(text)
    storage: dict[str, Any] = {"base_level": level, "base_dir": "LR"[level], "chars": [], "runs": deque()}
    bidi.get_embedding_levels(text, storage, False, False)
    for place, character in enumerate(storage["chars"]):
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
    return [(character["place"], character["level"], character["ch"]) for character in storage["chars"]]
