"""What a recipe holds of its footage, and what can be set of most that is made from it."""

from __future__ import annotations

from ..parameters import Choice, Parameter

#: What a recipe knows of its footage: filled in from the strip, not shown.
SOURCE = (
    Parameter("source", "choice", "", "Source", "Fingerprint of the files"),
    Parameter(
        "medium", "choice", "movie", "Medium", "What the files are",
        choices=(
            Choice("movie", "Movie", "One movie"),
            Choice("stored", "Movie as stored", "One movie, whatever it says of which side is up"),
            Choice("pictures", "Pictures", "A file a frame"),
            Choice("rendered", "Rendered", "What a second Blender renders"),
        ),
    ),
    Parameter("stream", "int", 0, "Stream", "Number of the movie's video stream", 0, 1000),
    Parameter("content", "int", 1, "Content", "Frames of the scene that the content takes", 1, 10_000_000),
    *(Parameter(f"crop_{s}", "int", 0, "Crop", "Px cut off", 0, 100_000) for s in ("left", "right", "bottom", "top")),
    Parameter("flip_x", "bool", False, "Flip X", "Mirrored from left to right"),
    Parameter("flip_y", "bool", False, "Flip Y", "Mirrored from top to bottom"),
    Parameter("pivot_x", "float", 0.5, "Pivot X", "What it is turned about, part of its width", -1e4, 1e4),
    Parameter("pivot_y", "float", 0.5, "Pivot Y", "What it is turned about, part of its height", -1e4, 1e4),
    *(
        Parameter(name, "float", default, name, "Where it lies in the frame", -1e7, 1e7, animatable=True)
        for name, default in (
            ("position", 0.0), ("scale_x", 1.0), ("scale_y", 1.0),
            ("offset_x", 0.0), ("offset_y", 0.0), ("rotation", 0.0),
        )
    ),
)  # fmt: skip
NAMES = {parameter.name for parameter in SOURCE}

DETAIL = Parameter(
    "sight", "int", 512, "Detail",
    "Shorter side, in px, of what the network sees; more finds finer edges and takes longer. "
    "Networks of a fixed size take no notice", 32, 4320, 128, 1080, unit="pixels",
)  # fmt: skip
SMOOTHING = Parameter(
    "smoothing", "float", 0.0, "Smoothing", "How much each frame keeps of the one before; too much leaves trails",
    0.0, 0.95, unit="factor",
)  # fmt: skip
