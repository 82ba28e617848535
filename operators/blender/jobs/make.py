"""Make and remake strips: what operators, the render handler and the command line all call.

`is_live` jobs return at once and are followed by the timer; the others return when the frames are there, or raise.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import bpy

from ....models.cache import Folder
from ....models.errors import CacheError, MediaError, RecipeError
from ....models.job import folder as folder_of
from ....models.kinds import Kind
from .. import compat, copies
from ..footage import describe
from ..preferences import frames_root
from ..timeline import channels, content, recipes, sound_strips, state, strips, text_strips, view
from . import completing, live, stand_ins
from .completing import Progress
from .frames import Make
from .verify import Verify

#: Bytes of a folder's path that an image strip holds (Blender's FILE_MAXDIR, less the slash and the end).
LONGEST = 766


def _need_short(folder: Folder) -> None:
    """Raise CacheError where Blender couldn't hold the path of a strip's folder, and would cut it short."""
    length = len(os.fsencode(folder.path))
    if length > LONGEST:
        raise CacheError(
            f"{str(folder.path)[:80]}…: the path has {length} bytes, and Blender holds {LONGEST}. Choose a frames "
            "folder with a shorter path in the preferences."
        )


def add(
    scene: bpy.types.Scene,
    made: Kind,
    values: Mapping[str, Any],
    length: int,
    start: int,
    channel: int = 0,
    is_live: bool = False,
    progress: Progress = completing.silent,
    tracks: Mapping[str, tuple[float, ...]] | None = None,
    source: Any = None,
) -> Make:
    """Make a strip of `length` frames that starts at scene frame `start`. Raises LatentStripsError.

    `tracks` are the values of what changes from frame to frame and is about to be keyframed; `source` is the strip
    whose picture a strip of footage is made from.

    Without `is_live` the strip is added when all its frames are there, so a failure leaves no trace on the timeline.
    """
    linked = ""
    files: tuple[str, ...] = ()
    if source is not None:
        completing.need_whole(scene, source, is_live, progress)
        shown = describe.describe(scene, source, start, length, (int(values["width"]), int(values["height"])))
        values, tracks = {**values, **shown.settings}, {**(tracks or {}), **shown.tracks}
    recipe, card = recipes.new(made, scene, values, length, tracks)
    if source is not None:
        linked, files = describe.name_source(source), describe.readable(scene, source)
    folder = folder_of(recipe, frames_root())
    _need_short(folder)
    above = {"sound": 0}.get(made.medium) if source is None else source.channel
    channel = channels.channel_for(scene, start, length, channel, above=above)
    title = str(made.presentation(recipe, card)["name"])
    first = min(max(scene.frame_current - start, 0), length - 1)
    job = Make(title=title, recipe=recipe, root=folder.path.parent, start=first, files=files, hold=is_live)

    def put() -> None:
        if is_live:
            stand_ins.lay(recipe, job.root, first)
        _check_audio(made, None if is_live else folder)
        job.strip = strips.add(scene, job.recipe, card, job.folder(), start, channel, linked)
        if is_live:
            view.reveal(scene, strips.found(job.strip)[1])

    return live.run(job, is_live, progress, put)


def preview(
    scene: bpy.types.Scene,
    made: Kind,
    values: Mapping[str, Any],
    length: int,
    is_live: bool,
    then: Callable[[Make], None],
) -> Make:
    """Make files without a strip, and call `then` when they are there. Raises LatentStripsError."""
    recipe, card = recipes.new(made, scene, values, length)
    root = folder_of(recipe, frames_root()).path.parent
    job = Make(title=str(made.presentation(recipe, card)["name"]), recipe=recipe, root=root, then=then)
    for old in live.queue.unfinished():
        if old.then is then:  # another seed is wanted before this one was heard
            live.queue.cancel(old)
    return live.run(job, is_live)


def files_of(job: Make) -> list[Path]:
    """Return the files of a job, made or to be made."""
    folder = job.folder()
    return [folder.path / name for name in folder.names()]


def _check_audio(made: Kind, folder: Folder | None = None) -> None:
    """Raise MediaError where this Blender can't hold the sound, which may have been made into `folder`."""
    if made.medium != "sound" or sound_strips.can_play():
        return
    where = f"The sound is in {folder.path / folder.name(0)}, but this" if folder else "This"
    raise MediaError(f"{where} Blender was built without audio (Audaspace), so it can't have sound strips.")


def remake(
    scene: bpy.types.Scene,
    strip: Any,
    fit: bool = False,
    is_live: bool = False,
    progress: Progress = completing.silent,
    exact: bool = False,
    to_handles: bool = False,
) -> Make:
    """Make what a strip's settings and keyframes say now, of the frames that it shows. Raises LatentStripsError.

    The strip goes on where it was. With `fit`, handles that were drawn out beyond its content get frames; `to_handles`
    lets the content begin and end where the strip does, which may change all its pictures. With `exact`, as in a
    render, no overlay follows a text that was moved, and nothing stands in for a generator that isn't installed: raises
    GeneratorMissing.
    """
    copies.separate(scene)
    before = recipes.stored(strip)
    if to_handles:
        wanted = content.between_handles(strip)
        place: content.Place | None = content.Place(wanted.start, compat.left(strip), compat.right(strip))
    elif exact:
        wanted, place = content.of(strip, before), None
    else:
        wanted, place = text_strips.followed(strip, before, fit)
    ahead = place.start - compat.content_start(strip) if place and place.with_keys else 0
    recipe = recipes.current(scene, strip, wanted, upgrade=not exact, ahead=ahead)
    _need_short(strips.home(strip, recipe))
    root, id = strips.home(strip, recipe).path.parent, strips.owned_id(strip)
    first = min(max(scene.frame_current - wanted.start, 0), wanted.frames - 1)
    given = recipes.files(scene, strip)
    start = compat.content_start(strip) + recipe.origin - before.origin
    lies = place or content.Place(start, compat.left(strip), compat.right(strip))
    job = Make(
        title=strip.name, strip=id, recipe=recipe, root=root, start=first, only=completing.only(strip, lies, recipe),
        files=given, as_before=exact,
    )  # fmt: skip
    completing.cancel(id)
    if is_live:
        job.before, job.hold = strips.shown(strip), not exact

    def put() -> None:
        if job.hold:
            stand_ins.lay(recipe, root, first, job.before)
        if found := strips.find(id):
            strips.fill(*found, job.recipe, job.folder(), place, exact)

    return live.run(job, is_live, progress, put)


def verify(scene: bpy.types.Scene, strip: Any, is_live: bool = False) -> Verify:
    """Compare a strip's files with what was made. The findings are in the job, and in `state`."""
    recipe = recipes.stored(strip)
    root = strips.directory(strip).parent
    if folder_of(recipe, root).path != strips.directory(strip):
        raise RecipeError(f"{strip.name} shows other files than its recipe's. Regenerate it.")
    return live.run(Verify(title=strip.name, strip=strips.owned_id(strip), recipe=recipe, root=root), is_live)


def needs_making(scene: bpy.types.Scene, strip: Any) -> bool:
    """Whether a strip has missing, damaged or stale frames. Raises RecipeError or GeneratorError."""
    return not state.look(strip).is_whole or state.has_changed(scene, strip)
