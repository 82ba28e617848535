"""What is drawn in the Sequencer's sidebar, its menus and the preferences. Panels draw only; they write nothing."""

from __future__ import annotations

import bpy

from . import active, create, generators, menus, presets, quick_look

_CLASSES = (
    *active.CLASSES,
    *create.CLASSES,
    *menus.CLASSES,
    *presets.CLASSES,
    *quick_look.CLASSES,
)


def register() -> None:
    """Add the panels, the menus, and the generators to the preferences."""
    for each in _CLASSES:
        bpy.utils.register_class(each)
    menus.register()
    generators.register()


def unregister() -> None:
    """Take them away."""
    generators.unregister()
    menus.unregister()
    for each in reversed(_CLASSES):
        bpy.utils.unregister_class(each)
