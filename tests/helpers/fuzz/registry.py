"""What `nox -s fuzz` tries: a target is one function, which makes an input and says what reads it.

    @target("index", share=2)
    def index(random: Random, folder: Path) -> Trial:
        data = damaged(random, SEED)
        return Trial(data, lambda: said(parse(data)))

`random` is seeded with the target's name and the input's number, so that each input can be made again; `folder` is
empty at first and this target's own. Only `Trial.read` is timed. It returns what came of it in a few words and may
raise LatentStripsError; whatever else it raises is a fault of the reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from random import Random
from typing import NamedTuple


class Trial(NamedTuple):
    """An input, and what reads it."""

    data: bytes
    read: Callable[[], str]


@dataclass(frozen=True)
class Target:
    """A format: how an input is made, and how many parts of all inputs are for it."""

    name: str
    make: Callable[[Random, Path], Trial]
    share: int


_TARGETS: dict[str, Target] = {}


def target(name: str, share: int = 1) -> Callable[[Callable[[Random, Path], Trial]], Callable[[Random, Path], Trial]]:
    """Register a function of a module in `targets` as a target."""

    def register(make: Callable[[Random, Path], Trial]) -> Callable[[Random, Path], Trial]:
        _TARGETS[name] = Target(name, make, share)
        return make

    return register


@cache
def targets() -> dict[str, Target]:
    """Return all targets by name."""
    from . import targets as package

    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    return _TARGETS
