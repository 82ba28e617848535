"""Make and remake strips: what operators, the render handler and the command line all call.

`is_live` jobs return at once and are followed by the timer; the others return when the frames are there, or raise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ....models.cache import Folder
from ....models.errors import MediaError, RecipeError
from ....models.job import folder as folder_of
from ....models.kinds import Kind, kind
from ....models.recipe import Recipe
from ....models.worker.client import Event
from .. import compat, copies
from ..custom_properties import RECIPE
from ..footage import describe
from ..mattes import masks
from ..preferences import frames_root, project
from ..timeline import channels, layouts, recipes, sound_strips, state, strips, text_strips
from . import live
from .job import Job
from .verify import Verify

Progress = Callable[[Job], None]
#: Seconds after which the speed of a job means something.
SETTLED = 0.3


@dataclass(kw_only=True, eq=False)
class Make(Job):
    """Make the frames of a recipe into a folder under `root`, those from number `start` on first.

    `files` are the footage that they are made from; `before` is what the strip showed before, which comes back
    where nothing was made to replace it. The recipe of a text may be a draft, which the worker completes.
    """

    do, doing = "make", "Generating"

    recipe: Recipe
    root: Path
    start: int = 0
    files: tuple[str, ...] = ()
    before: strips.Shown | None = None
    warning: str = field(default="", init=False)
    _is_placed: bool = field(default=False, init=False)
    _began: float = field(default=0.0, init=False)
    _found: int = field(default=0, init=False)
    _fresh: list[int] = field(default_factory=list, init=False)

    def request(self) -> dict[str, Any]:
        """Return what is to be made."""
        recipe, root = self.recipe.mapping(), str(self.root)
        return {"recipe": recipe, "root": root, "start": self.start, "files": list(self.files), "project": project()}

    def hear(self, event: Event) -> None:
        """Take in that a frame is there, or all of them."""
        super().hear(event)
        if event["say"] == "frame":
            self.done, self.total = int(event["done"]), int(event["total"])
            if not self._began:  # the first frame waits for the network to load: the speed counts from there
                self._began, self._found = time.monotonic(), self.done
            self._fresh.append(int(event["frame"]))
        elif event["say"] == "placed":
            self.recipe, self._is_placed = layouts.learn(self.recipe, event), True
        elif event["say"] == "done":
            self.state, self.warning = "done", str(event["warning"])

    @property
    def speed(self) -> float:
        """Frames per second so far; 0 while that is unknown, as in the first moments, which may only link old ones."""
        passed = time.monotonic() - self._began
        known = self._began and self.done > self._found and passed > SETTLED
        return (self.done - self._found) / passed if known else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds at the speed so far; None while that is unknown."""
        return (self.total - self.done) / self.speed if self.speed else None

    def fresh_frames(self) -> list[int]:
        """Return the frames that were made since the last call."""
        frames, self._fresh = self._fresh, []
        return frames

    def progress(self) -> str:
        """Return such as `12 of 100 frames, 3.4 fps, 26 s left`."""
        if self.state == "waiting" or not self.total:
            return "Waiting" if self.state == "waiting" else "Starting"
        if kind(self.recipe.kind).medium == "sound":
            return self.doing
        words = [f"{self.done} of {self.total} frames"]
        if self.speed:
            words += [f"{self.speed:.1f} fps", f"{self.seconds_left or 0:.0f} s left"]
        return ", ".join(words)

    def folder(self) -> Folder:
        """Return the folder that the frames are made into."""
        return folder_of(self.recipe, self.root)

    def folder_name(self) -> str:
        """Return the name of that folder, which cleaning leaves alone."""
        return self.folder().path.name

    @property
    def is_draft(self) -> bool:
        """Whether the worker has yet to say how its text lies."""
        return kind(self.recipe.kind).is_draft(self.recipe)

    def show(self) -> None:
        """Give a strip the place in the frame that the worker has just found."""
        placed, self._is_placed = self._is_placed, False
        if placed and (found := strips.find(self.strip)):
            strips.complete(*found)
            if found[1][RECIPE] == self.recipe.canonical():  # or an undo has brought back something else
                strips.locate(*found, self.recipe)

    def settle(self) -> None:
        """Show what was made, put back an old picture where nothing came to replace it, and keep the size limit."""
        if found := strips.find(self.strip):
            if self.state in ("failed", "canceled") and not self.done and self.before:
                strips.restore(*found, self.before)
            strips.refresh(found[1])
            masks.refresh(*found)
            compat.redraw()
            live.shown(self.strip)
            state.look(found[1])
            if self.warning or self.done == self.recipe.frames:  # what was made before may have been warned of before
                state.warn(found[1], self.warning)
        live.limit_size(self.root)
        if self.warning:
            live.tell(f"{self.title}: {self.warning}")


