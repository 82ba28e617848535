"""What painted looks are chosen by: styles as numbers that say how much there is of what, and knobs; and the card."""

from __future__ import annotations

from ...cards.card import VERSION

#: What the numbers of a style stand for, in their order, each about 0…1.
WEIGHTS = (
    "steps",  # tones in steps
    "line", "ink", "dots", "strokes",  # dark lines; ink where it is dark, hatched or dotted; a pencil's strokes
    "edge", "cloud", "grain",  # how pigment settles: at edges, unevenly, in paper
    "canvas", "brush",  # light on canvas and on the strokes of a brush
    "colour", "lift",  # colorfulness (1 as filmed); towards white
)  # fmt: skip
STYLES: dict[str, tuple[str, dict[str, float]]] = {
    "oil": ("Oil painting", {"canvas": 0.22, "brush": 1, "colour": 1.2}),
    "watercolour": (
        "Watercolour", {"edge": 1, "cloud": 0.9, "grain": 0.45, "colour": 1.3, "lift": 0.26, "line": 0.12},
    ),
    "cel": ("Cel animation", {"steps": 0.9, "line": 0.9, "colour": 1.3, "lift": 0.05}),
    "ink": ("Ink drawing", {"ink": 1, "line": 0.8}),
    "pencil": ("Pencil", {"strokes": 1, "line": 0.7, "grain": 0.4}),
    "crayon": ("Colored pencil", {"strokes": 0.8, "line": 0.45, "grain": 0.4, "colour": 1.4, "lift": 0.08}),
    "comic": ("Comic", {"steps": 0.8, "ink": 0.7, "dots": 1, "line": 1, "colour": 1.5, "lift": 0.08}),
}  # fmt: skip
#: Knobs: name, lowest, usual and highest value.
KNOBS = (
    ("Brush size", 0.5, 1.0, 2.0),
    ("Line width", 0.6, 1.0, 2.0),
    ("Line strength", 0.0, 1.0, 2.0),
    ("Tones", 2.0, 6.0, 12.0),
    ("Texture", 0.0, 1.0, 2.5),
    ("Colourfulness", 0.0, 1.0, 2.0),
)


def card() -> dict[str, object]:
    """Return the card, ready for JSON."""
    size = [1, 3, -1, -1]
    knobs = [
        {"name": name, "role": "number", "channels": 1, "shape": [1], "range": [low, high], "default": usual}
        for name, low, usual, high in KNOBS
    ]
    return {
        "card": VERSION,
        "id": "painted_looks",
        "kind": "restyle",
        "label": "Painted looks",
        "licence": "CC0-1.0",
        "inputs": [
            {"name": "image", "role": "image", "channels": 3, "shape": size, "multiple": 2},
            {"name": "style", "role": "style", "channels": len(WEIGHTS)},
            *knobs,
        ],
        "outputs": [{"name": "styled", "role": "image", "channels": 3, "shape": size}],
        "styles": [
            {"name": name, "label": label, "vector": [float(weights.get(key, 0.0)) for key in WEIGHTS]}
            for name, (label, weights) in STYLES.items()
        ],
        "training": {"method": "none: filters and tiles", "weights": list(WEIGHTS)},
    }
