"""A generator of textures from photographs: the graph with its card, as one file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..cards.card import KEY, VERSION
from ..cards.style import Style
from . import graph
from .example import KNOTS, LIMIT, SIDE, STEP, Example

#: Px between two patches, and the power of their weights: the higher it is, the less of a pixel is blended.
SPACING, SHARPNESS = 144, 6.0
#: Latent keys that pass in a second: a patch shows another piece of the photograph every ten seconds.
RATE = 0.1


@dataclass(frozen=True)
class Photo:
    """A style: its photograph, where that comes from (`origin` and license), and how it is blended."""

    name: str
    label: str
    example: Example
    origin: str
    license: str
    sharpness: float = SHARPNESS


def card(id: str, label: str, license: str, photos: Sequence[Photo], **more: Any) -> dict[str, Any]:
    """Return the card of a generator, ready for JSON. A style's vector has a 1 in its own place."""
    settings: dict[str, Any] = {"side": SIDE, "step": STEP, "limit": LIMIT, "knots": KNOTS, "spacing": SPACING}
    settings |= {"sharpness": [photo.sharpness for photo in photos]}
    vectors = [tuple(float(n == place) for n in range(len(photos))) for place in range(len(photos))]
    return {
        "card": VERSION,
        "id": id,
        "kind": "texture",
        "label": label,
        "licence": license,
        "inputs": [
            {"name": "patches", "role": "patch_field", "channels": 2 * graph.NUMBERS, "stride": SPACING},
            {"name": "down", "role": "cell_rows", "channels": 1},
            {"name": "across", "role": "cell_columns", "channels": 1},
            {"name": "style", "role": "style", "channels": len(photos)},
        ],
        "outputs": [{"name": "image", "role": "image", "channels": 3, "range": [0.0, 1.0]}],
        "styles": [
            Style(photo.name, photo.label, vector, rate=RATE).json()
            for photo, vector in zip(photos, vectors, strict=True)
        ],
        "sources": [{"style": photo.name, "origin": photo.origin, "licence": photo.license} for photo in photos],
        "training": {
            "method": "tile and blend: pieces of the photograph, which is in the file, blended by its histograms",
            "settings": settings,
            "settings_sha256": hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest(),
            "steps": 0,
            **more,
        },
    }


def written(described: Mapping[str, Any], photos: Sequence[Photo]) -> bytes:
    """Return the ONNX file with its card. The same photographs always give the same bytes."""
    text = json.dumps(described, separators=(",", ":"))
    return graph.model([photo.example for photo in photos], [photo.sharpness for photo in photos], {KEY: text})
