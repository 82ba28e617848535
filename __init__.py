"""Latent Strips: textures on the timeline, made by neural networks, offline.

Nothing of Blender is imported before `register`: tests and the worker process import this package without it.
"""

from __future__ import annotations


def register() -> None:
    """Add the operators, properties, handlers and panels to Blender."""
    from . import operators, panels

    operators.register()
    panels.register()


def unregister() -> None:
    """Take away all that `register` added, and end the worker process."""
    from . import operators, panels

    panels.unregister()
    operators.unregister()
