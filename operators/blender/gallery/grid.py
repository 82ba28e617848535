"""Draw the gallery: search, categories, and a page of tiles. A tile's whole picture is its button."""

from __future__ import annotations

from typing import Any

import bpy

from ....models.errors import StripError
from ....models.gallery.tiles import Key, Tile
from ....models.presets.preset import Preset
from ..languages.catalog import CONTEXT, translated
from ..library import thumbnails
from ..presets import folder
from . import shown, target

_PICK, _FAVORITE = "latent_strips.gallery_pick", "latent_strips.gallery_favorite"


def draw(layout: bpy.types.UILayout, context: bpy.types.Context, kind: str, aim: str) -> None:
    """Draw all that is in the popup. `aim` is what a choice is for (see `target`)."""
    state = context.window_manager.latent_strips_gallery
    page, count = shown.page(state)
    row = layout.row()
    row.prop(state, "search", text="", icon="VIEWZOOM")
    if count > 1:
        paging = row.row(align=True)
        paging.prop(state, "page", text=translated(f"Page (of {count})"))
    parts = layout.split(factor=shown.ASIDE / width())
    parts.column(align=True).prop(state, "category", expand=True)
    if not page:
        _draw_nothing(parts, state)
        return
    try:
        now = target.chosen(context, kind, aim)
    except StripError:
        now = ("", "")
    grid = parts.grid_flow(row_major=True, columns=shown.opened().columns, even_columns=True, even_rows=True)
    for each in page:
        if isinstance(each, Preset):
            _draw_preset(grid.column(align=True), each, aim)
        else:
            _draw_tile(grid.column(align=True), each, kind, aim, now)
    for _ in range(shown.opened().columns - len(page)):
        grid.label(text="")  # a short row keeps its columns


def _draw_nothing(layout: bpy.types.UILayout, state: Any) -> None:
    """Say why there is nothing, and what to do."""
    if state.search:
        layout.label(text="Nothing found. Search for another word, or choose All", icon="INFO")
    elif state.category == shown.FAVORITES:
        layout.label(text="No favorites yet. Click the star of a style to keep it here", icon="INFO")
    elif state.category == shown.RECENT:
        layout.label(text="No style was chosen yet", icon="INFO")
    elif state.category == shown.PRESETS:
        layout.label(text="No preset was saved yet", icon="INFO")
    else:
        layout.label(text="Import a generator first", icon="INFO")


def width() -> int:
    """Width of the popup in px at scale 1."""
    return shown.ASIDE + shown.opened().columns * shown.TILE_WIDTH


def button(layout: bpy.types.UILayout, operator: str, icon: int, size: float, depress: bool = False) -> Any:
    """Draw a picture that is a button; return the operator's properties. Icon 0 draws a sign in its place.

    Blender has no such thing: the picture lies over a button of its size, whose layout claims no height of its own.
    Pictures take no clicks, so the button below gets them.
    """
    column = layout.column(align=True)
    below = column.column()
    below.ui_units_y, below.scale_y = 0.01, size
    below.emboss = "NORMAL" if depress or not icon else "PULLDOWN_MENU"
    given = below.operator(operator, text="", icon="NONE" if icon else "IMAGE_DATA", depress=depress)
    if icon:
        column.template_icon(icon_value=icon, scale=size)
    else:
        space = column.column()
        space.scale_y = size
        space.label(text="")
    return given


def _draw_tile(column: bpy.types.UILayout, tile: Tile, kind: str, aim: str, now: Key) -> None:
    pick = button(column, _PICK, thumbnails.of_tile(tile), shown.PICTURE, depress=tile.key == now)
    pick.kind, pick.target, pick.generator, pick.style = kind, aim, tile.generator, tile.style
    row = column.row(align=True)
    row.label(text=tile.label, text_ctxt=CONTEXT, translate=tile.is_shipped)
    liked = tile.key in shown.opened().favorites
    heart = row.operator(_FAVORITE, text="", icon="SOLO_ON" if liked else "SOLO_OFF", emboss=False)
    heart.kind, heart.generator, heart.style = kind, tile.generator, tile.style


def _draw_preset(column: bpy.types.UILayout, one: Preset, aim: str) -> None:
    use = button(column, "latent_strips.preset_apply", thumbnails.first_of(folder.pictures(one)), shown.PICTURE)
    use.kind, use.target, use.preset = one.kind, aim, one.name
    column.label(text=one.name, text_ctxt=CONTEXT, translate=not folder.is_mine(one))
