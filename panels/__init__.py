"""What is drawn in the Sequencer's sidebar. Panels draw only; they write nothing."""

from __future__ import annotations

import bpy

from . import footage, generators, make, menu, queue, strip, text

_CLASSES = (*make.CLASSES, *text.CLASSES, *footage.CLASSES, *strip.CLASSES, *queue.CLASSES, *generators.CLASSES)


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
