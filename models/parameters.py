"""What a kind of result can be asked for. Properties, panels, schema checks and tests all follow from these."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from .errors import RecipeError

Value = bool | int | float | str
Type = Literal["float", "int", "bool", "choice", "style", "text"]
#: The longest `text`, in characters.
MAX_TEXT = 20_000
Unit = Literal["none", "factor", "pixels"]


@dataclass(frozen=True)
class Choice:
    """One entry of a `choice` parameter."""

    name: str
    label: str
    description: str


@dataclass(frozen=True)
class Parameter:
    """One value that a recipe holds.

    `minimum` and `maximum` are hard limits, `soft_minimum` and `soft_maximum` what a slider offers. An `animatable`
    one (always a float) may be keyframed: recipes hold it as a track of one value, or of one value a frame. A `style`
    names one of the generator's styles; a `text` is for the program, and panels leave it out. `group` is the sub-panel
    it belongs to ("" is the main one, for what most people set). `needs` names another setting and the values of it
    with which this one makes a difference, any but none where no values are listed: panels leave it out otherwise.
    Recipes leave out one that came `later` where it has its default, so that those of earlier versions stay what they
    are.
    """

    name: str
    type: Type
    default: Value
    label: str
    description: str
    minimum: float = -math.inf
    maximum: float = math.inf
    soft_minimum: float | None = None
    soft_maximum: float | None = None
    unit: Unit = "none"
    animatable: bool = False
    choices: tuple[Choice, ...] = ()
    group: str = ""
    needs: tuple[str, ...] = ()
    later: bool = False

    def check(self, value: object) -> Value:
        """Return `value` in this parameter's type. Raises RecipeError when it has another type or is out of range."""
        if self.type == "bool":
            if isinstance(value, bool):
                return value
            raise RecipeError(f"{self.label}: {value!r} is not true or false.")
        if self.type == "text":
            if isinstance(value, str) and len(value) <= MAX_TEXT:
                return value
            raise RecipeError(f"{self.label}: {str(value)[:40]!r} is not a text of at most {MAX_TEXT} characters.")
        if self.type in ("choice", "style"):
            names = [choice.name for choice in self.choices]
            # The name of a style is part of that of the folder for its frames, so none may lead elsewhere.
            if not isinstance(value, str) or not _NAME.fullmatch(value) or (names and value not in names):
                raise RecipeError(
                    f"{self.label}: {str(value)[:64]!r} is not one of {', '.join(names) or 'the styles'}."
                )
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not _finite(value):
            raise RecipeError(f"{self.label}: {str(value)[:64]!r} is not a finite number.")
        if self.type == "int" and value != int(value):
            raise RecipeError(f"{self.label}: {value} is not a whole number.")
        if not self.minimum <= value <= self.maximum:
            raise RecipeError(f"{self.label}: {value:g} is outside {self.minimum:g} to {self.maximum:g}.")
        return int(value) if self.type == "int" else float(value)


#: What a choice or a style may be called; "" is the usual one.
_NAME = re.compile(r"([a-z0-9][a-z0-9_-]{0,63})?")


def _finite(value: float) -> bool:
    """Whether `value` is a number that a float can hold; JSON's whole numbers may be larger."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
