"""Text of others as it may be shown: in a panel, a report or a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return `text` with a space for each character that isn't shown but acts.

    Those are control characters (line breaks, the escapes of terminals), the marks that turn the direction of what
    follows (U+200E, U+200F, U+202A–202E, U+2066–2069) and all others of Unicode's categories C and Z but the space.
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text)
