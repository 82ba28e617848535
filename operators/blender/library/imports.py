"""Importing generators: in a worker process of its own, so that a bad file harms no other job."""

from __future__ import annotations

import textwrap
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ....models.errors import GeneratorError, LatentStripsError, from_name
from ....models.kinds import kinds
from ....models.library import user
from ....models.library.catalog import Entry
from ....models.onnx.graph import CONTROL_FLOW
from ....models.worker.client import Client, Event
from .. import compat
from ..preferences import preferences, user_folder

#: Seconds between two looks at the worker, and files imported at once at most.
TICK, MANY = 0.1, 500


@dataclass
class Import:
    """Files on their way into the library: those to come, what was said of those that are in, and what went wrong."""

    client: Client
    waiting: dict[str, Path] = field(default_factory=dict)
    done: list[Event] = field(default_factory=list)
    failed: list[tuple[str, LatentStripsError]] = field(default_factory=list)

    def poll(self) -> None:
        """Take in what the worker said. Never waits."""
        for event in self.client.poll():
            path = self.waiting.get(str(event.get("job")))
            if path is None or event["say"] not in ("imported", "error"):
                continue
            del self.waiting[str(event["job"])]
            if event["say"] == "imported":
                self.done.append(event)
            else:
                self.failed.append((path.name, from_name(str(event["name"]), str(event["message"]))))


#: The import that a person waits for, if there is one.
running: Import | None = None


def files(path: Path, names: Sequence[str] = ()) -> list[Path]:
    """The ONNX files that are meant: those of `names` in the folder `path`, the file itself, or all in a folder.

    Raises GeneratorError when there are none.
    """
    if path.is_dir() and not names:
        names = sorted(each.name for each in path.glob("*.onnx"))
        if not names:
            raise GeneratorError(f"{path}: holds no .onnx files.")
    found = [path / name for name in names] or [path]
    if len(found) > MANY:
        raise GeneratorError(f"{path}: holds {len(found)} .onnx files; at most {MANY} are imported at once.")
    return found


def _client() -> Client:
    chosen = preferences()
    return Client([user_folder("generators")], chosen.threads, chosen.provider, chosen.memory, chosen.patience)


def begin(paths: Sequence[Path], label: str = "", control_flow: bool = False, rate: int = 0) -> Import:
    """Start a worker and hand it the files; `rate` is that of sounds (0: by what the files say). Raises WorkerError."""
    started = Import(_client())
    allow = sorted(CONTROL_FLOW) if control_flow else []
    for path in paths:
        job = uuid.uuid4().hex
        started.waiting[job] = path
        started.client.send("import", job, path=str(path.absolute()), label=label, allow=allow, rate=rate)
    return started


def run(paths: Sequence[Path], label: str = "", control_flow: bool = False, rate: int = 0) -> Import:
    """Import files and wait. Raises the error of a file that was alone; of several, `failed` tells."""
    started = begin(paths, label, control_flow, rate)
    try:
        for job in list(started.waiting):
            path = started.waiting.pop(job)
            try:
                started.done += [event for event in started.client.wait(job) if event["say"] == "imported"]
            except LatentStripsError as error:
                started.failed.append((path.name, error))
    finally:
        started.client.close()
    if len(paths) == 1 and started.failed:
        raise started.failed[0][1]
    return started


def corrected(entry: Entry, changes: Mapping[str, Mapping[str, Any]], classes: Sequence[str]) -> None:
    """Correct a generator's card and try it anew. One that doesn't work leaves the old card, and raises its error."""
    beside = entry.path.with_suffix(".json")
    before = beside.read_bytes()
    user.correct(entry, changes, classes)
    client = _client()
    try:
        client.send("try", "try", id=entry.card.id)
        list(client.wait("try"))
    except LatentStripsError:
        user.write(beside, before)
        raise
    finally:
        client.close()


def start(paths: Sequence[Path], label: str = "", control_flow: bool = False, rate: int = 0) -> None:
    """Import files while Blender stays alive; the timer tells what came of it. Raises GeneratorError or WorkerError."""
    global running
    if running:
        raise GeneratorError("Another import is running. Wait until it is done.")
    running = begin(paths, label, control_flow, rate)
    bpy.app.timers.register(_tick, first_interval=TICK)


def stop() -> None:
    """End a running import."""
    global running
    if running:
        running.client.close()
        running = None
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def choose(context: Any, found: Import) -> None:
    """Let the next strip of that kind be made by what was imported last."""
    scene = compat.sequencer_scene(context)
    for event in found.done:
        if (kind := kinds().get(str(event["kind"]))) and not scene.library:
            settings = getattr(scene.latent_strips, kind.name)
            settings.generator = str(event["id"])


def summary(event: Event) -> str:
    """Such as `Faces: image, 64×64, 12 ms`."""
    words = [str(event["kind"]).replace("_", " ")]
    words += [str(event["size"])] if event["size"] else []
    words += [f"{float(event['seconds']) * 1000:.3g} ms a run"] if event["seconds"] else []
    words += [user.GUESSED] if user.GUESSED in str(event["why"]) else []
    words += [] if event["fresh"] else ["was there already"]
    return f"{event['label']}: {', '.join(words)}"


def failure(name: str, error: LatentStripsError) -> str:
    """What went wrong with a file, which not every error names."""
    return str(error) if str(error).startswith(name) else f"{name}: {error}"


def _tick() -> float | None:
    global running
    if running is None:
        return None
    running.poll()
    _redraw()
    if running.waiting:
        return TICK
    ended, running = running, None
    ended.client.close()
    choose(bpy.context, ended)
    lines = [summary(event) for event in ended.done] + [failure(*each) for each in ended.failed]
    _tell(lines, "ERROR" if ended.failed else "CHECKMARK")
    return None


def _redraw() -> None:
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in ("SEQUENCE_EDITOR", "PREFERENCES"):
                area.tag_redraw()


def _tell(lines: Sequence[str], icon: str) -> None:
    for line in lines:
        print(f"Latent Strips: {line}", flush=True)
    if bpy.app.background or not bpy.context.window_manager.windows:
        return

    def draw(menu: Any, _context: Any) -> None:
        for text in [part for line in lines for part in textwrap.wrap(line, 90)][:30]:
            menu.layout.label(text=text)

    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.context.window_manager.popup_menu(draw, title="Generators", icon=icon)
