"""What happens when files are opened and pictures rendered."""

from __future__ import annotations

import os
import sys
import threading
import time
from functools import partial
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ...models.errors import LatentStripsError, RecipeError
from ...models.printable import printable
from .jobs import completing, live, make, pending, stand_ins
from .jobs.job import Job
from .look import looks
from .text import overlays
from .timeline import drafts, state

#: Arguments with which `blender` renders on its own, without a script.
RENDER_ARGUMENTS = {"-a", "--render-anim", "-f", "--render-frame"}
#: Seconds until the handles of a strip are taken to be at rest.
REST = 0.5
_border: dict[str, tuple[Any, ...]] = {}
_BORDER = ("use_border", "border_min_x", "border_max_x", "border_min_y", "border_max_y")


@persistent
def close_jobs(*_: Any) -> None:
    """Another file is about to be opened: its strips are not those of the running jobs."""
    live.queue.forget()
    stand_ins.forget()
    looks.forget()
    overlays.forget()
    state.forget()


@persistent
def look_at_strips(*_: Any) -> None:
    """Look at the strips of the file that was just loaded."""
    state.look_everywhere()


@persistent
def complete_drafts(*_: Any) -> None:
    """Undo and redo bring back texts as they were before the worker said how they lie."""
    drafts.complete_again()


@persistent
def make_before_render(scene: bpy.types.Scene, *_: Any) -> None:
    """Make missing and stale frames before a render; refuse the render when that fails."""
    allow_renders()
    if not scene.render.use_sequencer:
        return
    try:
        if threading.current_thread() is threading.main_thread():
            _make_now(scene.name)
        else:
            _make_aside(scene.name)
    except LatentStripsError as error:
        refuse(scene, str(error))
    except BaseException:  # a mistake in this extension must not let wrong pictures through either
        refuse(scene, "Unexpected error; please report it.")
        raise


@persistent
def allow_renders(*_: Any) -> None:
    """Put back what `refuse` has changed."""
    for name, values in list(_border.items()):
        if scene := bpy.data.scenes.get(name):
            for attribute, value in zip(_BORDER, values, strict=True):
                setattr(scene.render, attribute, value)
        del _border[name]


@persistent
def make_uncovered(scene: bpy.types.Scene, *_: Any) -> None:
    """Make the frames that handles have uncovered and that were never needed. In the background, a render does."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_make_uncovered) and state.has_uncovered(scene):
        bpy.app.timers.register(_make_uncovered, first_interval=REST)


def _make_uncovered() -> None:
    for scene in bpy.data.scenes:
        for strip in state.take_uncovered(scene) if not scene.library else ():
            try:
                completing.complete(scene, strip, is_live=True)
            except LatentStripsError as error:
                live.tell(f"{strip.name}: {error}")


def refuse(scene: bpy.types.Scene, message: str) -> None:
    """Stop the render that is about to start.

    An exception in a handler doesn't, but Blender itself refuses to render a border of no size: scripts get an
    exception, the window a report. `blender -a` would end with exit code 0 all the same, so there the process ends.
    """
    print(f"Error: Latent Strips: render canceled. {printable(message)}", file=sys.stderr, flush=True)
    if bpy.app.background and RENDER_ARGUMENTS & set(sys.argv):
        live.stop()
        sys.stdout.flush()
        os._exit(1)  # Blender would tear itself down in the middle of a render, and 4.5 hangs there
    _border[scene.name] = tuple(getattr(scene.render, attribute) for attribute in _BORDER)
    for attribute, value in zip(_BORDER, (True, 0.9, 0.1, 0.9, 0.1), strict=True):
        setattr(scene.render, attribute, value)
    if not bpy.app.background:  # there no timer ticks, and one that is left over crashes Blender 4.2 as it ends
        bpy.app.timers.register(allow_renders, first_interval=1.0)


def _begin(name: str) -> list[tuple[Any, Any]]:
    """Return what is to be made before a render of the scene of that name, and tell what is left as it is."""
    todo, remarks = pending.of(name)
    if remarks and bpy.app.background:
        live.tell(*remarks, icon="INFO")
    elif remarks:  # no popup opens from within a handler
        bpy.app.timers.register(partial(live.tell, *remarks, icon="INFO"))
    return todo


def _make_now(name: str) -> None:
    for scene, strip in _begin(name):
        print(f"Latent Strips: generating {printable(strip.name)} before the render", flush=True)
        make.remake(scene, strip, exact=True)


def _make_aside(name: str) -> None:
    """Make frames for a render on another thread, where Blender's data may not be touched.

    So the main thread's timer starts the jobs, as a button does, and this thread waits for them.
    """
    started: list[Job] = []
    failed: list[LatentStripsError] = []
    ready = threading.Event()

    def begin() -> None:
        try:
            started.extend(make.remake(scene, strip, is_live=True, exact=True) for scene, strip in _begin(name))
        except LatentStripsError as error:
            failed.append(error)
        finally:
            ready.set()

    bpy.app.timers.register(begin)
    ready.wait()
    while any(job.unfinished for job in started) and not failed:
        time.sleep(0.1)
    failed += [job.error or RecipeError(f"{job.title} was not made.") for job in started if job.state != "done"]
    if failed:
        raise failed[0]


_HANDLERS = {
    "load_pre": close_jobs,
    "load_post": look_at_strips,
    "render_init": make_before_render,
    "render_complete": allow_renders,
    "render_cancel": allow_renders,
    "save_pre": allow_renders,
    "depsgraph_update_post": make_uncovered,
    "undo_post": complete_drafts,
    "redo_post": complete_drafts,
}


def register() -> None:
    """Add the handlers."""
    for name, handler in _HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)


def unregister() -> None:
    """Take the handlers away."""
    for name, handler in _HANDLERS.items():
        getattr(bpy.app.handlers, name).remove(handler)
