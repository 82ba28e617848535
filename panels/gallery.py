"""The chosen style as a picture; a click on it opens the gallery."""

from __future__ import annotations

import bpy

from ..models.gallery.tiles import of_style
from ..models.kinds import Kind
from ..operators.blender.gallery import grid, target
from ..operators.blender.library import thumbnails
from ..operators.blender.preferences import seen_library

#: Height of the picture, in units of Blender's interface.
SIZE = 5.0


def draw_button(layout: bpy.types.UILayout, kind: Kind) -> None:
    """Draw an icon that opens the gallery for the active strip."""
    button = layout.operator("latent_strips.gallery", text="", icon="IMAGE_DATA")
    button.kind, button.target = kind.name, "STRIP"


def draw_style(layout: bpy.types.UILayout, context: bpy.types.Context, kind: Kind) -> bool:
    """Draw the style that is chosen for the next strip, and return whether it was: not without its generator."""
    generator, style = target.chosen(context, kind.name, "NEXT")
    entry = next((entry for entry in seen_library().of_kind(kind.name) if entry.card.id == generator), None)
    if entry is None:
        return False
    tile = of_style(entry, kind, style)
    column = layout.column(align=True)
    given = grid.button(column, "latent_strips.gallery", thumbnails.of_tile(tile), SIZE)
    given.kind, given.target = kind.name, "NEXT"
    named = column.operator("latent_strips.gallery", text=tile.label, translate=tile.is_shipped)
    named.kind, named.target = kind.name, "NEXT"
    return True