def _silent(_job: Job) -> None:
    return None


def add(
    scene: bpy.types.Scene,
    made: Kind,
    values: Mapping[str, Any],
    length: int,
    start: int,
    channel: int = 0,
    is_live: bool = False,
    progress: Progress = _silent,
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
        shown = describe.describe(scene, source, start, length, (int(values["width"]), int(values["height"])))
        values, tracks = {**values, **shown.settings}, {**(tracks or {}), **shown.tracks}
    recipe, card = recipes.new(made, scene, values, length, tracks)
    if source is not None:
        linked, files = describe.name_source(source), describe.readable(scene, source)
    folder = folder_of(recipe, frames_root())
    channel = channels.channel_for(scene, start, length, channel)
    title = str(made.presentation(recipe, card)["name"])
    first = min(max(scene.frame_current - start, 0), length - 1)
    job = Make(title=title, recipe=recipe, root=folder.path.parent, start=first, files=files)

    def put() -> None:
        _check_audio(made, None if is_live else folder)
        job.strip = strips.add(scene, job.recipe, card, job.folder(), start, channel, linked)

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
    """The files of a job, made or to be made."""
    folder = job.folder()
    return [folder.path / name for name in folder.names()]


def _check_audio(made: Kind, folder: Folder | None = None) -> None:
    """Raises MediaError where this Blender can't hold the sound, which may have been made into `folder`."""
    if made.medium != "sound" or sound_strips.can_play():
        return
    where = f"The sound is in {folder.path / folder.name(0)}, but this" if folder else "This"
    raise MediaError(f"{where} Blender was built without audio (Audaspace), so it can't have sound strips.")


def remake(
    scene: bpy.types.Scene,
    strip: Any,
    fit: bool = False,
    is_live: bool = False,
    progress: Progress = _silent,
    exact: bool = False,
) -> Make:
    """Make what a strip's settings and keyframes say now. Raises LatentStripsError.

    The strip goes on where it was. With `fit`, handles that were drawn out beyond its content get frames. With `exact`,
    as in a render, nothing stands in for a generator that isn't installed: raises GeneratorMissing.
    """
    copies.separate(scene)
    wanted, place = text_strips.followed(strip, recipes.stored(strip), fit)
    recipe = recipes.current(scene, strip, wanted, upgrade=not exact)
    root, id = strips.home(strip, recipe).path.parent, strips.owned_id(strip)
    first = min(max(scene.frame_current - wanted.start, 0), wanted.frames - 1)
    given = recipes.files(scene, strip)
    job = Make(title=strip.name, strip=id, recipe=recipe, root=root, start=first, files=given)
    for old in live.queue.unfinished():
        if old.strip == id:
            live.queue.cancel(old)
    if is_live:
        job.before = strips.shown(strip)

    def put() -> None:
        if found := strips.find(id):
            strips.fill(*found, job.recipe, job.folder(), place)

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
    return not state.look(strip).is_whole or state.is_stale(scene, strip)
