"""Text strips: how they are made and anchored, and by which rules Blender sets their text."""

from __future__ import annotations

from typing import Any

import bpy

from .editor import strips

_NEW_EFFECT = bpy.app.version >= (5, 0, 0)


def new_text(scene: bpy.types.Scene, name: str, channel: int, start: int, length: int) -> Any:
    """Return a new text strip."""
    end = {"length": length} if _NEW_EFFECT else {"frame_end": start + length}
    return strips(scene).new_effect(name=name, type="TEXT", channel=channel, frame_start=start, **end)


def adds_text(given: Any) -> None:
    """Let a button of Blender's for effects add a text strip at the playhead; since 5.0 it would hang on the mouse."""
    given.type = "TEXT"
    if hasattr(given, "move_strips"):
        given.move_strips = False


def text_rules() -> int:
    """Return the version whose rules this Blender sets text by (see `models.text.layout`)."""
    return next(rules for rules in (52, 50, 44, 42) if bpy.app.version >= (rules // 10, rules % 10, 0))


def text_anchor(strip: Any) -> tuple[str, str, str]:
    """Return a text strip's (anchor X, anchor Y, alignment of its lines). Until 4.3 lines begin at one edge."""
    if hasattr(strip, "anchor_x"):
        return strip.anchor_x, strip.anchor_y, strip.alignment_x
    return strip.align_x, strip.align_y, "LEFT"


def set_text_anchor(strip: Any, x: str, y: str) -> None:
    """Anchor a text strip, and align its lines alike."""
    names = ("anchor_x", "anchor_y", "alignment_x") if hasattr(strip, "anchor_x") else ("align_x", "align_y")
    for name, value in zip(names, (x, y, x), strict=False):
        if getattr(strip, name) != value:
            setattr(strip, name, value)
