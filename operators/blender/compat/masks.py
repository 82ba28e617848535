"""Mask modifiers, and Blender's caches of what modifiers read."""

from __future__ import annotations

from typing import Any

import bpy

from .scenes import show_everywhere


def add_mask(scene: bpy.types.Scene, strip: Any, mask: Any) -> None:
    """Give a strip a Mask modifier that reads another strip.

    Blender 5.0 and 5.1 crash here without a window when a workspace shows no scene in its Sequencer.
    """
    show_everywhere(scene)
    modifier = strip.modifiers.new("Latent matte", "MASK")
    modifier.input_mask_type = "STRIP"
    modifier.input_mask_strip = mask


def copy_masks(scene: bpy.types.Scene, strip: Any, other: Any) -> None:
    """Give a strip the Mask modifiers that another one has (see `add_mask`)."""
    show_everywhere(scene)
    for mask in getattr(other, "modifiers", ()):
        if mask.type == "MASK":
            modifier = strip.modifiers.new(mask.name, "MASK")
            for name in ("mute", "input_mask_type", "input_mask_strip", "input_mask_id", "mask_time"):
                setattr(modifier, name, getattr(mask, name))


def refresh_modifiers(strip: Any) -> None:
    """Make Blender apply a strip's modifiers again: its caches don't see that what a modifier reads has changed."""
    for modifier in getattr(strip, "modifiers", ()):
        modifier.mute = modifier.mute
