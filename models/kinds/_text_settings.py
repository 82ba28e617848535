"""What can be set of a text overlay."""

from __future__ import annotations

from ..parameters import Choice, Parameter

_WAYS = (
    Choice("none", "None", "Show or hide at once"),
    Choice("fade", "Fade", "Fade the whole text"),
    Choice("dissolve", "Dissolve", "Dissolve in fine grains"),
    Choice("burn", "Burn", "Burn along a glowing edge"),
    Choice("freeze", "Freeze", "Freeze along an edge of frost"),
    Choice("write", "Write On", "Wipe along the lines in reading direction"),
    Choice("ink", "Ink", "Spread in soft ink blots"),
)
_ANY = tuple(way.name for way in _WAYS[1:])

PARAMETERS = (
    Parameter("style", "style", "", "Style", "Material of the text"),
    Parameter("layout", "text", "", "Layout", "The text and its typesetting"),
    Parameter(
        "strength", "float", 1.0, "Strength", "How far the effect extends beyond the glyphs. 0 keeps to their shape",
        0.0, 2.0, unit="factor", animatable=True,
    ),
    Parameter(
        "outline", "float", 0.8, "Contrast Outline", "Dark outline behind the text that keeps it readable",
        0.0, 1.0, unit="factor",
    ),
    Parameter(
        "legibility", "float", 0.6, "Legibility",
        "How clearly the glyphs stand out from their own effect: lighter, more even, and separated from "
        "their surroundings",
        0.0, 1.0, unit="factor",
    ),
    Parameter("period", "float", 2.0, "Loop", "Seconds until the effect repeats", 0.2, 60.0, 0.5, 8.0, group="motion"),
    Parameter("appear", "choice", "none", "Appear", "How the text appears", choices=_WAYS, group="transition"),
    Parameter(
        "appear_time", "float", 0.5, "Time", "Duration of the appearance in seconds",
        0.0, 60.0, 0.0, 3.0, group="transition", needs=("appear", *_ANY),
    ),
    Parameter("vanish", "choice", "none", "Vanish", "How the text vanishes", choices=_WAYS, group="transition"),
    Parameter(
        "vanish_time", "float", 0.5, "Time", "Duration of the vanishing in seconds",
        0.0, 60.0, 0.0, 3.0, group="transition", needs=("vanish", *_ANY),
    ),
)  # fmt: skip
