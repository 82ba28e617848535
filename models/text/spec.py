"""A text and how its strip sets it: all that decides where its letters are, as text that may come from anywhere."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..errors import RecipeError

#: The longest text, in characters; the largest font and frame, px.
MAX_TEXT, MAX_SIZE, MAX_FRAME = 3000, 2000, 16_384
#: The longest JSON text of a layout, in characters: one of the longest text and 32 fonts has a sixth.
MAX_JSON = 200_000
#: Versions that set text in different ways. 4.4: each line is aligned, sizes are whole. A letter that leans over its
#: advance widens the line: any before 4.4, the last one from 5.0 on, unless the font is of fixed width. 5.2: a letter
#: must end before the wrap width, not only begin there.
RULES = (42, 44, 50, 52)
#: Where along a line or a column a side lies.
SIDES = {"LEFT": 0.0, "CENTER": 0.5, "RIGHT": 1.0, "TOP": 0.0, "BOTTOM": 1.0}


@dataclass(frozen=True)
class Spec:
    """A text and how its strip sets it: all that decides where its letters are.

    `fonts` are SHA-256 digests, the chosen font first. Lengths in px of the frame; `wrap` 0 is no wrapping; `location`
    is in parts of the frame from its lower left corner. `rules` is one of `RULES`. `outline` (0: none) and `box` (-1:
    none) are widths in px, with RGBA sRGB colors. `shadow` is nothing, or (angle in radians below the right, how far
    in line heights, blur in half line heights).
    """

    text: str
    fonts: tuple[str, ...]
    size: float
    frame: tuple[int, int]
    location: tuple[float, float] = (0.5, 0.5)
    anchor: tuple[str, str] = ("CENTER", "CENTER")
    align: str = "CENTER"
    wrap: int = 0
    bold: bool = False
    italic: bool = False
    rules: int = RULES[-1]
    color: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    outline: float = 0.0
    outline_color: tuple[float, ...] = (0.0, 0.0, 0.0, 0.7)
    box: int = -1
    box_color: tuple[float, ...] = (0.2, 0.2, 0.2, 0.7)
    shadow: tuple[float, ...] = ()
    shadow_color: tuple[float, ...] = (0.0, 0.0, 0.0, 0.7)

    def json(self) -> str:
        """As text: equal specs give equal text."""
        said = {_stored(name): value for name, value in asdict(self).items()}
        if not self.shadow:  # so texts without one are named as they were before there were shadows
            del said["shadow"], said["shadow_colour"]
        return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Spec:
        """Read what `json` wrote. Raises RecipeError for anything else."""
        if len(text) > MAX_JSON:
            raise RecipeError(f"The text's layout is {len(text)} characters long; at most {MAX_JSON} are read.")
        try:
            raw = json.loads(text)
            names = {_stored(field.name): field.name for field in fields(cls)}
            values: dict[str, Any] = {
                names[key]: tuple(part) if isinstance(part, list) else part for key, part in raw.items()
            }
            spec = cls(**values)
            is_right = spec._has_types() and spec._is_in_range()
        except (ValueError, TypeError, AttributeError, LookupError, OverflowError, RecursionError) as error:
            raise RecipeError(f"The text's layout is malformed ({str(error)[:80]}).") from error
        if not is_right:
            raise RecipeError(f"The text's layout has values out of range, or over {MAX_TEXT} characters.")
        return spec

    def _has_types(self) -> bool:
        """Whether every value is of the type that it is used as: a layout may come from anywhere."""
        colors = (self.color, self.outline_color, self.box_color, self.shadow_color)
        numbers = (self.size, *self.location, *(part for color in colors for part in color), self.outline, *self.shadow)
        texts = (self.text, *self.fonts, *self.anchor, self.align)
        whole = (*self.frame, self.wrap, self.box, self.rules)
        return (
            all(isinstance(text, str) for text in texts)
            and all(isinstance(number, int | float) and math.isfinite(number) for number in numbers)
            and all(isinstance(number, int) for number in whole)
            and all(isinstance(flag, bool) for flag in (self.bold, self.italic))
            and all(isinstance(each, tuple) for each in (self.fonts, self.frame, self.location, self.anchor, *colors))
            and isinstance(self.shadow, tuple)
        )

    def _is_in_range(self) -> bool:
        return (
            len(self.text) <= MAX_TEXT
            and 0 < len(self.fonts) <= 32
            and 1 <= self.size <= MAX_SIZE
            and len(self.frame) == len(self.location) == len(self.anchor) == 2
            and all(1 <= side <= MAX_FRAME for side in self.frame)
            and all(side in SIDES for side in (*self.anchor, self.align))
            and all(len(each) == 4 for each in (self.color, self.outline_color, self.box_color, self.shadow_color))
            and len(self.shadow) in (0, 3)
            and all(abs(part) <= 100 for part in self.shadow)
            and abs(self.location[0]) + abs(self.location[1]) < 100
            and 0 <= self.outline <= MAX_SIZE
            and abs(self.wrap) <= 10**9
            and self.rules in RULES
            and abs(self.box) <= MAX_FRAME
        )


def _stored(name: str) -> str:
    """Return a field's name in recipes, whose digests depend on it: they say `color`."""
    return name.replace("color", "colour")
