"""The generators at hand: those that ship with the add-on and those in the user's own folder."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..cards.card import Card
from ..errors import GeneratorError, GeneratorMissing

#: The name of an imported file: the SHA-256 of its bytes.
IMPORTED = re.compile(r"[0-9a-f]{64}")
#: Seconds for which a `Glimpse` trusts that no card was rewritten in its place.
FRESH = 0.5
SHIPPED = Path(__file__).resolve().parents[1] / "shipped"


@dataclass(frozen=True)
class Entry:
    """A generator file and its card."""

    path: Path
    card: Card


_glimpses: dict[tuple[Path, ...], tuple[tuple[int, ...], float, list[Entry | GeneratorError]]] = {}


@dataclass(frozen=True)
class Library:
    """Generators found in `folders`, in that order; files that are not generators are left out."""

    folders: tuple[Path, ...] = (SHIPPED,)

    def entries(self) -> list[Entry]:
        """All generators by folder: those that ship by rank and file name, those of a user the last import first.

        Files that can't be used are left out; see `problems`.
        """
        return [found for found in self._scan() if isinstance(found, Entry)]

    def problems(self) -> list[GeneratorError]:
        """Return what is wrong with the files that `entries` leaves out."""
        return [found for found in self._scan() if isinstance(found, GeneratorError)]

    def of_kind(self, kind: str) -> list[Entry]:
        """Return the generators that make results of `kind`."""
        return [entry for entry in self.entries() if entry.card.kind == kind]

    def latest(self, id: str) -> Entry:
        """Return the first generator of that id. Raises GeneratorMissing."""
        for entry in self.entries():
            if entry.card.id == id:
                return entry
        known = ", ".join(sorted({entry.card.id for entry in self.entries()})) or "none"
        raise GeneratorMissing(f"There is no generator {id[:64]!r}. Installed: {known}.")

    def exact(self, id: str, digest: str) -> Entry:
        """Return the generator of that id whose file has that SHA-256. Raises GeneratorMissing."""
        for entry in self.entries():
            if entry.card.digest == digest:
                return entry
        raise GeneratorMissing(
            f"The generator {id[:64]!r} that made this strip (SHA-256 {digest[:12]}…) is not installed. Its frames "
            "stay as they are. Install that generator, or choose another one and regenerate the strip."
        )

    def _scan(self) -> list[Entry | GeneratorError]:
        found: list[Entry | GeneratorError] = []
        for folder in self.folders:
            read = [_read(path, *_state(path)) for path in sorted(folder.glob("*.onnx")) if ".critic." not in path.name]
            found += sorted(read, key=_order)
        return found


class Glimpse(Library):
    """A library for whoever looks at it many times a second: it looks at its files when a folder has changed, and when
    the last look is older than `FRESH` seconds.
    """

    def _scan(self) -> list[Entry | GeneratorError]:
        stamp = tuple(_folder_state(folder) for folder in self.folders)
        seen, when, found = _glimpses.get(self.folders, ((), 0.0, []))
        now = time.monotonic()
        if seen != stamp or now - when > FRESH:
            found = super()._scan()
            _glimpses[self.folders] = stamp, now, found
        return found


def _folder_state(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _order(one: Entry | GeneratorError) -> tuple[int, int]:
    """By rank; those that were imported by age: the last one is what a strip is made by that names none."""
    if not isinstance(one, Entry):
        return 0, 0
    return (0, -_state(one.path)[0]) if IMPORTED.fullmatch(one.path.stem) else (one.card.rank, 0)


def _state(path: Path) -> tuple[int, ...]:
    """When a file and the card beside it were changed, and their sizes."""
    found = []
    for each in (path, path.with_suffix(".json")):
        try:
            about = each.stat()
            found += [about.st_mtime_ns, about.st_size]
        except OSError:  # a link to nowhere, or just removed: reading the card will say so
            found += [0, 0]
    return tuple(found)


@cache
def _read(path: Path, *state: int) -> Entry | GeneratorError:
    """Read a card once for each state of its file (hashing megabytes on every redraw would be felt)."""
    try:
        return Entry(path, Card.read(path))
    except GeneratorError as error:
        return error
