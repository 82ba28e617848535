"""What is drawn in the Sequencer's sidebar. Panels draw only; they write nothing."""

from __future__ import annotations

import bpy

from . import footage, make, menu, queue, strip

_CLASSES = (*make.CLASSES, *footage.CLASSES, *strip.CLASSES, *queue.CLASSES)


def register() -> None:
    """Add the panels and menu entries."""
    for each in _CLASSES:
        bpy.utils.register_class(each)
    menu.register()


def unregister() -> None:
    """Take them away."""
    menu.unregister()
    for each in reversed(_CLASSES):
        bpy.utils.unregister_class(each)
