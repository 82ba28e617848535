"""The job that makes the frames of a recipe."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....models.cache import Folder
from ....models.job import folder as folder_of
from ....models.kinds import kind
from ....models.recipe import Recipe
from ....models.worker.child import Event
from .. import showing
from ..custom_properties import RECIPE
from ..preferences import project
from ..timeline import drafts, layouts, state, strips
from . import live, stand_ins
from .job import Job

#: Seconds after which the speed of a job means something, and seconds left from which on they are told in minutes.
SETTLED, MINUTES = 0.3, 120


@dataclass(kw_only=True, eq=False)
class Make(Job):
    """Make the frames of a recipe into a folder under `root`, those from number `start` on first.

    `only` are the frames that are wanted, all where it is None. `files` are the footage that they are made from;
    `before` is what the strip showed before, which comes back where nothing was made to replace it. The recipe of a
    text may be a draft, which the worker completes; with `as_before` its overlay stays where it lies. With `hold`, as
    while somebody watches, frames that are made stand in for those after them.
    """

    do, doing = "make", "Generating"

    recipe: Recipe
    root: Path
    start: int = 0
    only: range | None = None
    files: tuple[str, ...] = ()
    before: strips.Shown | None = None
    as_before: bool = False
    hold: bool = False
    warning: str = field(default="", init=False)
    _is_placed: bool = field(default=False, init=False)
    _draft: Recipe | None = field(default=None, init=False)
    _began: float = field(default=0.0, init=False)
    _found: int = field(default=0, init=False)
    _fresh: list[int] = field(default_factory=list, init=False)

    def request(self) -> dict[str, Any]:
        """Return what is to be made."""
        recipe, root = self.recipe.mapping(), str(self.root)
        only = None if self.only is None else list(self.only)
        wanted = {"recipe": recipe, "root": root, "start": self.start, "only": only, "files": list(self.files)}
        return wanted | {"project": project(), "hold": self.hold}

    def hear(self, event: Event) -> None:
        """Take in that a frame is there, or all of them."""
        super().hear(event)
        if event["say"] == "frame":
            self.done, self.total = int(event["done"]), int(event["total"])
            if not self._began:  # the first frame waits for the network to load: the speed counts from there
                self._began, self._found = time.monotonic(), self.done
            self._fresh.append(int(event["frame"]))
        elif event["say"] == "held":
            self._fresh += range(int(event["frame"]), int(event["last"]) + 1)
        elif event["say"] == "placed":
            self._draft = self.recipe if self.is_draft else None
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
        """Return the frames of which another picture is there since the last call."""
        frames, self._fresh = self._fresh, []
        return frames

    def progress(self) -> str:
        """Return such as `12 of 100 frames, 3.4 fps, 26 s left`."""
        if self.state == "waiting" or not self.total:
            return "Waiting" if self.state == "waiting" else "Starting"
        if kind(self.recipe.kind).medium == "sound":
            return self.doing
        if not self.speed:
            return f"{self.done} of {self.total} frames"
        left = self.seconds_left or 0
        if left >= MINUTES:
            return f"{self.done} of {self.total} frames, {self.speed:.1f} fps, {left / 60:.0f} min left"
        return f"{self.done} of {self.total} frames, {self.speed:.1f} fps, {left:.0f} s left"

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
        draft, self._draft = self._draft, None
        if draft and self.hold:
            stand_ins.lay(self.recipe, self.root, self.start)
        if placed and (found := strips.find(self.strip)):
            drafts.complete(*found, self.as_before)
            if found[1][RECIPE] == self.recipe.canonical():  # or an undo has brought back something else
                strips.locate(*found, self.recipe, self.as_before)
        if draft and self.hold:
            stand_ins.remove(folder_of(draft, self.root))

    def settle(self) -> None:
        """Show what was made, put back an old picture where nothing came to replace it, and keep the size limit."""
        if found := strips.find(self.strip):
            if self.state in ("failed", "canceled") and not self.done and self.before:
                strips.restore(*found, self.before)
            showing.refresh(found[1])
            live.shown(self.strip)
            state.look(found[1])
            wanted = self.only or range(self.recipe.frames)
            if self.warning or self.done == len(wanted):  # what was made before may have been warned of before
                state.warn(found[1], self.warning)
        live.limit_size(self.root)
        if self.warning:
            live.tell(f"{self.title}: {self.warning}")
