"""Which strips an operator is for."""

from __future__ import annotations

from typing import Any

import bpy

from ....models.errors import RecipeError
from .. import compat
from . import strips

SCOPES = [
    ("ACTIVE", "Active", "Active strip"),
    ("SELECTED", "Selected", "Selected strips"),
    ("ALL", "All", "All strips in the scene"),
]


def scope_property(description: str) -> Any:
    """Return the property that says which strips an operator is for."""
    return bpy.props.EnumProperty(name="Strips", description=description, items=SCOPES)


def poll(cls: Any, context: bpy.types.Context) -> bool:
    """There is a strip that Latent Strips made."""
    scene = compat.sequencer_scene(context)
    if not strips.is_latent(compat.active_strip(scene)) and not any(map(strips.is_latent, compat.all_strips(scene))):
        cls.poll_message_set("There are no generated strips in this scene. Add one first")
        return False
    return True


def strips_in(context: bpy.types.Context, scope: str) -> list[tuple[Any, str]]:
    """(scene, identity) of the strips in scope. Raises RecipeError when there are none."""
    scene = compat.sequencer_scene(context)
    active = compat.active_strip(scene)
    found = strips.latent(scene)
    if scope == "SELECTED":
        found = [strip for strip in found if strip.select]
    if scope == "ACTIVE":
        found = [active] if strips.is_latent(active) else []
    if not found:
        which = {
            "ACTIVE": "The active strip is not a generated strip",
            "SELECTED": "None of the selected strips is a generated strip",
        }[scope]
        raise RecipeError(f"{which}. Select one that Latent Strips made.")
    return [(scene, strips.owned_id(strip)) for strip in found]
