"""What a worker does for each request. What the requests are is told in `worker`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from .. import cache, critic
from ..cache.cleaning import note_use
from ..errors import CacheError, RecipeError, WorkerError
from ..inference.session import version
from ..job import Generation
from ..kinds import kind
from ..kinds.music import MusicTake
from ..library import parts, user
from ..library.catalog import Entry
from ..library.user import ImportNotes
from ..recipe import Recipe
from . import look
from .loop import Worker


def serve(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    """Do what a request asks for, and say how it went. Raises LatentStripsError, or whatever comes."""
    do = str(request["do"])
    if do not in _SERVICES:
        raise WorkerError(f"The worker can't {do[:40]!r}.")
    _SERVICES[do](worker, name, request)


def _job(worker: Worker, request: Mapping[str, Any]) -> tuple[Generation, Entry]:
    recipe = Recipe.from_mapping(request.get("recipe"))
    entry = worker.library.exact(recipe.generator, recipe.digest)
    return Generation.of(recipe, entry.card, Path(str(request["root"]))), entry


def _make(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    job, entry = _job(worker, request)
    if files := request.get("files"):
        job.take.attach([Path(str(file)) for file in files])
    if placement := job.take.placement():
        worker.say("placed", job=name, **asdict(placement))
    _begin(worker, name, total=job.folder.count)
    job.folder.create(job.recipe.canonical())
    if project := str(request.get("project", "")):
        note_use(job.folder.path, project)
    made = job.make(
        lambda: worker.session(name, entry),
        lambda frame, done, total: worker.progress(name, frame, done, total),
        lambda: worker.tick(name),
        int(request.get("start", 0)),
        request.get("only"),
        (lambda frame, last: worker.say("held", job=name, frame=frame, last=last)) if request.get("hold") else None,
    )
    worker.say("done", job=name, made=made, folder=str(job.folder.path), warning=job.take.warning())


def _look(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    job, entry = _job(worker, {**request, "root": ""})
    if kind(job.recipe.kind).medium == "sound":
        raise RecipeError(f"A {job.recipe.kind} has no picture to look at.")
    if files := request.get("files"):
        job.take.attach([Path(str(file)) for file in files])
    if placement := job.take.placement():
        worker.say("placed", job=name, **asdict(placement))
    frame, file = int(request.get("frame", 0)), Path(str(request["file"]))
    session = worker.session(name, entry)
    seen = partial(worker.say, "seen", job=name)
    try:
        drafts, below = bool(request.get("draft", True)), request.get("below")
        below = (Path(str(below[0])), int(below[1])) if below else None
        look.look(job, session, frame, file, lambda width, height: seen(width=width, height=height), drafts, below)
    except OSError as error:
        raise CacheError(f"{file}: the quick look can't be written ({error.strerror}).") from error
    worker.say("looked", job=name)


def _verify(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    job, _ = _job(worker, request)
    missing, changed = job.check(lambda: worker.tick(name))
    worker.say("verified", job=name, missing=missing, changed=changed, folder=str(job.folder.path))


def _rank(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    job, entry = _job(worker, request)
    seeds = critic.rank(
        job.recipe,
        entry,
        int(request["count"]),
        lambda path: worker.session(name, entry) if path == entry.path else worker.critic(name, path),
        lambda: worker.tick(name),
    )
    worker.say("ranked", job=name, seeds=seeds)


def _midi(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    job, entry = _job(worker, request)
    if not isinstance(job.take, MusicTake):
        raise RecipeError(f"A {job.recipe.kind} has no notes: only music can be written as MIDI.")
    _begin(worker, name, total=0)
    job.folder.create(job.recipe.canonical())
    path = job.folder.put_beside(".mid", job.take.midi(worker.session(name, entry)))
    worker.say("written", job=name, path=str(path))


def _hear(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    from ..audio_analysis.reaction import Reaction  # of no use to workers that only make frames

    worker.say("begin", job=name, runtime=version, provider="", total=0)
    keys = Reaction.from_mapping(request.get("reaction")).keys(lambda: worker.tick(name))
    worker.say("heard", job=name, keys=keys)


def _clean(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    keep, limit = [str(each) for each in request["keep"]], int(request["limit"])
    removed, freed = cache.clean(Path(str(request["root"])), keep, limit, str(request["project"]))
    worker.say("cleaned", job=name, removed=removed, freed=freed)


def _begin(worker: Worker, name: str, total: int) -> None:
    worker.say(
        "begin", job=name, runtime=version, provider=worker.sessions.provider, reason=worker.sessions.reason,
        total=total,
    )  # fmt: skip


def _import(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    from ..importing import importer  # its parts are of no use to workers that only make frames

    path, allow = Path(str(request["path"])), [str(op) for op in request.get("allow", ())]
    label, folder, rate = str(request.get("label", "")), worker.library.folders[-1], int(request.get("rate", 0))
    made = importer.take(
        path, folder, worker.sessions.guarded, worker.sessions.provider, allow, label, rate, worker.sessions.reading
    )
    _imported(worker, name, made.entry, made.notes, made.fresh)


def _develop(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    from ..importing import importer
    from ..photo import develop

    path, label, credit = Path(str(request["path"])), str(request.get("label", "")), str(request.get("credit", ""))
    data, remarks = develop.developed(path, label, credit)
    folder = worker.library.folders[-1]
    folder.mkdir(parents=True, exist_ok=True)
    part = parts.import_part(folder)
    try:
        user.write(part, data)
        made = importer.take(part, folder, worker.sessions.guarded, worker.sessions.provider)
    finally:
        part.unlink(missing_ok=True)
    notes = replace(made.notes, why=develop.said(remarks))
    user.store(made.entry.path, made.entry.card, notes)
    _imported(worker, name, made.entry, notes, made.fresh)


def _try(worker: Worker, name: str, request: Mapping[str, Any]) -> None:
    from ..importing import importer

    entry = worker.library.latest(str(request["id"]))
    _imported(worker, name, entry, importer.again(entry, worker.sessions.guarded), False)


def _imported(worker: Worker, name: str, entry: Entry, about: ImportNotes, fresh: bool) -> None:
    card = entry.card
    worker.say(
        "imported", job=name, id=card.id, label=card.label, kind=card.kind, why=about.why, size=about.size,
        seconds=about.seconds, fresh=fresh,
    )  # fmt: skip


_SERVICES: dict[str, Callable[[Worker, str, Mapping[str, Any]], None]] = {
    "make": _make,
    "look": _look,
    "verify": _verify,
    "rank": _rank,
    "midi": _midi,
    "hear": _hear,
    "clean": _clean,
    "import": _import,
    "develop": _develop,
    "try": _try,
}
