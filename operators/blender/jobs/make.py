"""Make, remake and verify strips: what operators, the render handler and the command line all call.

`live` jobs return at once and are followed by the timer; the others return when the frames are there, or raise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ....models.cache import Folder
from ....models.errors import MediaError, RecipeError
from ....models.job import folder as folder_of
from ....models.kinds import Kind
from .. import compat
from ..custom_properties import RECIPE
from ..footage import describe
from ..preferences import frames_root
from ..timeline import channels, recipes, sound_strips, state, strips, text_strips
from . import live
from .queue import Job

Progress = Callable[[Job], None]


def _silent(_job: Job) -> None:
    return None


def add(
    scene: Any,
    made: Kind,
    values: Mapping[str, Any],
    length: int,
    start: int,
    channel: int = 0,
    is_live: bool = False,
    progress: Progress = _silent,
    tracks: Mapping[str, tuple[float, ...]] | None = None,
    source: Any = None,
) -> Job:
    """Make a strip of `length` frames that starts at scene frame `start`. Raises LatentStripsError.

    `tracks` are the values of what changes from frame to frame and is about to be keyframed; `source` is the strip
    whose picture a strip of footage is made from.

    Without `is_live` the strip is added when all its frames are there, so a failure leaves no trace on the timeline.
    """
    linked = ""
    files: tuple[str, ...] = ()
    if source is not None:
        shown = describe.describe(scene, source, start, length, (int(values["width"]), int(values["height"])))
        values, tracks = {**values, **shown.settings}, {**(tracks or {}), **shown.tracks}
    recipe, card = recipes.new(made, scene, values, length, tracks)
    if source is not None:
        linked, files = describe.name_source(source), describe.readable(scene, source)
    folder = folder_of(recipe, frames_root())
    channel = channels.channel_for(scene, start, length, channel)
    title = str(made.presentation(recipe, card)["name"])
    first = min(max(scene.frame_current - start, 0), length - 1)
    job = Job("make", recipe, folder.path.parent, title, start=first, files=files)
    if is_live:
        _check_audio(made)
        job.strip = strips.add(scene, recipe, card, folder, start, channel, linked)
        return live.start(job)
    live.queue.run(job, progress)
    _check_audio(made, folder)
    job.strip = strips.add(scene, recipe, card, folder, start, channel, linked)
    live.settle(job)
    return job


def preview(scene: Any, made: Kind, values: Mapping[str, Any], length: int, is_live: bool, then: Progress) -> Job:
    """Make files without a strip, and call `then` when they are there. Raises LatentStripsError."""
    recipe, card = recipes.new(made, scene, values, length)
    root = folder_of(recipe, frames_root()).path.parent
    job = Job("make", recipe, root, str(made.presentation(recipe, card)["name"]), then=then)
    for old in live.queue.unfinished():
        if old.then is then:  # another seed is wanted before this one was heard
            live.queue.cancel(old)
    if is_live:
        return live.start(job)
    live.queue.run(job)
    live.settle(job)
    return job


def files_of(job: Job) -> list[Path]:
    """The files of a job, made or to be made."""
    folder = folder_of(job.recipe, job.root)
    return [folder.path / name for name in folder.names()]


def _check_audio(made: Kind, folder: Folder | None = None) -> None:
    """Raises MediaError where this Blender can't hold the sound, which may have been made into `folder`."""
    if made.medium != "sound" or sound_strips.can_play():
        return
    where = f"The sound is in {folder.path / folder.name(0)}, but this" if folder else "This"
    raise MediaError(f"{where} Blender was built without audio (Audaspace), so it can't have sound strips.")


def remake(scene: Any, strip: Any, fit: bool = False, is_live: bool = False, progress: Progress = _silent) -> Job:
    """Make what a strip's settings and keyframes say now. Raises LatentStripsError.

    With `fit`, a strip whose handles were moved gets as many frames as it is long, from where it is seen.
    """
    count, start = recipes.stored(strip).frames, compat.content_start(strip)
    fitted = fit and compat.length(strip) != count
    if fitted:
        count, start = compat.length(strip), compat.left(strip)
    if text := text_strips.source(strip):  # an overlay is as long as its text, and where that is
        fitted = (compat.left(text), compat.length(text)) != (start, count)
        count, start = compat.length(text), compat.left(text)
    recipe = recipes.current(scene, strip, count, start, upgrade=True)
    folder = strips.home(strip, recipe)
    id = strips.owned_id(strip)
    first = min(max(scene.frame_current - start, 0), count - 1)
    job = Job("make", recipe, folder.path.parent, strip.name, id, first, files=recipes.files(scene, strip))
    for old in live.queue.unfinished():
        if old.strip == id:
            live.queue.cancel(old)
    if is_live:
        job.before = (str(strip[RECIPE]), str(strips.directory(strip)))
        strips.fill(scene, strip, recipe, folder, start if fitted else None)
        return live.start(job)
    live.queue.run(job, progress)
    found = strips.find(id)
    if found:
        strips.fill(*found, recipe, folder, start if fitted else None)
    live.settle(job)
    return job


def verify(scene: Any, strip: Any, is_live: bool = False) -> Job:
    """Compare a strip's files with what was made. The findings are in the job, and in `state`."""
    recipe = recipes.stored(strip)
    root = strips.directory(strip).parent
    if folder_of(recipe, root).path != strips.directory(strip):
        raise RecipeError(f"{strip.name} shows other files than its recipe's. Regenerate it.")
    job = Job("verify", recipe, root, strip.name, strips.owned_id(strip))
    if is_live:
        return live.start(job)
    live.queue.run(job)
    live.settle(job)
    return job


def needs_making(scene: Any, strip: Any) -> bool:
    """Whether a strip has missing or stale frames. Raises RecipeError or GeneratorError."""
    return state.look(strip).missing > 0 or state.is_stale(scene, strip)
