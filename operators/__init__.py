"""What a click or a script does. Each module beside this one is one thing that a user does."""

from __future__ import annotations

import bpy

from . import add
from .blender import handlers, live, preferences, properties

_CLASSES = (preferences.LatentStripsPreferences, *add.CLASSES)


def register() -> None:
    """Add properties, operators and handlers."""
    properties.register()
    for each in _CLASSES:
        bpy.utils.register_class(each)
    handlers.register()


def unregister() -> None:
    """End the worker, and take away all that `register` added."""
    live.stop()
    handlers.unregister()
    for each in reversed(_CLASSES):
        bpy.utils.unregister_class(each)
    properties.unregister()
