"""Characters that nobody is meant to see: Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties, 5.3 of the
standard). They direct, join or part what is around them, and are never drawn themselves."""

from __future__ import annotations

import re

_RANGES = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{_RANGES}]")
#: Those that Blender 4.2 to 5.2 doesn't draw either, in any font: text strips may keep them.
_UNDRAWN = re.compile("[\u200b-\u200f\ufe00-\ufe0f]")


def is_invisible(character: str) -> bool:
    """Whether a character is never drawn."""
    return _INVISIBLE.match(character) is not None


def visible(text: str) -> str:
    """Return a text without the characters that are never drawn."""
    return _INVISIBLE.sub("", text)


def drawn(text: str) -> str:
    """Return a text without those of them that Blender's text strips would draw as boxes."""
    return _INVISIBLE.sub(lambda found: found.group() if _UNDRAWN.match(found.group()) else "", text)
