"""A recipe: all that decides what a generated strip looks like. The same recipe always gives the same frames.

Recipes travel as JSON, on the strip and to the worker. They name a generator by id and digest, never by a path, so a
recipe from an untrusted .blend can neither load a file nor write one.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .errors import RecipeError
from .parameters import Parameter, Value

#: Largest side of a frame, px; most frames of a strip; largest seed; longest JSON text accepted, bytes; most settings
#: and most tracks, of which no kind has a tenth; most values of all tracks.
MAX_SIDE = 16_384
MAX_FRAMES = 100_000
MAX_SEED = 2**31 - 1
MAX_JSON = 16_000_000
MAX_NAMES = 500
MAX_VALUES = 20 * MAX_FRAMES

VERSION = 1
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Recipe:
    """What a strip is made from.

    `generator` and `digest` name the model (id; SHA-256 of its file). `width`, `height` in px; `frames` is the
    length; `fps` in 1/s; `seed` 0…2³¹−1. `settings` holds what stands still, `tracks` the
    animatable values: one number when constant, else one a frame. `origin` is the number, in the content, of the first
    frame: below 0 where a strip was drawn out to before its beginning, so that what it showed stays what it was.
    """

    kind: str
    generator: str
    digest: str
    width: int
    height: int
    frames: int
    fps: float
    seed: int = 0
    settings: Mapping[str, Value] = field(default_factory=dict)
    tracks: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    origin: int = 0

    def __post_init__(self) -> None:
        for label, value, pattern in (
            ("kind", self.kind, _NAME),
            ("generator", self.generator, _NAME),
            ("digest", self.digest, _DIGEST),
        ):
            if not isinstance(value, str) or not pattern.fullmatch(value):
                raise RecipeError(f"The recipe's {label} {str(value)[:80]!r} is not a valid name.")
        for label, number, low, high in (
            ("Width", self.width, 1, MAX_SIDE),
            ("Height", self.height, 1, MAX_SIDE),
            ("Length", self.frames, 1, MAX_FRAMES),
            ("Seed", self.seed, 0, MAX_SEED),
            ("Origin", self.origin, -MAX_FRAMES, 0),
        ):
            if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
                raise RecipeError(f"{label} {str(number)[:40]} is not a whole number from {low} to {high}.")
        if isinstance(self.fps, bool) or not isinstance(self.fps, (int, float)) or not 0.01 <= self.fps <= 1000:
            raise RecipeError(f"Frame rate {str(self.fps)[:40]} is not between 0.01 and 1000 frames per second.")
        object.__setattr__(self, "fps", float(self.fps))

    def track(self, name: str, frame: int) -> float:
        """Return the value of an animatable parameter at `frame` (0-based)."""
        values = self.tracks[name]
        return values[0] if len(values) == 1 else values[frame]

    @property
    def zero(self) -> int:
        """The frame (0-based) with which the content begins: 0, but for a strip that was drawn out to before it."""
        return min(-self.origin, self.frames - 1)

    def mapping(self) -> dict[str, Any]:
        """Return the recipe as plain data, which `from_mapping` reads.

        An origin of 0 is left out, as in recipes of the versions that knew none.
        """
        fields = {name: value for name, value in asdict(self).items() if name != "origin" or value}
        return {"version": VERSION, **fields}

    def canonical(self) -> str:
        """Return the recipe as JSON with sorted keys and no spaces: equal recipes give equal text."""
        return json.dumps(self.mapping(), sort_keys=True, separators=(",", ":"), allow_nan=False)

    def sha256(self) -> str:
        """Hex digest of the canonical JSON."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Read what `canonical` wrote. Raises RecipeError for anything else."""
        if len(text) > MAX_JSON:
            raise RecipeError(f"The recipe is {len(text)} characters long; at most {MAX_JSON} are read.")
        try:
            raw = json.loads(text, parse_constant=_refused)
        except (ValueError, RecursionError) as error:
            raise RecipeError(f"The recipe is not JSON ({str(error)[:80]}).") from error
        return cls.from_mapping(raw)

    @classmethod
    def from_mapping(cls, raw: object) -> Recipe:
        """Build a recipe from parsed JSON. Raises RecipeError for unknown, missing or mistyped fields."""
        if not isinstance(raw, dict):
            raise RecipeError("The recipe is not a JSON object.")
        fields: dict[str, Any] = dict(raw)
        if fields.pop("version", None) != VERSION:
            raise RecipeError(
                f"The recipe's version is not {VERSION}. It may come from a newer Latent Strips: update the extension."
            )
        settings, tracks = fields.get("settings"), fields.get("tracks")
        if not isinstance(settings, dict) or not isinstance(tracks, dict):
            raise RecipeError("The recipe's settings and tracks are not JSON objects.")
        if max(len(settings), len(tracks)) > MAX_NAMES:
            raise RecipeError(f"The recipe has more than {MAX_NAMES} settings or tracks. No kind of strip has as many.")
        count = sum(len(values) for values in tracks.values() if isinstance(values, list))
        if count > MAX_VALUES:
            raise RecipeError(f"The recipe's tracks have {count} values; at most {MAX_VALUES} are read.")
        for name, value in settings.items():
            if not isinstance(value, (bool, int, float, str)) or value in (math.inf, -math.inf) or value != value:
                raise RecipeError(
                    f"The recipe's setting {str(name)[:40]!r} is {str(value)[:40]}, not a text or a finite number."
                )
        for name, values in tracks.items():
            if not isinstance(values, list) or not all(isinstance(v, (int, float)) for v in values):
                raise RecipeError(f"The recipe's track {str(name)[:40]!r} is not a list of numbers.")
        try:
            fields["tracks"] = {name: tuple(float(v) for v in values) for name, values in tracks.items()}
            if lost := [name for name, values in fields["tracks"].items() if not all(map(math.isfinite, values))]:
                raise RecipeError(f"The recipe's track {str(lost[0])[:40]!r} holds numbers that are not finite.")
            return cls(**fields)
        except OverflowError as error:
            raise RecipeError("A track of the recipe holds a number that is too large.") from error
        except TypeError as error:
            raise RecipeError(f"The recipe has missing or unknown fields ({str(error)[:120]}).") from error

    def checked(self, parameters: tuple[Parameter, ...]) -> Recipe:
        """Return this recipe with every value checked and every absent one at its default. Raises RecipeError.

        A track of equal values becomes a constant, so that a curve that does nothing changes no frame.
        """
        known = {parameter.name for parameter in parameters}
        for name in (*self.settings, *self.tracks):
            if name not in known:
                raise RecipeError(f"{str(name)[:40]!r} is not a setting of a {self.kind}.")
        settings: dict[str, Value] = {}
        tracks: dict[str, tuple[float, ...]] = {}
        for parameter in parameters:
            if parameter.animatable:
                tracks[parameter.name] = self._checked_track(parameter)
            else:
                value = parameter.check(self.settings.get(parameter.name, parameter.default))
                if parameter.later and value == parameter.default:
                    continue
                settings[parameter.name] = _rounded(value) if isinstance(value, float) else value
        return replace(self, settings=settings, tracks=tracks)

    def _checked_track(self, parameter: Parameter) -> tuple[float, ...]:
        values = self.tracks.get(parameter.name, (float(parameter.default),))
        if len(values) not in (1, self.frames):
            raise RecipeError(
                f"{parameter.label}: {len(values)} values for {self.frames} frames; give one, or one per frame."
            )
        # Rounded, as settings are, so that recipes keep their identity through single-precision properties.
        numbers = tuple(_rounded(float(parameter.check(value))) for value in values)
        return numbers[:1] if len(set(numbers)) == 1 else numbers


def _refused(word: str) -> float:
    """Raise ValueError for NaN and Infinity, which Python reads and JSON doesn't know."""
    raise ValueError(f"{word} is not a number")


def _rounded(value: float) -> float:
    """`value` to six significant digits, the precision of Blender's float properties; −0 becomes 0."""
    return float(f"{value:.6g}") + 0.0 if value and math.isfinite(value) else 0.0
