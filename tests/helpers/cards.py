"""A small card, and an ONNX file that holds nothing else."""

from __future__ import annotations

import json
from typing import Any

from models.cards.card import KEY

CARD: dict[str, Any] = {
    "card": 1,
    "id": "small",
    "kind": "texture",
    "label": "Small",
    "licence": "CC0-1.0",
    "inputs": [
        {"name": "z", "role": "latent_field", "channels": 4, "stride": 8},
        {"name": "s", "role": "style", "channels": 2},
    ],
    "outputs": [{"name": "image", "role": "image", "channels": 3, "range": [-1, 1]}],
    "styles": [{"name": "sand", "label": "Sand", "vector": [0.5, -1]}],
}


def varint(value: int) -> bytes:
    """A number as protobuf writes it."""
    high = value >> 7
    return bytes([value & 127 | 128]) + varint(high) if high else bytes([value])


def model(card: object = CARD, key: str = KEY) -> bytes:
    """An ONNX file with nothing but a version and a card: ModelProto by hand."""
    entry = b""
    for number, text in ((1, key), (2, card if isinstance(card, str) else json.dumps(card))):
        entry += varint(number << 3 | 2) + varint(len(text.encode())) + text.encode()
    return b"\x08\x0a" + varint(14 << 3 | 2) + varint(len(entry)) + entry
