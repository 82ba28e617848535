"""The queue of this Blender, and the timer that carries its news to strips, panels and the status bar.

The timer runs on the main thread between two redraws and never waits: each tick takes well under a millisecond.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import bpy

from ....models import cache
from ....models.errors import LatentStripsError
from ....models.printable import printable
from ....models.worker.client import Client
from .. import compat, showing
from ..custom_properties import STRIP_ID
from ..languages import wrapping
from ..languages.catalog import translated
from ..preferences import font_folders, frames_root, preferences, project, user_folder
from ..timeline import strips
from . import stand_ins
from .job import Job
from .queue import Queue

Work = TypeVar("Work", bound=Job)

#: Seconds between two looks at the worker, and between two refreshes of what is on screen.
TICK, REFRESH = 0.05, 0.25
_GIGABYTE = 1e9


def _client() -> Client:
    chosen = preferences()
    folders, fonts = [user_folder("generators")], font_folders()
    return Client(folders, chosen.threads, chosen.provider, chosen.memory, chosen.patience, fonts)


queue = Queue(_client)
_refreshed = 0.0
#: Frames made since their strip was refreshed, by the strip's identity.
_fresh: dict[str, set[int]] = {}


def run(
    job: Work,
    is_live: bool = False,
    progress: Callable[[Job], None] = lambda job: None,
    put: Callable[[], None] = lambda: None,
) -> Work:
    """Do a job: `is_live`, return at once and follow it from the timer; else wait, and settle it.

    `put` shows the result on the timeline: live before anything is made, else when all is, so that a failure leaves no
    trace. Raises the error that the job ended with, WorkerError, or what `put` raises.
    """
    if is_live:
        put()
        queue.submit(job)
        follow()
        return job
    queue.submit(job)
    queue.wait(job, progress)
    put()
    settle(job)
    if job.error:
        raise job.error
    return job


def follow() -> None:
    """Let the timer run while there is something to follow."""
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=TICK)


def stop() -> None:
    """End the worker and the timer."""
    stand_ins.forget()
    queue.close()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def settle(job: Job) -> None:
    """Do what follows when a job has ended. What goes wrong with that fails the job."""
    try:
        job.settle()
        if job.then and job.state == "done":
            job.then(job)
    except LatentStripsError as error:
        job.fail(error)


def _show(job: Job) -> None:
    try:
        job.show()
    except LatentStripsError as error:
        queue.cancel(job)
        job.fail(error)


def limit_size(root: Path) -> None:
    """Remove unused frames where the project's own frames folder has outgrown the preferred size.

    A folder that was chosen in the preferences may be shared: nothing is ever removed there unasked.
    """
    chosen = preferences()
    is_known = not any(job.is_draft for job in queue.unfinished())  # or the frames of one might go; it asks again
    if (cap := int(chosen.cap * _GIGABYTE)) and not chosen.folder and is_known:
        queue.clean(root, used_folders(), cap, project())


def clean_unused() -> tuple[int, int]:
    """Remove the frames that only this file has used and does not use any more: (folders, bytes). Raises CacheError."""
    shared = bool(preferences().folder)
    return cache.clean(frames_root(), used_folders(), project=project(), shared=shared)


def used_folders() -> set[str]:
    """Names of the recipe folders that strips, images, sounds and unfinished jobs of this file use."""
    used = {strips.directory(strip).name for _, strip in strips.everywhere()}
    used |= {Path(bpy.path.abspath(image.filepath)).parent.name for image in bpy.data.images if image.filepath}
    used |= {Path(bpy.path.abspath(sound.filepath)).parent.name for sound in bpy.data.sounds}
    return used | {name for job in queue.unfinished() if (name := job.folder_name())}


def shown(strip: str) -> None:
    """Note that the strip of that identity was refreshed: none of its frames is newer than its picture."""
    _fresh.pop(strip, None)


def _tick() -> float | None:
    global _refreshed
    queue.poll()
    ended = []
    for job in queue.news():
        _show(job)
        _fresh.setdefault(job.strip, set()).update(job.fresh_frames())
        if not job.unfinished:
            ended.append(job)
    for job in ended:
        settle(job)
        if job.state == "failed" and not job.apart:  # who imports hears of all files at once
            tell(f"{job.title}: {job.error}")
    now = time.monotonic()
    if ended or now - _refreshed >= REFRESH:
        _refreshed = now
        _refresh()
    return TICK if stand_ins.step() or queue.unfinished() else None


def _refresh() -> None:
    """Show new frames, stop the jobs of strips that are gone, and say how far the work is."""
    there = {str(strip.get(STRIP_ID)): (scene, strip) for scene, strip in strips.everywhere()}
    for job in queue.unfinished():
        if job.strip and job.strip not in there:  # deleted, or its making undone
            queue.cancel(job)
    _show_new(there)
    running = queue.unfinished()
    text = f"Latent Strips: {running[0].title} – {running[0].progress()}. Esc cancels" if running else None
    for window in bpy.context.window_manager.windows:
        window.workspace.status_text_set(text and translated(text))
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR":
                # The sidebar alone: drawing the preview and the timeline again takes much longer.
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


def _show_new(there: dict[str, tuple[Any, Any]]) -> None:
    """Refresh strips whose picture under the playhead has just been made. Others are not in Blender's cache yet."""
    for id, frames in list(_fresh.items()):
        scene, strip = there.get(id, (None, None))
        if scene is None:
            del _fresh[id]
        elif scene.frame_current - compat.content_start(strip) in frames:
            showing.refresh(strip)
            del _fresh[id]


def tell(*lines: str, title: str = "Latent Strips", icon: str = "ERROR") -> None:
    """Print what must not go unseen, and show it in a popup, whatever is on screen."""
    told = tuple(map(printable, lines))
    for line in told:
        print(f"Latent Strips: {line}", flush=True)
    if bpy.app.background or not bpy.context.window_manager.windows:
        return

    def draw(menu: Any, _context: bpy.types.Context) -> None:
        for text in [part for line in told for part in wrapping.lines(line, 90)][:30]:
            menu.layout.label(text=text)

    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.context.window_manager.popup_menu(draw, title=title, icon=icon)
