"""Messages in lines, for panels and popups."""

from __future__ import annotations

import re
import unicodedata

from .catalog import translated

#: What a line may be broken after: a word, or a Chinese or Japanese character with the punctuation that follows it.
_PIECE = re.compile(r"\s*[^\s\u2e80-\uffef]+|\s*[\u2e80-\uffef][\uff0c\u3002\uff1a\uff1b\u3001\uff09\uff01\uff1f]*")


def lines(text: str, columns: int) -> list[str]:
    """Return a message, translated, in lines of at most so many `columns`: a Chinese character takes two.

    A single word that is longer is cut.
    """
    found = [""]
    for piece in _PIECE.findall(translated(text)):
        if found[-1] and width(found[-1] + piece) > columns:
            found.append("")
        found[-1] += piece if found[-1] else piece.lstrip()
        while len(found[-1]) > columns:
            found[-1:] = [found[-1][:columns], found[-1][columns:]]
    return found


def width(text: str) -> int:
    """Return how many columns of a fixed font a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
