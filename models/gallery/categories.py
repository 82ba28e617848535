"""Under which heading a style is found.

What ships is listed in `shipped/categories.json`, beside the generators: a word in their cards would change their
digests, and with them every recipe. The card of any other generator may name the category of each style itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from ..cards.card import Card
from ..library.catalog import SHIPPED

#: Names and labels, in the order of menus.
CATEGORIES: Mapping[str, str] = {
    "stone": "Stone",
    "masonry": "Bricks and Tiles",
    "metal": "Metal",
    "wood": "Wood and Fabric",
    "ground": "Ground",
    "plants": "Plants",
    "sky": "Sky and Weather",
    "fire": "Fire and Smoke",
    "water": "Water and Ice",
    "space": "Space",
    "light": "Light",
    "film": "Film and Paper",
    "ink": "Ink and Paint",
    "drawing": "Drawing",
    "pattern": "Patterns",
    "keying": "Keying",
    "people": "People",
    "impact": "Impacts",
    "machine": "Machines",
    "gentle": "Gentle",
    "driving": "Driving",
    "plain": "Plain",
    "imported": "Imported",
    "other": "Other",
}


def category(card: Card, style: str, is_imported: bool) -> str:
    """Return the name of a style's category: by the shipped table, else by its card, else "imported" or "other"."""
    if not is_imported:
        return _table().get(card.kind, {}).get(style, "other")
    said = next((each.category for each in card.styles if each.name == style), "")
    return said if said in CATEGORIES else "imported"


@cache
def _table() -> dict[str, dict[str, str]]:
    """Return the shipped table: kind → style → category."""
    raw = json.loads((SHIPPED / "categories.json").read_text("utf-8"))
    return {
        kind: {style: name for name, styles in by_name.items() for style in styles} for kind, by_name in raw.items()
    }
