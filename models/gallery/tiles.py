"""The tiles of a gallery: each style of each generator of a kind, and the file that its picture is in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..cards.card import Card
from ..kinds import Kind
from ..library import user
from ..library.catalog import SHIPPED, Entry, Library
from .categories import CATEGORIES, category

#: Where the pictures of shipped generators and presets lie: `nox -s gallery` makes them.
PICTURES = SHIPPED / "pictures"
#: Raised when pictures are drawn in another way, so that all of them are made again.
DRAWN = 1
#: The most styles of an imported generator that get a picture of their own.
MOST = 32

#: What tells one tile from another: the generator's identifier and the style.
Key = tuple[str, str]


@dataclass(frozen=True)
class Tile:
    """One style of one generator. `maker` is the generator's label.

    `picture` is where its picture is, if there is one; else `otherwise` may be one of the whole generator.
    """

    generator: str
    style: str
    label: str
    maker: str
    category: str
    picture: Path
    otherwise: Path

    @property
    def key(self) -> Key:
        """The generator's identifier and the style."""
        return self.generator, self.style

    @property
    def is_shipped(self) -> bool:
        """Whether it ships, and so its label has a translation."""
        return self.picture.parent == PICTURES

    def matches(self, words: str) -> bool:
        """Whether every word of a search is part of what is known of the tile."""
        text = f"{self.label} {self.style} {self.maker} {CATEGORIES[self.category]}".replace("_", " ").casefold()
        return all(word in text for word in words.casefold().split())


def tiles(library: Library, kind: Kind) -> list[Tile]:
    """Return all tiles of a kind, by generator in the order of menus."""
    return [tile for entry in library.of_kind(kind.name) for tile in of_entry(entry, kind)]


def of_entry(entry: Entry, kind: Kind) -> list[Tile]:
    """Return the tiles of one generator: of one without styles there is one."""
    return [_tile(entry, number, *each) for number, each in enumerate(offered(entry.card, kind))]


def of_style(entry: Entry, kind: Kind, style: str) -> Tile:
    """Return the tile of one style, or of the generator's first where it has no such style."""
    found = offered(entry.card, kind)
    number = next((number for number, (name, _) in enumerate(found) if name == style), 0)
    return _tile(entry, number, *found[number])


def _tile(entry: Entry, number: int, style: str, label: str) -> Tile:
    card = entry.card
    heading = category(card, style, user.is_imported(entry))
    picture = picture_of(entry, style, number)
    return Tile(card.id, style, label, card.label, heading, picture, user.preview(entry))


def offered(card: Card, kind: Kind) -> list[tuple[str, str]]:
    """Return the name and label of all that a generator offers: styles, classes or, for music, moods."""
    chosen = next(parameter for parameter in kind.parameters if parameter.name == kind.chosen_by)
    if chosen.type == "choice":
        return [(choice.name, choice.label) for choice in chosen.choices]
    return [(style.name, style.label) for style in card.styles] or [("", card.label)]


def picture_of(entry: Entry, style: str, number: int) -> Path:
    """Where the picture of a style is. Of generators that were imported no name comes from a card."""
    if entry.path.parent == SHIPPED:
        return PICTURES / f"{named(entry.card.id, style)}-{stamp(entry.card.digest, style)}.webp"
    return user.style_picture(entry.path, number)


def named(*words: str) -> str:
    """Return the readable part of the name of a shipped picture's file."""
    return "-".join(word for word in words if word)


def stamp(*facts: str) -> str:
    """Return the part of a picture's file name that changes with all that the picture depends on."""
    return hashlib.sha256("\0".join((str(DRAWN), *facts)).encode()).hexdigest()[:10]


def in_order(found: Sequence[Tile], first: Sequence[Key]) -> list[Tile]:
    """Return tiles with those of `first` first, in that order, and then the others as they were."""
    places = {key: number for number, key in reversed(list(enumerate(first)))}
    return sorted(found, key=lambda tile: places.get(tile.key, len(places)))
