"""Quick looks: as settings change, the newest is asked for, and shown when it is there.

A panel that is drawn says what it would like to show; a timer does the rest, so that neither drawing nor Blender waits.
While one is being made, only the newest of all that is wanted meanwhile is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import bpy

from ....models.errors import Canceled, LatentStripsError, from_name
from ....models.recipe import Recipe
from ....models.worker.child import Event
from ..jobs import live
from ..timeline import layouts
from . import memory, pictures
from .wanted import Wanted

#: Seconds between two looks at the worker; seconds after which a look gives way to a newer one.
TICK, PATIENCE = 0.02, 1.0
#: What it takes to find out what is wanted may take this share of the time.
SHARE = 0.1
Find = Callable[[], Wanted]


class Look:
    """A place in a panel for a picture, what is shown there, and what is asked for."""

    def __init__(self, name: str, has_drafts: bool = True) -> None:
        self.name, self._has_drafts = name, has_drafts
        #: The name of the icon, "" while nothing was seen.
        self.picture = ""
        self.problem = ""
        #: Seconds that the last picture took.
        self.seconds = 0.0
        self._find: Find | None = None
        self._due = 0.0
        self._shown: Wanted | None = None
        self._asked: Wanted | None = None
        self._request, self._file, self._began, self._size = "", Path(), 0.0, (0, 0)
        self._recipe: Recipe | None = None
        self._is_seen = False

    def want(self, find: Find) -> None:
        """Let `find` be asked soon what is to be shown. Quick: panels call this as they are drawn."""
        self._find = find
        if not bpy.app.background and not bpy.app.timers.is_registered(_tick):
            bpy.app.timers.register(_tick, first_interval=0.0)

    def forget(self) -> None:
        """Show nothing, and await nothing."""
        live.queue.drop(self._request)
        pictures.drop(self.name)
        self.__init__(self.name, self._has_drafts)  # type: ignore[misc]

    def step(self) -> bool:
        """Find out what is wanted, and ask for what isn't there. Returns whether there is anything to wait for."""
        now = time.monotonic()
        if self._find and now >= self._due:
            find, self._find = self._find, None
            try:
                self._ask(find(), now)
            except LatentStripsError as error:
                self._say(error)
            self._due = now + (time.monotonic() - now) / SHARE
        return self._asked is not None or self._find is not None

    def _ask(self, wanted: Wanted, now: float) -> None:
        if wanted in (self._asked, self._shown if self._asked is None else None):
            return
        if self._asked is not None and not self._is_seen and now - self._began < PATIENCE:
            self._find = lambda: wanted  # as soon as the one before it is seen, be it a draft
            return
        live.queue.drop(self._request)
        self._is_seen = False
        self._file, self._asked, self._began, self._recipe = memory.folder() / uuid4().hex, wanted, now, wanted.recipe
        about = {"recipe": wanted.recipe.mapping(), "frame": wanted.frame, "files": list(wanted.files)}
        about |= {"draft": self._has_drafts, "below": wanted.below}
        self._request = live.queue.ask("look", self._hear, file=str(self._file), **about)

    def _hear(self, event: Event) -> None:
        try:
            match event["say"]:
                case "placed" if self._recipe:
                    self._recipe = layouts.learn(self._recipe, event)
                case "seen":
                    pictures.show(self.name, self._file, int(event["width"]), int(event["height"]))
                    self.picture, self.problem, self.seconds = self.name, "", time.monotonic() - self._began
                    self._is_seen = True
                    _redraw()
                case "looked" if self._recipe:
                    memory.keep(self._recipe, self._file.with_suffix(".png"))
                    self._end()
                case "error":
                    self._fail(from_name(str(event["name"]), str(event["message"])))
        except LatentStripsError as error:
            self._fail(error)

    def _end(self) -> None:
        self._shown, self._asked = self._asked, None
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _fail(self, error: LatentStripsError) -> None:
        live.queue.drop(self._request)
        self._end()
        self._say(error)

    def _say(self, error: LatentStripsError) -> None:
        if not isinstance(error, Canceled) and str(error) != self.problem:  # or drawing it would ask again for ever
            self.problem = str(error)
            _redraw()


#: For what is to be made, and for the active strip.
create, active = Look("create"), Look("active")
#: For seeds to choose from.
seeds = tuple(Look(f"seed {n}", has_drafts=False) for n in range(9))
_LOOKS = (create, active, *seeds)


def forget() -> None:
    """Show nothing any more, and leave no file."""
    for look in _LOOKS:
        look.forget()
    memory.forget()


def unregister() -> None:
    """End everything."""
    forget()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def register() -> None:
    """Begin when a panel is drawn."""


def _tick() -> float | None:
    live.queue.poll()
    going = [look.step() for look in _LOOKS]
    return TICK if any(going) else None


def _redraw() -> None:
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
