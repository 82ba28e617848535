"""Take a stranger's ONNX file into the user's library: read it, try it, write its card. Runs in a worker process."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from . import onnx_file, onnx_graph, own, roles, trial
from .card import KEY, MAX_BESIDE, Card
from .errors import CacheError, GeneratorError, GeneratorRefused
from .fit import fitted
from .generators import kinds
from .guard import Guarded
from .library import Entry, Library
from .media import png
from .own import Own
from .recipe import Recipe

#: Sides of a preview, px.
PREVIEW = 128
_CHUNK = 1 << 20

Open = Callable[[Path, Collection[str]], Guarded]


@dataclass(frozen=True)
class Imported:
    """A generator that is in the library now. `fresh` is false when it was there before."""

    entry: Entry
    own: Own
    fresh: bool = True


def take(path: Path, folder: Path, open: Open, provider: str, allow: Collection[str] = (), label: str = "") -> Imported:
    """Read, try and store the file at `path` in `folder`. Raises GeneratorError, GeneratorRefused or CacheError.

    The file is copied first and read from the copy, so what was checked is what is stored. A file that carries a card
    of a known kind keeps it, and one with a card beside it (`NAME.json` beside `NAME.onnx`) takes that; for others one
    is made.
    """
    onnx_graph.read(path, allow)
    part = folder / f".import.{os.getpid()}-{secrets.token_hex(4)}.part"
    try:
        digest = _copied(path, part)
        if known := next((entry for entry in Library((folder,)).entries() if entry.path.stem == digest), None):
            return Imported(known, own.about(known), fresh=False)
        session = open(part, allow)
        carried = onnx_file.metadata(part).get(KEY) or _beside(path)
        if carried is not None:
            card, about, picture = _described(carried, digest, session, label or path.stem, provider, tuple(allow))
        else:
            card, about, picture = _tried(digest, session, label or path.stem, provider, tuple(allow))
        target = folder / f"{digest}.onnx"
        if picture is not None:
            own.write(target.with_suffix(".png"), picture)
        own.store(target, card, about)
        os.replace(part, target)
        return Imported(Entry(target, Card.read(target)), about)
    except OSError as error:
        raise CacheError(f"{path.name}: can't be stored ({error.strerror}).") from error
    finally:
        part.unlink(missing_ok=True)


def again(entry: Entry, open: Open) -> Own:
    """Try a stored generator once more, after its card was corrected: a new preview. Raises GeneratorError."""
    known = own.about(entry)
    session = open(entry.path, known.allow)
    if picture := _frame(entry.card, session):
        own.write(own.preview(entry), picture)
    return known


def _copied(path: Path, part: Path) -> str:
    """Copy a file and return its SHA-256."""
    hashed = hashlib.sha256()
    with path.open("rb") as source, part.open("wb") as target:
        left = onnx_graph.MAX_FILE
        while block := source.read(min(_CHUNK, left + 1)):
            left -= len(block)
            if left < 0:
                raise GeneratorRefused(f"{path.name}: grew while it was read.")
            hashed.update(block)
            target.write(block)
    return hashed.hexdigest()


def _beside(path: Path) -> str | None:
    """The text of a card beside a file, None where there is none. Raises GeneratorError for one that is too large."""
    beside = path.with_suffix(".json")
    if not beside.is_file():
        return None
    if beside.stat().st_size > MAX_BESIDE:
        raise GeneratorError(f"{beside.name}: is larger than a card may be ({MAX_BESIDE / 1e6:.0f} MB).")
    text = beside.read_text("utf-8", errors="replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None  # whatever it is, it is no card
    return text if isinstance(found, dict) and "card" in found else None


def _described(
    text: str, digest: str, session: Guarded, name: str, provider: str, allow: tuple[str, ...]
) -> tuple[Card, Own, bytes | None]:
    """A network that comes with a card."""
    try:
        card = Card.parse(json.loads(text), digest)
    except (ValueError, RecursionError) as error:
        raise GeneratorError(f"{name}: its card is malformed ({str(error)[:120]}).") from error
    if card.kind not in kinds():
        raise GeneratorError(f"{name}: makes a {card.kind}, which this version of Latent Strips doesn't know.")
    card = replace(card, id=f"{_slug(card.id)}-{digest[:8]}")  # so that no two have the same
    begin = time.perf_counter()
    picture = _frame(card, session)
    seconds = time.perf_counter() - begin
    return card, Own(round(seconds, 6), provider, "The card that it came with", "", allow), picture


def _tried(
    digest: str, session: Guarded, name: str, provider: str, allow: tuple[str, ...]
) -> tuple[Card, Own, bytes | None]:
    """A network without a card."""
    found = trial.tried(roles.infer(session.graph), session.run)
    guess = found.guess
    card = Card(
        id=f"{_slug(name)}-{digest[:8]}", kind=guess.kind, label=_label(name), licence="unknown", digest=digest,
        inputs=guess.inputs, outputs=guess.outputs, styles=own.styles(min(guess.classes, 1000)),
    )  # fmt: skip
    Card.parse(json.loads(json.dumps(card.json())), digest)
    size, picture = "", None
    if found.picture is not None:
        size = f"{found.picture.shape[2]}×{found.picture.shape[1]}"
        picture = _frame(card, session) or _small(found.picture)
    return card, Own(round(found.seconds, 6), provider, guess.why, size, allow), picture


def _frame(card: Card, session: Guarded) -> bytes | None:
    """The first frame of a strip of this generator with everything at its default, as a PNG file.

    None for kinds that have no picture, or none without footage or text to make it from.
    """
    made = kinds().get(card.kind)
    if made is None or made.medium != "image" or made.made_from != "nothing":
        return None
    recipe = Recipe(card.kind, card.id, card.reading(), PREVIEW, PREVIEW, 1, 24.0)
    take = made.take(recipe, card)
    # A take asks for no more of a session than Guarded has.
    return take.finish(0, take.run(session, 0))  # type: ignore[arg-type]


def _small(image: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bytes:
    colours = np.repeat(image, 3, axis=0) if len(image) == 1 else image
    return png(fitted(np.clip(colours, 0, 1), (PREVIEW, PREVIEW), "fill"))


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "generator"


def _label(name: str) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in name.replace("_", " ")).split())
    return (words[:1].upper() + words[1:])[:64] or "Generator"
