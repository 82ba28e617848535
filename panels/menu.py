"""The kinds of strips in the Sequencer's Add menu."""

from __future__ import annotations

from typing import Any

import bpy

from ..models.kinds import makeable


def _draw(self: Any, _context: bpy.types.Context) -> None:
    self.layout.separator()
    for kind in makeable():
        icon = "SOUND" if kind.medium == "sound" else "TEXTURE"
        self.layout.operator(f"latent_strips.{kind.name}_add", text=f"Latent {kind.label}", icon=icon)
    self.layout.operator("latent_strips.subtitles_import", text="Subtitles", icon="FONT_DATA")
    self.layout.operator("latent_strips.subtitles_add", text="Latent Subtitles", icon="FONT_DATA")


def register() -> None:
    """Add the entries."""
    bpy.types.SEQUENCER_MT_add.append(_draw)


def unregister() -> None:
    """Take the entries away."""
    bpy.types.SEQUENCER_MT_add.remove(_draw)
