"""What stands in a card, read with limits. Each raises ValueError or TypeError for what no card may say."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from ..printable import printable

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def text(value: object) -> str:
    """Return a text of at most 1000 characters."""
    if not isinstance(value, str) or len(value) > 1000:
        raise ValueError("a text is missing or over 1000 characters")
    if not value.isascii():
        value.encode()  # raises ValueError for half a letter, which no text field of Blender's could hold
    return value


def label(value: object) -> str:
    """Return a text that is shown: nothing in it turns letters round or starts a new line."""
    return printable(text(value)).strip()


def plain(value: Any) -> dict[str, Any]:
    """Return what may be written as JSON again: no endless number, and nothing nested too deep."""
    json.dumps(value, allow_nan=False)
    return dict(value)


def name(value: object) -> str:
    """Return a name of small letters, digits, - and _, at most 64."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError(f"{str(value)[:64]!r} is not a name of small letters, digits, - and _")
    return value


def numbers(raw: Any) -> tuple[float, ...]:
    """Finite numbers."""
    numbers = tuple(float(value) for value in raw)
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError("a number is not finite")
    return numbers


def one_of(value: object, words: tuple[str, ...]) -> str:
    """One of the words."""
    if not isinstance(value, str) or value not in words:
        raise ValueError(f"{str(value)[:64]!r} is not one of {', '.join(words)}")
    return value


def vector(raw: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the finite numbers under `vector`."""
    vector = tuple(float(v) for v in raw["vector"])
    if not all(math.isfinite(v) for v in vector):
        raise ValueError("a vector is not finite")
    return vector


def unusual(of: object, keys: tuple[str, ...]) -> dict[str, Any]:
    """Those fields that don't have their usual value, ready for JSON."""
    found = {key: getattr(of, key) for key in keys if getattr(of, key) != getattr(type(of), key)}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in found.items()}
