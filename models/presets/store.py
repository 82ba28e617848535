"""Presets on disk: those that ship in one file, those of the user in a folder for each kind, a file for each.

The name of a user's file follows from the preset's name but holds none of what a path could be made of.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from functools import cache
from pathlib import Path

from ..errors import CacheError, PresetError
from ..gallery.tiles import PICTURES, named, stamp
from ..library.catalog import SHIPPED, Entry
from ..library.user import write
from ..plain_files import read
from . import preset
from .preset import Preset

_OWN = "latent_strips"


@cache
def shipped() -> tuple[Preset, ...]:
    """Return the presets that ship."""
    return tuple(preset.parsed((SHIPPED / "presets.json").read_bytes(), "presets.json"))


def of_kind(folder: Path, kind: str) -> list[Preset]:
    """Return the presets of a kind: the user's, which are in `folder`, by name, then those that ship."""
    own = mine(folder, kind)
    names = {each.name for each in own}
    return [*own, *(each for each in shipped() if each.kind == kind and each.name not in names)]


def mine(folder: Path, kind: str = "") -> list[Preset]:
    """Return the user's presets of a kind, or of all kinds. Files that make no sense are left out: see `problems`."""
    return [each for each in _read(folder) if isinstance(each, Preset) and kind in ("", each.kind)]


def problems(folder: Path) -> list[PresetError]:
    """Return what is wrong with the files that `mine` leaves out."""
    return [each for each in _read(folder) if isinstance(each, PresetError)]


def find(folder: Path, kind: str, name: str) -> Preset:
    """Return the preset of that name. Raises PresetError, which names those that there are."""
    found = of_kind(folder, kind)
    for each in found:
        if each.name == name:
            return each
    there = ", ".join(each.name for each in found) or "none"
    raise PresetError(f"There is no preset {str(name)[:64]!r} of this kind. There are: {there}.")


def save(folder: Path, one: Preset) -> None:
    """Write a preset of the user's, in place of one of the same name. Raises PresetError or CacheError."""
    path = _path(folder, one)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CacheError(f"{path.parent}: can't be made ({error.strerror}).") from error
    write(path, preset.written([one]))


def remove(folder: Path, kind: str, name: str) -> None:
    """Delete a preset of the user's. Raises PresetError for one that ships or isn't there."""
    if not any(each.name == name for each in mine(folder, kind)):
        if any((each.kind, each.name) == (kind, name) for each in shipped()):
            raise PresetError(f"The preset {name!r} ships with the extension and stays as it is. Save another one.")
        find(folder, kind, name)
    try:
        _path(folder, Preset(kind, name, "", {})).unlink(missing_ok=True)
    except OSError as error:
        raise PresetError(f"The preset {name!r} can't be removed ({error.strerror}).") from error


def rename(folder: Path, kind: str, name: str, new: str) -> Preset:
    """Give a preset of the user's another name. Raises PresetError or CacheError."""
    new, one = preset.name_of(new), find(folder, kind, name)
    if new != name and any(each.name == new for each in mine(folder, kind)):
        raise PresetError(f"There is a preset {new!r} already. Give it another name.")
    renamed = Preset(kind, new, one.generator, one.settings)
    if new != name:
        if one not in mine(folder, kind):
            remove(folder, kind, name)  # raises: it ships
        save(folder, renamed)
        remove(folder, kind, name)
    return renamed


def export(path: Path, presets: list[Preset]) -> None:
    """Write presets to one file. Raises PresetError when there are none, or CacheError."""
    if not presets:
        raise PresetError("There are no saved presets to export. Save one first.")
    write(path, preset.written(presets))


def imported(path: Path) -> list[Preset]:
    """Read a file of presets that somebody made. Raises PresetError, and reads all or nothing."""
    try:
        return preset.parsed(read(path, preset.MAX_BYTES), path.name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PresetError(f"{path.name}: can't be read ({reason}).") from error


def picture(one: Preset, entry: Entry) -> Path:
    """Where the picture of a shipped preset is, made by its generator as it is now."""
    settings = json.dumps(dict(one.settings), sort_keys=True)
    return PICTURES / f"{named('preset', one.kind, _slug(one.name))}-{stamp(entry.card.digest, settings)}.webp"


def _path(folder: Path, one: Preset) -> Path:
    mark = hashlib.sha256(one.name.encode()).hexdigest()[:8]
    return folder / _OWN / one.kind / f"{_slug(one.name)}-{mark}.json"


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "preset"


def _read(folder: Path) -> list[Preset | PresetError]:
    """Return each file's preset, by name, or what is wrong with it."""
    found: list[Preset | PresetError] = []
    for path in sorted((folder / _OWN).glob("*/*.json"))[: preset.MOST]:
        try:
            state = path.lstat()
        except OSError:  # just removed
            continue
        found.append(_one(path, state.st_mtime_ns, state.st_size))
    return sorted(found, key=lambda each: each.name.casefold() if isinstance(each, Preset) else "")


@cache
def _one(path: Path, *_state: int) -> Preset | PresetError:
    """Read a file once for each state of it: menus ask at every redraw."""
    try:
        (one,) = imported(path)
    except PresetError as error:
        return error
    except ValueError:
        return PresetError(f"{path.name}: holds more than one preset. Import it instead.")
    known = _path(path.parents[2], one) == path
    return one if known else PresetError(f"{path.name}: is not where its preset belongs. Import it instead.")
