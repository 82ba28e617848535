"""What a recipe holds of its footage, and what can be set of most that is made from it."""

from __future__ import annotations

from ..parameters import Choice, Parameter

#: What a recipe knows of its footage: filled in from the strip, not shown.
SOURCE = (
    Parameter("source", "choice", "", "Source", "Fingerprint of the source files"),
    Parameter(
        "medium", "choice", "movie", "Medium", "Type of the source files",
        choices=(
            Choice("movie", "Movie", "A movie file"),
            Choice("stored", "Movie as Stored", "A movie file whose rotation flag is ignored"),
            Choice("pictures", "Pictures", "One image file per frame"),
            Choice("rendered", "Rendered", "Frames rendered by a background Blender"),
        ),
    ),
    Parameter("stream", "int", 0, "Stream", "Index of the movie's video stream", 0, 1000),
    Parameter("content", "int", 1, "Content", "Length of the content in scene frames", 1, 10_000_000),
    *(
        Parameter(f"crop_{s}", "int", 0, "Crop", "Pixels cropped from this side", 0, 100_000)
        for s in ("left", "right", "bottom", "top")
    ),
    Parameter("flip_x", "bool", False, "Flip X", "Mirror horizontally"),
    Parameter("flip_y", "bool", False, "Flip Y", "Mirror vertically"),
    Parameter("pivot_x", "float", 0.5, "Pivot X", "Horizontal pivot as a fraction of the width", -1e4, 1e4),
    Parameter("pivot_y", "float", 0.5, "Pivot Y", "Vertical pivot as a fraction of the height", -1e4, 1e4),
    *(
        Parameter(name, "float", default, name, "Placement of the source in the frame", -1e7, 1e7, animatable=True)
        for name, default in (
            ("position", 0.0), ("scale_x", 1.0), ("scale_y", 1.0),
            ("offset_x", 0.0), ("offset_y", 0.0), ("rotation", 0.0),
        )
    ),
)  # fmt: skip
NAMES = {parameter.name for parameter in SOURCE}

DETAIL = Parameter(
    "sight", "int", 512, "Detail",
    "Shorter side, in pixels, of the picture that the network works on. Higher values find finer edges "
    "and take longer. Networks with a fixed input size ignore it", 32, 4320, 128, 1080, unit="pixels",
    group="advanced",
)  # fmt: skip
SMOOTHING = Parameter(
    "smoothing", "float", 0.0, "Smoothing", "How much each frame keeps of the previous one. High values leave trails",
    0.0, 0.95, unit="factor", group="advanced",
)  # fmt: skip
