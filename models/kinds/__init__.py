"""The kinds of result. Each module beside this one defines one kind, as `KIND`; a new kind is one new file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ..errors import RecipeError
from ._base import Array, Kind, Placement, Take

__all__ = ["Array", "Kind", "Placement", "Take", "kind", "kinds", "makeable"]


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name."""
    names = sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))
    found = [import_module(f"{__name__}.{name}").KIND for name in names]
    return {kind.name: kind for kind in found}


def makeable() -> list[Kind]:
    """Return the kinds that are made from settings alone, in the order of menus: by their place, then by name."""
    found = [kind for kind in kinds().values() if kind.made_from == "nothing"]
    return sorted(found, key=lambda kind: (kind.place, kind.name))


def kind(name: str) -> Kind:
    """Return the kind of that name. Raises RecipeError."""
    try:
        return kinds()[name]
    except KeyError:
        raise RecipeError(f"{name[:64]!r} is not a kind of strip. Choose one of: {', '.join(kinds())}.") from None
