"""Latent Strips: textures on the timeline, made by neural networks, offline.

Scripts and other add-ons find all of `api` here, such as `latent_strips.texture(style="marble")`.

Nothing of Blender is imported before `register`, or before the api is first used: tests and the worker process import
this package without it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

#: What scripts call, and where it is defined once: `api`.
__all__ = [
    "LatentStripsError", "Reaction", "Strip", "Texts", "Verification", "accents", "clip", "doctor",
    "export_subtitles", "generators", "image", "import_generator", "mask", "matte", "midi", "move_frames", "music",
    "presets", "react", "regenerate", "remove_unused", "restyle", "sound", "sounds_to_picture", "stems",
    "style_text", "styles", "subtitles", "texture", "texture_from_photo", "title", "transition", "variations", "verify",
]  # fmt: skip


def register() -> None:
    """Add the operators, properties, handlers and panels to Blender."""
    from . import panels
    from .operators import registration

    registration.register()
    panels.register()


def unregister() -> None:
    """Take away all that `register` added, and end the worker process."""
    from . import panels
    from .operators import registration

    panels.unregister()
    registration.unregister()


def __getattr__(name: str) -> Any:
    """Return what `api` defines, which is imported when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".api", __name__), name)


def __dir__() -> list[str]:
    """Return what completion in Blender's console offers."""
    return sorted([*globals(), *__all__])
