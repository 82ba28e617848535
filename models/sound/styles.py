"""What is usual for a sound unless one is told otherwise: how often it is heard, and whether it has a pitch."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Styles that are heard again and again, and how often a second.
WALK = {"footsteps": 1.8}
#: Sounds that have a pitch: how much of it, and whether it glides.
PITCHED = {"beep": (0.9, False)}


def pitch(style: str, more: float = 0.0) -> dict[str, Any]:
    """`tone` and `glide` of `shape.Controls` for a style, with `more` (−1…1) of a pitch than is usual."""
    usual, glide = PITCHED.get(style, (0.0, True))
    return {"tone": float(np.clip(usual + more, 0, 1)), "glide": glide}
