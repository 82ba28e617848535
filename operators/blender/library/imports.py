"""Importing generators: in a worker process of its own, so that a bad file harms no other job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import bpy

from ....models.cards.card import read_beside
from ....models.errors import GeneratorError, LatentStripsError
from ....models.kinds import kinds
from ....models.library import user
from ....models.library.catalog import Entry
from ....models.onnx.graph import CONTROL_FLOW
from ....models.printable import printable
from ....models.worker.child import Event
from .. import compat
from ..jobs import live
from ..jobs.imports import Develop, Import, Try

#: Files imported at once at most.
MANY = 500


def files(path: Path, names: Sequence[str] = ()) -> list[Path]:
    """Return the ONNX files that are meant: those of `names` in the folder `path`, the file itself, or all in a folder.

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


def run(paths: Sequence[Path], label: str = "", control_flow: bool = False, rate: int = 0) -> list[Import]:
    """Import files and wait. Raises the error of a file that was alone; of several, the jobs' `error` tells."""
    jobs = _jobs(paths, label, control_flow, rate)
    for job in jobs:
        live.queue.submit(job)
    for job in jobs:
        with suppress(LatentStripsError):  # it is in the job
            live.queue.wait(job, lambda _: None)
    if len(jobs) == 1 and jobs[0].error:
        raise jobs[0].error
    return jobs


def start(paths: Sequence[Path], label: str = "", control_flow: bool = False, rate: int = 0) -> None:
    """Import files while Blender stays alive; a popup tells what came of all of them. Raises WorkerError."""
    jobs = _jobs(paths, label, control_flow, rate)
    left = {job.id for job in jobs}

    def ended(job: Import) -> None:
        left.discard(job.id)
        if not left:
            choose(bpy.context, jobs)
            live.tell(*outcome(jobs), title="Generators", icon="CHECKMARK" if all(j.event for j in jobs) else "ERROR")

    for job in jobs:
        job.ended = ended
        live.run(job, is_live=True)


def develop(context: bpy.types.Context, path: Path, label: str, credit: str, is_live: bool) -> Develop:
    """Make a texture generator of a photograph, and let the next texture be made by it. Raises MediaError."""
    job = Develop(title=path.name, path=path, label=label, credit=credit)

    def ended(_: Import) -> None:
        choose(bpy.context, [job])
        live.tell(*outcome([job]), title="Generators", icon="CHECKMARK" if job.event else "ERROR")

    if is_live:
        job.ended = ended
        live.run(job, is_live=True)
        return job
    live.queue.submit(job)
    live.queue.wait(job, lambda _: None)
    choose(context, [job])
    return job


def importing() -> list[str]:
    """Return the names of the files that are on their way into the library."""
    return [job.title for job in live.queue.unfinished() if isinstance(job, Import)]


def corrected(entry: Entry, changes: Mapping[str, Mapping[str, Any]], classes: Sequence[str]) -> None:
    """Correct a generator's card and try it again. One that doesn't work leaves the old card, and raises its error."""
    beside = entry.path.with_suffix(".json")
    before = read_beside(beside)
    user.correct(entry, changes, classes)
    try:
        live.run(Try(title=entry.card.label, generator=entry.card.id))
    except LatentStripsError:
        user.write(beside, before)
        raise


def _jobs(paths: Sequence[Path], label: str, control_flow: bool, rate: int) -> list[Import]:
    allow = sorted(CONTROL_FLOW) if control_flow else []
    return [Import(title=path.name, path=path, label=label, allow=allow, rate=rate) for path in paths]


def choose(context: bpy.types.Context, jobs: Sequence[Import]) -> None:
    """Let the next strip of that kind be made by what was imported last."""
    scene = compat.sequencer_scene(context)
    for job in jobs:
        if job.event and (kind := kinds().get(str(job.event["kind"]))) and not scene.library:
            settings = getattr(scene.latent_strips, kind.name)
            settings.generator = str(job.event["id"])


def outcome(jobs: Sequence[Import]) -> list[str]:
    """Return a line for each file: what it is, or what went wrong with it."""
    done = [summary(job.event) for job in jobs if job.event]
    return done + [failure(job.path.name, job.error) for job in jobs if job.error]


def summary(event: Event) -> str:
    """Such as `Faces: image, 64×64, 12 ms`."""
    words = [str(event["kind"]).replace("_", " ")]
    words += [str(event["size"])] if event["size"] else []
    words += [f"{float(event['seconds']) * 1000:.3g} ms per run"] if event["seconds"] else []
    words += [user.GUESSED] if user.GUESSED in str(event["why"]) else []
    words += str(event["why"]).split("; ")[1:] if str(event["why"]).startswith(user.PHOTO) else []
    words += [] if event["fresh"] else ["was there already"]
    return f"{event['label']}: {', '.join(words)}"


def failure(name: str, error: LatentStripsError) -> str:
    """Return what went wrong with a file, which not every error names."""
    name = printable(name)
    return str(error) if str(error).startswith(name) else f"{name}: {error}"
