"""Take a third-party ONNX file into the user's library: read it, try it, write its card. Runs in a worker process."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ..cards.card import KEY, Card, read_beside
from ..cards.port import RATES
from ..errors import CacheError, GeneratorError, GeneratorRefused
from ..inference.arrays import Array as Picture
from ..inference.guarded import Guarded
from ..kinds import clip, kinds
from ..library import parts, user
from ..library.catalog import Entry, Library
from ..library.user import ImportNotes
from ..onnx import container, metadata, reader
from ..plain_files import is_there, open_plain
from ..printable import printable
from . import previews, roles, trial
from .feeds import check_size

_CHUNK = 1 << 20

Open = Callable[[Path, Collection[str]], Guarded]
#: Holds what is done inside to limits; gives what to call now and then.
Within = Callable[[], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True)
class Imported:
    """A generator that is in the library now. `fresh` is false when it was there before."""

    entry: Entry
    notes: ImportNotes
    fresh: bool = True


def take(
    path: Path,
    folder: Path,
    open: Open,
    provider: str,
    allow: Collection[str] = (),
    label: str = "",
    rate: int = 0,
    within: Within = lambda: nullcontext(lambda: None),
) -> Imported:
    """Read, try and store the file at `path` in `folder`. Raises GeneratorError, GeneratorRefused or CacheError.

    The file is copied first and read from the copy, so what was checked is what is stored. A file that carries a card
    of a known kind keeps it, and one with a card beside it (`NAME.json` beside `NAME.onnx`) takes that; for others one
    is made. `rate` is that of a sound, in samples a second, where nothing else says it (0: by a guess).
    `within` holds the reading of the file and of what lies beside it to limits; `open` holds its trial to them.
    """
    parts.tidy(folder)
    part = parts.import_part(folder)
    target: Path | None = None
    try:
        with within() as tick:
            reader.read(path, allow)
            digest = _copied(path, part, tick)
            with _named(part, path.name):
                told = metadata.metadata(part)
            carried = told.get(KEY) or _beside(path)
        if known := next((entry for entry in Library((folder,)).entries() if entry.path.stem == digest), None):
            os.utime(known.path)  # it is the one imported last
            return Imported(known, user.about(known), fresh=False)
        with _named(part, path.name):
            session = trial.Small(open(part, allow))
        tested = None
        if carried is not None:
            card, about = _described(carried, digest, label or path.stem)
            _check_names(card, session)
        else:
            card, about, tested = _tried(digest, session, label or path.stem, rate or _rate(told))
        kinds()[card.kind].check_card(card)
        check_size(card.inputs)
        begin = time.perf_counter()
        shown = previews.shown(card, session)
        if not shown and tested is not None:  # made from footage: the trial's own has to do
            shown = {".png": previews.small(tested)}
        about = replace(about, provider=provider, allow=tuple(allow))
        if not about.seconds:
            about = replace(about, seconds=round(time.perf_counter() - begin, 6))
        target = folder / f"{digest}.onnx"
        for suffix, data in shown.items():
            user.write(target.with_suffix(suffix), data)
        previews.draw_styles(card, session, target)
        user.store(target, card, about)
        os.replace(part, target)
        return Imported(Entry(target, Card.read(target)), about)
    except OSError as error:
        raise CacheError(f"{path.name}: can't be stored ({error.strerror}).") from error
    finally:
        part.unlink(missing_ok=True)
        if target and not is_there(target):  # what lies beside it is of no use without it
            with suppress(OSError):
                user.delete(target)


@contextmanager
def _named(part: Path, name: str) -> Iterator[None]:
    """Let errors speak of the file that was copied, not of its copy."""
    try:
        yield
    except GeneratorError as error:
        raise type(error)(f"{name}: {str(error).replace(f'{part.name}: ', '').replace(str(part), name)}") from error


def again(entry: Entry, open: Open) -> ImportNotes:
    """Try a stored generator once more, after its card was corrected: a new preview. Raises GeneratorError."""
    known = user.about(entry)
    session = trial.Small(open(entry.path, known.allow))
    for suffix, data in previews.shown(entry.card, session).items():
        user.write(entry.path.with_suffix(suffix), data)
    previews.draw_styles(entry.card, session, entry.path)
    return known


def _copied(path: Path, part: Path, tick: Callable[[], None]) -> str:
    """Copy a file and return its SHA-256."""
    hashed = hashlib.sha256()
    with open_plain(path, os.O_RDONLY) as source, part.open("xb") as target:
        left = container.MAX_FILE
        while block := source.read(min(_CHUNK, left + 1)):
            tick()
            left -= len(block)
            if left < 0:
                raise GeneratorRefused(f"{path.name}: grew while it was read.")
            hashed.update(block)
            target.write(block)
    return hashed.hexdigest()


def _beside(path: Path) -> str | None:
    """Return the text of a card beside a file, None where there is none.

    Raises GeneratorError for one that can't be read.
    """
    beside = path.with_suffix(".json")
    if not is_there(beside) or beside.is_dir():
        return None
    text = read_beside(beside).decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        if '"card"' in text:
            raise GeneratorError(f"{beside.name}: is a card that can't be read ({str(error)[:120]}).") from error
        return None  # whatever it is, it is not a card
    return text if isinstance(found, dict) and "card" in found else None


def _rate(told: Mapping[str, str]) -> int:
    """Return the sample rate that a file's metadata names, as exporters of sound networks write it; 0 where none is
    said.
    """
    for key, value in told.items():
        if re.fullmatch(r"(audio_)?(sample|sampling)_?rate|sr|fs", key.lower()) and value.isdecimal():
            rate = int(value[:8])
            return rate if RATES[0] <= rate <= RATES[1] else 0
    return 0


def _described(text: str, digest: str, name: str) -> tuple[Card, ImportNotes]:
    """Return a network that comes with a card."""
    try:
        card = Card.parse(json.loads(text), digest)
    except (ValueError, RecursionError) as error:
        raise GeneratorError(f"{name}: its card is malformed ({str(error)[:120]}).") from error
    if card.kind not in kinds():
        raise GeneratorError(f"{name}: makes a {card.kind}, which this version of Latent Strips doesn't know.")
    card = replace(card, id=f"{_slug(card.id)}-{digest[:8]}")  # so that no two have the same
    return card, ImportNotes(why="The card that it came with")


def _check_names(card: Card, session: trial.Small) -> None:
    """Raise GeneratorError for a card that speaks of other inputs or outputs than the network has."""
    graph = session.graph
    taken, made = [port.name for port in card.inputs], [port.name for port in card.outputs]
    has, gives = {tensor.name for tensor in graph.inputs}, {tensor.name for tensor in graph.outputs}
    wrong = [*(name for name in taken if name not in has), *(name for name in made if name not in gives)]
    if wrong or len(set(taken)) != len(taken):
        known = f"inputs {', '.join(sorted(has))}; outputs {', '.join(sorted(gives))}"
        named = repr(wrong[0][:64]) if wrong else "an input twice"
        raise GeneratorError(f"The card of {card.label} names {named}. The network has the {known[:300]}.")
    if lost := sorted(has - set(taken)):
        raise GeneratorError(f"The card of {card.label} says nothing of the input {lost[0][:64]!r}.")


def _tried(digest: str, session: trial.Small, name: str, rate: int) -> tuple[Card, ImportNotes, Picture | None]:
    """Return a network without a card, and the picture that it made of the test picture."""
    found = trial.tried(roles.infer(session.graph), session.run)
    guess, why = found.guess, found.guess.why
    card = Card(
        id=f"{_slug(name)}-{digest[:8]}", kind=guess.kind, label=_label(name), license="unknown", digest=digest,
        inputs=guess.inputs, outputs=guess.outputs, styles=user.styles(min(guess.classes, 1000)),
    )  # fmt: skip
    size = "" if found.picture is None else f"{found.picture.shape[2]}×{found.picture.shape[1]}"
    if card.kind == clip.KIND.name:
        why += "" if rate else f"; {user.GUESSED}"
        rate = rate or clip.rate_of(card)
        heard = [replace(port, rate=rate) if port.role == "sound" else port for port in card.outputs]
        card = replace(card, outputs=tuple(heard))
        samples = clip.samples_of(card)
        size = f"{samples / rate:.2f} s at {rate / 1000:g} kHz" if samples else f"any length at {rate / 1000:g} kHz"
    try:
        Card.parse(json.loads(json.dumps(card.json())), digest)
    except ValueError as error:
        raise GeneratorError(
            f"What was found out of this network makes no sense ({error}). Write a card for it."
        ) from error
    return card, ImportNotes(round(found.seconds, 6), "", why, size), found.picture


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "generator"


def _label(name: str) -> str:
    words = " ".join(printable(name.replace("_", " ")).split())
    return (words[:1].upper() + words[1:])[:64] or "Generator"
