"""A text and how its strip sets it: all that decides where its letters are, as text that may come from anywhere."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..errors import RecipeError

#: The longest text, in characters; the largest font and frame, px.
MAX_TEXT, MAX_SIZE, MAX_FRAME = 3000, 2000, 16_384
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
        try:
            raw = json.loads(text)
            names = {_stored(field.name): field.name for field in fields(cls)}
            values: dict[str, Any] = {
                names[key]: tuple(part) if isinstance(part, list) else part for key, part in raw.items()
            }
            spec = cls(**values)
            colors = (spec.color, spec.outline_color, spec.box_color, spec.shadow_color)
            numbers = (spec.size, *spec.location, *(part for c in colors for part in c), spec.outline, *spec.shadow)
            sound = (
                isinstance(spec.text, str)
                and len(spec.text) <= MAX_TEXT
                and 0 < len(spec.fonts) <= 32
                and all(isinstance(digest, str) for digest in spec.fonts)
                and all(math.isfinite(float(number)) for number in numbers)
                and 1 <= spec.size <= MAX_SIZE
                and all(1 <= int(side) <= MAX_FRAME for side in spec.frame)
                and all(side in SIDES for side in (*spec.anchor, spec.align))
                and all(len(color) == 4 for color in colors)
                and len(spec.shadow) in (0, 3)
                and all(abs(part) <= 100 for part in spec.shadow)
                and abs(spec.location[0]) + abs(spec.location[1]) < 100
                and 0 <= spec.outline <= MAX_SIZE
                and isinstance(spec.wrap, int)
                and spec.rules in RULES
                and isinstance(spec.box, int)
                and spec.box <= MAX_FRAME
            )
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            raise RecipeError(f"The text's layout is malformed ({str(error)[:80]}).") from error
        if not sound:
            raise RecipeError(f"The text's layout has values out of range, or over {MAX_TEXT} characters.")
        return spec


def _stored(name: str) -> str:
    """Return a field's name in recipes, whose digests depend on it: they say `color`."""
    return name.replace("color", "colour")
