"""What a choice in the gallery is for: the settings of the next strip, or the active strip."""

from __future__ import annotations

from typing import Any

import bpy

from ....models.errors import StripError, UnknownStyle
from ....models.gallery.tiles import Key, Tile, tiles
from ....models.kinds import kind as kind_of
from .. import compat, properties
from ..preferences import library
from ..timeline import state, strips

#: What a choice is for.
ITEMS = [
    ("NEXT", "Next Strip", "The settings of the next strip"),
    ("STRIP", "Active Strip", "The settings of the active strip"),
]


def owner(context: bpy.types.Context, kind: str, target: str) -> tuple[Any, str]:
    """Return whose properties a choice sets, and what their names begin with. Raises StripError."""
    scene = compat.sequencer_scene(context)
    if target == "NEXT":
        return getattr(scene.latent_strips, kind), ""
    strip = compat.active_strip(scene)
    if not strips.is_latent(strip) or state.kind_of(strip) != kind:
        label = kind_of(kind).label
        raise StripError(f"The active strip is not a generated strip of the kind {label}. Select one.")
    return strip, properties.PREFIX


def chosen(context: bpy.types.Context, kind: str, target: str) -> Key:
    """Return the generator and style that are set now. Raises StripError."""
    of, prefix = owner(context, kind, target)
    style = str(getattr(of, prefix + kind_of(kind).chosen_by))
    return str(getattr(of, prefix + "generator")), "" if style == properties.SAME else style


def set_to(context: bpy.types.Context, kind: str, target: str, key: Key) -> Tile:
    """Set generator and style at once, and return the tile. Sets nothing and raises StripError or UnknownStyle."""
    tile = next((tile for tile in tiles(library(), kind_of(kind)) if tile.key == key), None)
    if tile is None:
        raise UnknownStyle(
            f"The style {key[1][:64]!r} of the generator {key[0][:64]!r} is not installed. Choose another one."
        )
    of, prefix = owner(context, kind, target)
    setattr(of, prefix + "generator", tile.generator)
    if tile.style:
        setattr(of, prefix + kind_of(kind).chosen_by, tile.style)
    return tile
