"""The user's own generators: what lies beside each file in their library, and how it changes.

    <digest>.onnx   the network as it came; its name is the SHA-256 of its bytes
    <digest>.json   its card, and under "own": the trial's speed, the control flow that the user allows
    <digest>.png    the trial's picture, or the waveform of its sound
    <digest>.N.webp the picture of its style number N
    <digest>.wav    the trial's sound
    <digest>.bad    why it is in quarantine

No name in here comes from a card or a recipe. Everything is written whole or not at all.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import plain_files
from ..cards.card import MAX_BESIDE, Card
from ..cards.port import Port
from ..cards.style import Style
from ..errors import CacheError, GeneratorError, GeneratorQuarantined
from ..plain_files import is_plain, read
from ..printable import printable
from .catalog import IMPORTED, Entry, Library

#: Part of `why` where nothing said how many samples a second a sound has.
GUESSED = "its sample rate is a guess"
#: Begin of `why` where a generator was made of a photograph; remarks follow, divided by "; ".
PHOTO = "From a photograph"
_SUFFIXES = (".onnx", ".json", ".png", ".wav", ".bad")
_BAD = 2000


@dataclass(frozen=True)
class ImportNotes:
    """What is known of a generator of the user's beside its card. `seconds` a run of the trial, 0 when unknown."""

    seconds: float = 0.0
    provider: str = ""
    why: str = ""
    size: str = ""
    allow: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "seconds": self.seconds, "provider": self.provider, "why": self.why, "size": self.size,
            "allow": list(self.allow),
        }  # fmt: skip


def is_imported(entry: Entry) -> bool:
    """Whether a generator was imported, and so may be renamed, corrected and removed."""
    return IMPORTED.fullmatch(entry.path.stem) is not None and is_plain(entry.path.with_suffix(".json"))


def changeable(entry: Entry) -> Entry:
    """Return the generator itself. Raises GeneratorError for one that is not the user's own."""
    if not is_imported(entry):
        raise GeneratorError(f"{entry.card.label} ships with the extension and stays as it is.")
    return entry


