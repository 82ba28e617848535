"""What *Create* can make, and how the kinds of strips are told apart at a glance: by an icon and by a color tag."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import bpy

from ...models.kinds import Kind, kind, kinds
from .preferences import seen_library

#: Icons of the entries of *Create*, in its order; other kinds come last.
_ICONS = {
    "texture": "TEXTURE", "image": "IMAGE_DATA", "matte": "IMAGE_ALPHA", "transition": "ARROW_LEFTRIGHT",
    "footage_mask": "MOD_MASK", "restyle": "BRUSH_DATA", "text_effect": "FONT_DATA", "sound": "SPEAKER",
    "music": "FILE_SOUND", "clip": "SOUND",
}  # fmt: skip
#: Blender's color tags by kind of strip.
_COLORS = {
    "texture": "COLOR_04", "image": "COLOR_04", "matte": "COLOR_09", "footage_mask": "COLOR_09", "restyle": "COLOR_06",
    "text_effect": "COLOR_03", "sound": "COLOR_05", "clip": "COLOR_05", "music": "COLOR_07",
}  # fmt: skip
TRANSITION = "transition"


@dataclass(frozen=True)
class Making:
    """An entry of *Create*: a kind of strip, or a transition, which is made of mattes."""

    name: str
    kind: Kind
    label: str
    description: str
    icon: str

    @property
    def is_ready(self) -> bool:
        """Whether a generator is at hand; one that has to be imported first may be missing."""
        return bool(seen_library().of_kind(self.kind.name))


def _found() -> Iterator[Making]:
    names = [*_ICONS, *(name for name in kinds() if name not in _ICONS)]
    for name in names:
        if name == TRANSITION:
            about = "Let one strip grow over another, or a single one appear or vanish"
            yield Making(name, kind("matte"), "Transition", about, _ICONS[name])
        elif name in kinds():
            made = kind(name)
            yield Making(name, made, made.label, made.description, _ICONS.get(name, "FILE_MOVIE"))


#: All entries by name.
ENTRIES = {entry.name: entry for entry in _found()}


def menu() -> bpy.props.EnumProperty:
    """Return the property that says what *Create* makes.

    .blend files store the numbers, so these follow from the names; larger ones Blender's buttons don't tell apart.
    """
    items = [
        (entry.name, entry.label, entry.description, entry.icon, zlib.crc32(entry.name.encode()) & 0xFFFFF)
        for entry in ENTRIES.values()
    ]
    return bpy.props.EnumProperty(
        name="Create", description="What the panel creates", items=items, default="texture", options=set()
    )


def chosen(scene: bpy.types.Scene) -> Making:
    """Return what *Create* makes now."""
    return ENTRIES[scene.latent_strips.making]


def offered() -> list[Making]:
    """Return the entries that can be made: kinds whose generators are all imported wait for the first of them."""
    return [entry for entry in ENTRIES.values() if entry.kind.ships or entry.is_ready]


def color(made: Kind) -> str:
    """Return Blender's color tag for strips of a kind."""
    return _COLORS.get(made.name, "NONE")
