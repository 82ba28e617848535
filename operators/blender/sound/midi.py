"""Scores as MIDI files: beside their sound, or where the user wants them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ....models.errors import CacheError, RecipeError
from ..jobs import live
from ..jobs.queue import Job
from ..timeline import recipes, strips


def write(strip: Any, to: Path | None = None, is_live: bool = False) -> Job:
    """Write the score that a strip plays as MIDI, beside its sound, and copy it `to` a file. Raises LatentStripsError.

    It is what was made, whatever settings say by now.
    """
    recipe = recipes.stored(strip)
    if recipe.kind != "music":
        raise RecipeError(f"{strip.name} is no music, so it has no notes to write.")

    def then(job: Job) -> None:
        try:
            if to is not None:
                shutil.copyfile(job.path, to)
        except OSError as error:
            job.state, job.error = "failed", CacheError(f"{to}: {error.strerror or error}. Choose another folder.")
            if not is_live:
                raise job.error from error

    folder = strips.home(strip, recipe)
    job = Job("midi", recipe, folder.path.parent, f"{strip.name} as MIDI", strips.owned_id(strip), then=then)
    if is_live:
        return live.start(job)
    live.queue.run(job)
    live.settle(job)
    return job
