"""What a card says of styles: named points of a generator's style space, and directions in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import fields


@dataclass(frozen=True)
class Style:
    """A named point in the generator's style space.

    An emissive style is light on black, and best laid over a picture by Screen. `alpha` says that the generator's own
    alpha channel is to be used. `drift` (down, to the right) in px of the texture a second, and `rate` in latent keys
    a second, are how the material moves by nature. `repeat` (rows, columns) in latent cells is the period of a material
    with courses, such as bricks. `persistence` tells a sound that goes on from one that happens once (0): the
    correlation of its latents from one window to the next. Generators that know classes instead of styles have one for
    each class, in their order, with an empty vector. `category` is the heading that an imported style is found under.
    """

    name: str
    label: str
    vector: tuple[float, ...]
    emissive: bool = False
    alpha: bool = False
    drift: tuple[float, float] = (0.0, 0.0)
    rate: float = 0.5
    repeat: tuple[int, int] = (1, 1)
    persistence: float = 0.0
    category: str = ""

    def json(self) -> dict[str, Any]:
        """Return what a card holds of this style: what is not as usual."""
        found = {"name": self.name, "label": self.label, "vector": list(self.vector)}
        return found | fields.unusual(self, ("emissive", "alpha", "drift", "rate", "repeat", "persistence", "category"))

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Style:
        """Build a style from parsed JSON. Raises ValueError, TypeError or KeyError when it is malformed."""
        down, right = (float(v) for v in raw.get("drift", (0.0, 0.0)))
        rate = float(raw.get("rate", cls.rate))
        if not max(abs(down), abs(right)) <= 10_000 or not 0 <= rate <= 100:
            raise ValueError("a style moves impossibly fast")
        rows, columns = (int(v) for v in raw.get("repeat", (1, 1)))
        if not (1 <= rows <= 64 and 1 <= columns <= 64):
            raise ValueError("a style's repeat is not from 1 to 64 cells")
        persistence = float(raw.get("persistence", 0.0))
        if not 0 <= persistence < 1:
            raise ValueError("a style's persistence is not from 0 to 1")
        lights = bool(raw.get("emissive", False)), bool(raw.get("alpha", False))
        named = fields.name(raw["name"]), fields.label(raw["label"]), fields.vector(raw)
        category = fields.name(raw["category"]) if raw.get("category") else ""
        return cls(*named, *lights, (down, right), rate, (rows, columns), persistence, category)


@dataclass(frozen=True)
class Direction:
    """A way to change every style: added to the style vector times −1…1, it changes one thing that `name` says."""

    name: str
    vector: tuple[float, ...]
