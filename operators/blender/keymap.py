"""Esc stops what is being made, wherever the mouse is and nothing else takes the key."""

from __future__ import annotations

from typing import Any

import bpy

_added: list[tuple[Any, Any]] = []


def register() -> None:
    """Add the key to the window's keymap, which comes after those of all editors."""
    config = bpy.context.window_manager.keyconfigs.addon
    if config is None:  # no window
        return
    keymap = config.keymaps.new(name="Window", space_type="EMPTY")
    _added.append((keymap, keymap.keymap_items.new("latent_strips.cancel", "ESC", "PRESS")))


def unregister() -> None:
    """Take the key away."""
    for keymap, item in _added:
        keymap.keymap_items.remove(item)
    _added.clear()
