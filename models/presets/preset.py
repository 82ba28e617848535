"""A preset, and a file of several: JSON that is checked before anything is done with it, and never executed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from ..cards import fields
from ..errors import PresetError, RecipeError
from ..kinds import Kind, kinds
from ..parameters import Parameter, Value
from ..printable import printable

VERSION = 1
#: The most bytes and presets of a file, and characters of a name.
MAX_BYTES, MOST, MAX_NAME = 1_000_000, 500, 60


@dataclass(frozen=True)
class Preset:
    """Settings of a kind under a name. What `settings` leaves out is at its default; `generator` is an identifier."""

    kind: str
    name: str
    generator: str
    settings: Mapping[str, Value]

    def json(self) -> dict[str, Any]:
        """Ready for JSON; `parsed` reads it."""
        return {"kind": self.kind, "name": self.name, "generator": self.generator, "settings": dict(self.settings)}


def saved(made: Kind) -> tuple[Parameter, ...]:
    """Return what a preset of a kind holds: not the seed, the size or the text, which belong to one strip."""
    return tuple(parameter for parameter in made.parameters if parameter.type != "text")


def name_of(text: object) -> str:
    """Return a preset's name, in one line and without what could turn letters round. Raises PresetError."""
    name = " ".join(printable(text).split()) if isinstance(text, str) and len(text) <= 1000 else ""
    if not 0 < len(name) <= MAX_NAME:
        raise PresetError(f"{str(text)[:80]!r} is not a name for a preset. Give it 1 to {MAX_NAME} characters.")
    return name


def written(presets: Iterable[Preset]) -> bytes:
    """Return a file of presets."""
    found = [preset.json() for preset in presets]
    text = json.dumps({"latent_strips_presets": VERSION, "presets": found}, indent=1, ensure_ascii=False)
    return (text + "\n").encode()


def parsed(data: bytes, file: str) -> list[Preset]:
    """Read a file of presets. Raises PresetError, which names `file`, for anything that makes no sense."""
    try:
        raw = json.loads(data.decode("utf-8-sig"), parse_constant=_refused)
        version, found = raw["latent_strips_presets"], raw["presets"]
        if version != VERSION:
            raise PresetError(
                f"{file}: its version is {str(version)[:20]!r}, not {VERSION}. It may come from a newer "
                "Latent Strips: update the extension."
            )
        if not isinstance(found, list) or len(found) > MOST:
            raise PresetError(f"{file}: holds no list of at most {MOST} presets.")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        why = str(error)[:80]
        raise PresetError(f"{file}: is not a file of presets ({why}). Choose one that was exported.") from error
    try:
        return [_preset(each) for each in found]
    except PresetError as error:
        raise PresetError(f"{file}: {error}") from error


def _preset(raw: Any) -> Preset:
    if not isinstance(raw, dict):
        raise PresetError("An entry is not a preset.")
    name = name_of(raw.get("name"))
    made = kinds().get(raw["kind"]) if isinstance(raw.get("kind"), str) else None
    if made is None:
        raise PresetError(
            f"The preset {name!r} is of the kind {str(raw.get('kind'))[:40]!r}, which this version doesn't know. "
            "Update the extension."
        )
    try:
        generator = fields.name(raw.get("generator"))
    except ValueError as error:
        raise PresetError(f"The preset {name!r} names no generator ({error}).") from error
    settings = raw.get("settings")
    if not isinstance(settings, dict):
        raise PresetError(f"The preset {name!r} has no settings.")
    return Preset(made.name, name, generator, checked(made, name, settings))


def checked(made: Kind, name: str, settings: Mapping[Any, Any]) -> dict[str, Value]:
    """Return settings of a preset, each in its type and range. Raises PresetError."""
    known = {parameter.name: parameter for parameter in saved(made)}
    found: dict[str, Value] = {}
    for key, value in settings.items():
        if key not in known:
            raise PresetError(
                f"The preset {name!r} sets {str(key)[:40]!r}, which the kind {made.label} doesn't have in this version."
            )
        try:
            found[key] = known[key].check(value)
        except RecipeError as error:
            raise PresetError(f"The preset {name!r} can't be used. {error}") from error
    return found


def _refused(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")


def rounded(value: Value) -> Value:
    """Return a number to six digits, as Blender's properties hold it: 0.1 is not saved as 0.10000000149."""
    return float(f"{value:.6g}") if isinstance(value, float) and math.isfinite(value) else value