def about(entry: Entry) -> ImportNotes:
    """Return what is known of it. What can't be read is not known."""
    try:
        raw = _raw(entry.path)["own"]

        seconds = float(raw["seconds"])

        def said(key: str, most: int) -> str:
            return printable(str(raw[key])[:most])

        return ImportNotes(
            seconds if math.isfinite(seconds) else 0.0, said("provider", 40), said("why", 200), said("size", 40),
            tuple(str(op) for op in raw["allow"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError, GeneratorError):
        return ImportNotes()


def preview(entry: Entry) -> Path:
    """Where the trial's picture is, if there is one."""
    return entry.path.with_suffix(".png")


def style_picture(path: Path, number: int) -> Path:
    """Where the picture of a style of the file `path` is, if there is one. Names come from cards: it goes by number."""
    return path.with_suffix(f".{number}.webp")


def forget_pictures(path: Path) -> None:
    """Delete the pictures of the styles of the file `path`. Raises OSError."""
    for picture in path.parent.glob("*.webp"):  # the stem itself may be of any form
        if picture.name.startswith(f"{path.stem}."):
            picture.unlink(missing_ok=True)


def heard(entry: Entry) -> Path:
    """Where the trial's sound is, if there is one."""
    return entry.path.with_suffix(".wav")


def store(path: Path, card: Card, notes: ImportNotes) -> None:
    """Write a card beside the generator file `path`. Raises CacheError."""
    text = json.dumps({**card.json(), "own": notes.json()}, indent=1, allow_nan=False)
    if len(text) > MAX_BESIDE:
        raise GeneratorError(f"The card of {card.label} would be larger than {MAX_BESIDE / 1e6:.0f} MB.")
    write(path.with_suffix(".json"), text.encode())


def rename(entry: Entry, label: str, license: str = "") -> None:
    """Give a generator another label, and another license unless that is empty. Raises GeneratorError."""
    label, license = (" ".join(printable(text).split())[:64] for text in (label, license))
    if not label:
        raise GeneratorError("A generator needs a name.")
    store(entry.path, replace(entry.card, label=label, license=license or entry.card.license), about(entry))


def correct(entry: Entry, changes: Mapping[str, Mapping[str, Any]], classes: Iterable[str] = ()) -> Card:
    """Change what is said of ports: `{"image": {"low": -1.0, "layout": "nhwc"}}`; `classes` are names, in order.

    Returns the new card, which has another digest: strips made before keep their frames. Raises GeneratorError.
    """
    names = {port.name for port in (*entry.card.inputs, *entry.card.outputs)}
    if lost := sorted(set(changes) - names):
        raise GeneratorError(f"{entry.card.label} has no input or output {lost[0][:64]!r}. It has: {', '.join(names)}.")
    try:
        card = replace(
            entry.card,
            inputs=tuple(_changed(port, changes) for port in entry.card.inputs),
            outputs=tuple(_changed(port, changes) for port in entry.card.outputs),
        )
        listed = [name.strip() for name in classes if name.strip()]
        if listed:
            card = replace(card, styles=styles(len(listed), listed))
        Card.parse(json.loads(json.dumps(card.json())), card.digest)
    except (ValueError, TypeError) as error:
        raise GeneratorError(f"The correction makes no sense ({str(error)[:200]}).") from error
    store(entry.path, card, about(entry))
    return Card.read(entry.path)


def styles(count: int, names: Iterable[str] = ()) -> tuple[Style, ...]:
    """Return an entry for each class, with names for the first of them."""
    labels = [*names][:count]
    labels += [f"Class {n}" for n in range(len(labels), count)]
    return tuple(Style(f"class-{n}", " ".join(printable(label).split())[:64], ()) for n, label in enumerate(labels))


def remove(entry: Entry) -> None:
    """Delete a generator of the user's and what lies beside it. Raises GeneratorError or CacheError."""
    if not is_imported(entry):
        raise GeneratorError(f"{entry.card.label} ships with the extension and can't be removed.")
    try:
        delete(entry.path)
    except OSError as error:
        raise CacheError(f"{entry.path.name}: can't be removed ({error.strerror}).") from error


def broken(folder: Path) -> dict[str, GeneratorError]:
    """Return what is wrong with the files of a library that are not generators, by name."""
    found = {}
    for path in sorted(folder.glob("*.onnx")):
        try:
            Card.read(path)
        except GeneratorError as error:
            found[path.name] = error
    return found


def discard(folder: Path, name: str) -> None:
    """Delete a broken file of a library and what lies beside it. Raises GeneratorError or CacheError."""
    if name not in broken(folder):  # the name is one that was found here, or leads nowhere
        raise GeneratorError(f"{name[:64]!r} is not a broken file of the library. Run the doctor again.")
    try:
        delete(folder / name)
    except OSError as error:
        raise CacheError(f"{name}: can't be removed ({error.strerror}). Delete it in your file manager.") from error


def exported(entry: Entry) -> bytes:
    """Return the card for others, as JSON: without what holds for this machine and this user alone."""
    return json.dumps(entry.card.json(), indent=2).encode()


def quarantine(folders: Iterable[Path], digest: str, reason: str) -> None:
    """Keep a generator of the user's from being run again: it has brought a worker down. Shipped ones are let be."""
    for entry in Library(tuple(folders)).entries():
        if entry.card.digest == digest and is_imported(entry):
            write(entry.path.with_suffix(".bad"), reason.encode()[:_BAD])


def quarantined(entry: Entry) -> str:
    """Why a generator is in quarantine; "" when it is not."""
    try:
        said = read(entry.path.with_suffix(".bad"), 4 * _BAD).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:  # whatever it is, somebody put it there
        said = f"{entry.path.stem[:12]}….bad can't be read ({error.strerror})."
    return printable(said[:_BAD]) or "No reason was given."


def release(entry: Entry) -> None:
    """Let a generator be run again."""
    entry.path.with_suffix(".bad").unlink(missing_ok=True)


def check_released(entry: Entry) -> None:
    """Raise GeneratorQuarantined when it is in quarantine."""
    if reason := quarantined(entry):
        raise GeneratorQuarantined(
            f"{entry.card.label} is in quarantine, because it has brought the worker down: {reason[:300]} "
            "Release it in the preferences to try again, or remove it."
        )


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises CacheError."""
    try:
        plain_files.write(path, data)
    except OSError as error:
        raise CacheError(f"{path.name}: can't be written ({error.strerror}). Is the disk full?") from error


def _changed(port: Port, changes: Mapping[str, Mapping[str, Any]]) -> Port:
    return replace(port, **changes[port.name]) if port.name in changes else port


def delete(path: Path) -> None:
    """Delete a generator's file and what lies beside it."""
    forget_pictures(path)
    for suffix in _SUFFIXES:
        path.with_suffix(suffix).unlink(missing_ok=True)


def _raw(path: Path) -> Any:
    return json.loads(read(path.with_suffix(".json"), MAX_BESIDE))
