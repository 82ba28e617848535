"""The queue of this Blender, and the timer that carries its news to strips, panels and the status bar.

The timer runs on the main thread between two redraws and never waits: each tick takes well under a millisecond.
"""

from __future__ import annotations

import textwrap
import time
from pathlib import Path
from typing import Any

import bpy

from ....models.job import folder as folder_of
from ....models.worker.client import Client
from .. import compat
from ..custom_properties import STRIP_ID
from ..preferences import font_folders, preferences, user_folder
from ..timeline import state, strips
from .queue import Job, Queue

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


def start(job: Job) -> Job:
    """Hand a job to the worker, and follow it from the timer. Raises WorkerError."""
    queue.submit(job)
    follow()
    return job


def follow() -> None:
    """Let the timer run while there is something to follow."""
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=TICK)


def stop() -> None:
    """End the worker and the timer."""
    queue.close()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def settle(job: Job) -> None:
    """What follows when a job has ended: an old picture back where nothing came to replace it, the best seed, the size
    limit."""
    found = strips.find(job.strip)
    if found:
        if job.state in ("failed", "cancelled") and not job.done and job.before:
            strips.restore(*found, *job.before)
        if job.do == "verify" and job.state == "done":
            state.note(found[1], job.missing, job.changed)
        elif job.do == "make":
            strips.refresh(found[1])
            _fresh.pop(job.strip, None)
            state.look(found[1])
            if job.warning or job.done == job.recipe.frames:  # what was made before may have been warned of before
                state.warn(found[1], job.warning)
    if job.do == "make":
        limit_size()
        if job.warning:
            _tell(job)
    if job.then and job.state == "done":
        job.then(job)
    scene = bpy.data.scenes.get(job.scene)
    if job.do == "rank" and job.state == "done" and scene:
        getattr(scene.latent_strips, job.recipe.kind).seed = job.seeds[0]


def limit_size() -> None:
    """Remove frames that no strip uses where the frames folder has outgrown the preferred size."""
    if cap := int(preferences().cap * _GIGABYTE):
        queue.clean({job.root for job in queue.jobs}, used_folders(), cap)


def used_folders() -> set[str]:
    """Names of the recipe folders that strips, images, sounds and unfinished jobs of this file use."""
    used = {strips.directory(strip).name for _, strip in strips.everywhere()}
    used |= {Path(bpy.path.abspath(image.filepath)).parent.name for image in bpy.data.images if image.filepath}
    used |= {Path(bpy.path.abspath(sound.filepath)).parent.name for sound in bpy.data.sounds}
    return used | {folder_of(job.recipe, job.root).path.name for job in queue.unfinished()}


def _tick() -> float | None:
    global _refreshed
    queue.poll()
    ended = []
    for job in queue.news():
        _fresh.setdefault(job.strip, set()).update(job.take_frames())
        if not job.unfinished:
            ended.append(job)
    for job in ended:
        settle(job)
        if job.state == "failed":
            _tell(job)
    now = time.monotonic()
    if ended or now - _refreshed >= REFRESH:
        _refreshed = now
        _refresh()
    return TICK if queue.unfinished() else None


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
        window.workspace.status_text_set(text)
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR":
                # The sidebar alone: drawing the preview and the timeline anew takes much longer.
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
            strips.refresh(strip)
            del _fresh[id]


def _tell(job: Job) -> None:
    """What went wrong must not go unseen, whatever is on screen."""
    message = f"{job.title}: {job.error or job.warning}"
    print(f"Latent Strips: {message}")
    if bpy.app.background or not bpy.context.window_manager.windows:
        return

    def draw(menu: Any, _context: Any) -> None:
        for line in textwrap.wrap(message, 90):
            menu.layout.label(text=line)

    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.context.window_manager.popup_menu(draw, title="Latent Strips", icon="ERROR")
