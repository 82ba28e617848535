"""The chosen style as a picture; a click on it opens the gallery."""

from __future__ import annotations

import bpy

from ..models.errors import StripError
from ..models.gallery.tiles import of_style
from ..models.kinds import Kind
from ..operators.blender.gallery import grid, target
from ..operators.blender.library import thumbnails
from ..operators.blender.preferences import seen_library

#: Height of the picture, in units of Blender's interface.
SIZE = 5.0


def draw_style(layout: bpy.types.UILayout, context: bpy.types.Context, kind: Kind, aim: str) -> None:
    """Draw the style that is chosen for the next strip (`aim` "NEXT") or of the active one ("STRIP").

    Draws nothing where the generator is not installed.
    """
    entries = seen_library().of_kind(kind.name)
    try:
        generator, style = target.chosen(context, kind.name, aim)
    except StripError:
        return
    entry = next((entry for entry in entries if entry.card.id == generator), None)
    if entry is None:  # none is installed, or the strip's is not: its menu says so
        return
    tile = of_style(entry, kind, style)
    column = layout.column(align=True)
    given = grid.button(column, "latent_strips.gallery", thumbnails.of_tile(tile), SIZE)
    given.kind, given.target = kind.name, aim
    named = column.operator("latent_strips.gallery", text=tile.label, translate=tile.is_shipped)
    named.kind, named.target = kind.name, aim
