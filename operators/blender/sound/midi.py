"""Scores as MIDI files: beside their sound, or where the user wants them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ....models.errors import CacheError, RecipeError
from ..jobs import live
from ..jobs.midi import Midi
from ..timeline import recipes, strips


def write(strip: Any, to: Path | None = None, is_live: bool = False) -> Midi:
    """Write the score that a strip plays as MIDI, beside its sound, and copy it `to` a file. Raises LatentStripsError.

    It is what was made, whatever settings say by now.
    """
    recipe = recipes.stored(strip)
    if recipe.kind != "music":
        raise RecipeError(f"{strip.name} is not music, so it has no notes to write. Select a score.")

    def then(job: Midi) -> None:
        try:
            if to is not None:
                shutil.copyfile(job.path, to)
        except OSError as error:
            raise CacheError(f"{to}: {error.strerror or error}. Choose another folder.") from error

    folder = strips.home(strip, recipe)
    title, id = f"{strip.name} as MIDI", strips.owned_id(strip)
    return live.run(Midi(title=title, strip=id, then=then, recipe=recipe, root=folder.path.parent), is_live)
