"""Of a strip's frames those that it needs, and the rest of them when others want to read it whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from ....models.errors import MediaError
from ....models.recipe import Recipe
from .. import compat
from ..custom_properties import STRIP_ID
from ..footage import renders
from ..timeline import content, needed, recipes, strips
from . import live
from .frames import Make
from .job import Job

Progress = Callable[[Job], None]


def silent(_job: Job) -> None:
    """Hear of a job's progress, and say nothing."""


def only(strip: Any, lies: content.Place, recipe: Recipe) -> range | None:
    """Return the frames that a strip needs where it is to lie; None for all."""
    found = needed.at(strip, lies, recipe.frames)
    return found if len(found) < recipe.frames else None


def cancel(id: str) -> None:
    """Stop what is being made for a strip: something else is wanted."""
    for old in live.queue.unfinished():
        if old.strip == id:
            live.queue.cancel(old)


def complete(
    scene: bpy.types.Scene, strip: Any, whole: bool = False, is_live: bool = False, progress: Progress = silent
) -> Make:
    """Make what is missing of what a strip shows, whatever its settings say now. Raises LatentStripsError.

    With `whole`, what its handles hide, too.
    """
    recipe, id = recipes.stored(strip), strips.owned_id(strip)
    lies = content.Place(compat.content_start(strip), compat.left(strip), compat.right(strip))
    job = Make(
        title=strip.name, strip=id, recipe=recipe, root=strips.home(strip, recipe).path.parent,
        only=None if whole else only(strip, lies, recipe), files=recipes.files(scene, strip), as_before=True,
    )  # fmt: skip
    cancel(id)

    def put() -> None:
        if found := strips.find(id):
            strips.fill(*found, job.recipe, job.folder(), as_before=True)

    return live.run(job, is_live, progress, put)


def need_whole(scene: bpy.types.Scene, source: Any, is_live: bool, progress: Progress) -> None:
    """Make what was never needed of the generated strips that footage consists of. Raises LatentStripsError.

    Live, it is made aside, and MediaError says to wait for it.
    """
    for strip in renders.within(source):
        missing = strips.absent(strip) if strips.is_latent(strip) and strip.type == "IMAGE" else []
        if missing and not is_live:
            complete(scene, strip, whole=True, progress=progress)
        elif missing:
            if not any(job.strip == strip.get(STRIP_ID) for job in live.queue.unfinished()):
                complete(scene, strip, whole=True, is_live=True)
            raise MediaError(
                f"{len(missing)} frames of {strip.name} are still being made. Try again when they are there."
            )
