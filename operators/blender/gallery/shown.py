"""What the gallery shows now: the tiles of a kind, in an order that stays while it is open, and a page of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bpy

from ....models.gallery.categories import CATEGORIES
from ....models.gallery.tiles import Key, Tile, in_order, tiles
from ....models.kinds import kind as kind_of
from ....models.presets.preset import Preset
from ..languages.catalog import CONTEXT
from ..preferences import library
from ..presets import folder
from . import liked

#: Entries of the menu of categories beside the categories themselves.
ALL, FAVORITES, RECENT, PRESETS = "all", "favorites", "recent", "presets"
#: A tile's picture, in units of Blender's interface (20 px at scale 1), and px at scale 1 that a tile and the list of
#: categories take.
PICTURE = 5.0
TILE_WIDTH, TILE_HEIGHT, ASIDE, AROUND = 116, 132, 150, 90


@dataclass
class Opened:
    """The tiles of the kind that was opened last, and the favorites and last used of them."""

    kind: str
    tiles: list[Tile]
    favorites: list[Key]
    recent: list[Key]
    columns: int = 5
    rows: int = 3


_opened: list[Opened] = []
#: The strings of the menu of categories: Blender keeps no reference to them.
_items: list[tuple[str, str, str, int]] = []


def load(kind: str, columns: int = 5, rows: int = 3) -> Opened:
    """Take in the tiles of a kind, favorites and last used first."""
    favorites, recent = liked.favorites(kind), liked.recent(kind)
    found = in_order(tiles(library(), kind_of(kind)), [*favorites, *recent])
    _opened[:] = [Opened(kind, found, favorites, recent, columns, rows)]
    there = {tile.category for tile in found}
    entries = [(ALL, "All"), (FAVORITES, "Favorites"), (RECENT, "Recent"), (PRESETS, "Presets")]
    entries += [(name, label) for name, label in CATEGORIES.items() if name in there]
    numbers = [ALL, FAVORITES, RECENT, PRESETS, *CATEGORIES]
    _items[:] = [(name, label, "", numbers.index(name)) for name, label in entries]
    return _opened[0]


def opened() -> Opened:
    """Return what was loaded last."""
    return _opened[0] if _opened else load("texture")


def found(state: Any) -> Sequence[Tile | Preset]:
    """Return the tiles, or the presets, that category and search leave."""
    now = opened()
    if state.category == PRESETS:
        words = state.search.casefold().split()
        return [one for one in folder.of_kind(now.kind) if all(word in one.name.casefold() for word in words)]
    keys = {FAVORITES: now.favorites, RECENT: now.recent}.get(state.category)
    if keys is not None:
        left = [tile for tile in in_order(now.tiles, keys) if tile.key in keys]
    else:
        left = [tile for tile in now.tiles if state.category in (ALL, tile.category)]
    return [tile for tile in left if tile.matches(state.search)]


def page(state: Any) -> tuple[Sequence[Tile | Preset], int]:
    """Return the tiles or presets of the page that is shown, and how many pages there are."""
    now, left = opened(), found(state)
    size = now.columns * now.rows
    count = max(1, math.ceil(len(left) / size))
    first = (min(state.page, count) - 1) * size
    return left[first : first + size], count


def fitting(context: bpy.types.Context) -> tuple[int, int]:
    """Return how many columns and rows of tiles fit into the window."""
    scale, window = context.preferences.system.ui_scale, context.window
    width, height = (window.width / scale, window.height / scale) if window else (1600, 900)
    columns = int((width * 0.9 - ASIDE) // TILE_WIDTH)
    rows = int((height * 0.85 - AROUND) // TILE_HEIGHT)
    return min(max(columns, 2), 7), min(max(rows, 1), 5)


def _categories(_state: Any, _context: bpy.types.Context | None) -> list[tuple[str, str, str, int]]:
    return _items or [(ALL, "All", "", 0)]


def _first_page(state: Any, _context: bpy.types.Context) -> None:
    state["page"] = 1


class LatentStripsGallery(bpy.types.PropertyGroup):
    """What the gallery shows now. It is the window manager's: no file remembers it."""

    search: bpy.props.StringProperty(
        name="Search",
        description="Show styles whose name, generator or category has these words in it",
        options={"TEXTEDIT_UPDATE", "SKIP_SAVE"},
        update=_first_page,
    )
    category: bpy.props.EnumProperty(
        name="Category",
        description="Show styles of one category",
        items=_categories,
        options={"SKIP_SAVE"},
        update=_first_page,
        translation_context=CONTEXT,
    )
    page: bpy.props.IntProperty(
        name="Page", description="Page of the gallery", default=1, min=1, max=999, options={"SKIP_SAVE"}
    )


def register() -> None:
    """Add what is shown to the window manager."""
    bpy.utils.register_class(LatentStripsGallery)
    bpy.types.WindowManager.latent_strips_gallery = bpy.props.PointerProperty(
        type=LatentStripsGallery, name="Gallery", options={"SKIP_SAVE"}
    )


def unregister() -> None:
    """Take it away."""
    del bpy.types.WindowManager.latent_strips_gallery
    bpy.utils.unregister_class(LatentStripsGallery)
    _opened.clear()
    _items.clear()
