"""The keys under which this extension keeps its own data on strips, each named once.

All are plain ID properties that Blender copies with a strip, saves in the .blend and leaves alone.
"""

from __future__ import annotations

from typing import Any

#: A generated strip: its identity, and the recipe (JSON) that its files were made from.
STRIP_ID, RECIPE = "latent_id", "latent_recipe"
#: An image of a material that shows a generated strip: the strip's identity.
IMAGE_OF = "latent_image_of"
#: A strip that others are made from: its identity. On what is made from it: that identity.
FOOTAGE_ID, FOOTAGE_SOURCE = "latent_footage_id", "latent_footage"
#: A strip that shows a 3D scene, which can't be looked through for changes: a new value whenever it is used again.
FOOTAGE_MADE = "latent_footage_made"
#: A text strip: its identity. On the overlay that is made from it: that identity.
TEXT_ID, TEXT_SOURCE = "latent_text_id", "latent_source"
#: A text strip that came from a subtitle file: what the file said of the cue, and the file's header.
CUE, CUE_HEADER = "latent_cue", "latent_cue_header"


def stored_text(owner: Any, key: str) -> str:
    """Return the text under a key; "" where there is none, or what another program put there is not a text."""
    value = owner.get(key)
    return value if isinstance(value, str) else ""


def stored_numbers(owner: Any, key: str, count: int) -> list[float] | None:
    """Return the `count` numbers under a key; None where there are none, or something else."""
    try:
        found = [float(value) for value in owner.get(key)]
    except (TypeError, ValueError):
        return None
    return found if len(found) == count else None
