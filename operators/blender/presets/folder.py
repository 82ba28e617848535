"""Where the user's presets are: in Blender's own folder of presets, which every version of the extension shares."""

from __future__ import annotations

from pathlib import Path

import bpy

from ....models.gallery.tiles import of_style
from ....models.kinds import kind as kind_of
from ....models.presets import store
from ....models.presets.preset import Preset
from ..preferences import seen_library


def folder() -> Path:
    """Return Blender's folder of presets. It may not exist yet."""
    return Path(bpy.utils.user_resource("SCRIPTS", path="presets"))


def of_kind(kind: str) -> list[Preset]:
    """Return the presets of a kind: the user's first."""
    return store.of_kind(folder(), kind)


def is_mine(preset: Preset) -> bool:
    """Whether a preset is the user's, and so can be changed."""
    return preset not in store.shipped()


def pictures(preset: Preset) -> list[Path]:
    """Where the picture of a preset may be: its own if it ships, else that of its style. Empty without generator."""
    entry = next((entry for entry in seen_library().of_kind(preset.kind) if entry.card.id == preset.generator), None)
    if entry is None:
        return []
    made = kind_of(preset.kind)
    tile = of_style(entry, made, str(preset.settings.get(made.chosen_by, "")))
    own = [] if is_mine(preset) else [store.picture(preset, entry)]
    return [*own, tile.picture, tile.otherwise]
