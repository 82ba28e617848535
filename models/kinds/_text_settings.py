"""What can be set of a text overlay."""

from __future__ import annotations

from ..parameters import Choice, Parameter

_WAYS = (
    Choice("none", "None", "There at once"),
    Choice("fade", "Fade", "All letters alike"),
    Choice("dissolve", "Dissolve", "Grain by grain"),
    Choice("burn", "Burn", "Behind a glowing edge"),
    Choice("freeze", "Freeze", "Behind an edge of frost"),
    Choice("write", "Write on", "Along the lines, as they are read"),
    Choice("ink", "Ink", "Soft blots that grow"),
)

PARAMETERS = (
    Parameter("style", "style", "", "Style", "What the letters are made of"),
    Parameter("layout", "text", "", "Layout", "The text and how its strip sets it"),
    Parameter(
        "strength", "float", 1.0, "Strength", "How far the effect leaves the letters; 0 keeps to their shape",
        0.0, 2.0, unit="factor", animatable=True,
    ),
    Parameter(
        "outline", "float", 0.8, "Contrast outline", "Darkness behind the letters, which keeps them readable",
        0.0, 1.0, unit="factor",
    ),
    Parameter(
        "legibility", "float", 0.6, "Legibility",
        "How far the letters stand out of their own effect: lighter, more even, and parted from what is around",
        0.0, 1.0, unit="factor",
    ),
    Parameter("period", "float", 2.0, "Loop", "Seconds after which the effect repeats", 0.2, 60.0, 0.5, 8.0),
    Parameter("appear", "choice", "none", "Appear", "How the text comes", choices=_WAYS, group="transition"),
    Parameter("appear_time", "float", 0.5, "Time", "Seconds to appear", 0.0, 60.0, 0.0, 3.0, group="transition"),
    Parameter("vanish", "choice", "none", "Vanish", "How the text goes", choices=_WAYS, group="transition"),
    Parameter("vanish_time", "float", 0.5, "Time", "Seconds to vanish", 0.0, 60.0, 0.0, 3.0, group="transition"),
)  # fmt: skip
