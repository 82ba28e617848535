"""Make recipes in this process, and decode what was made."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np

from models.cache import Folder
from models.inference.session import Session
from models.job import Generation
from models.library.catalog import Entry, Library
from models.recipe import Recipe
from tests.helpers.recipes import small

Make = Callable[..., Folder]


Pictures = Callable[..., np.ndarray]


@cache
def session(path: Path, threads: int) -> Session:
    """Loaded once for all tests."""
    return Session(path, threads)


def make(recipe: Recipe, root: Path, only: list[int] | None = None, threads: int = 1) -> Folder:
    """Make a recipe of a generator that ships, in this process."""
    return make_with(Library().exact(recipe.generator, recipe.digest), recipe, root, only, threads)


def make_with(entry: Entry, recipe: Recipe, root: Path, only: list[int] | None = None, threads: int = 1) -> Folder:
    """Make a recipe of any generator in this process."""
    job = Generation.of(recipe, entry.card, root)
    job.make(lambda: session(entry.path, threads), lambda *_: None, lambda: None, only=only)
    return job.folder


def decode(data: bytes) -> np.ndarray:
    """A PNG file as integers `[H,W,C]`, in the depth that it has; 1 and 2 channels are gray, and gray with alpha."""
    with av.open(BytesIO(data)) as container:
        frame = next(container.decode(video=0))
        wide = {"ya8": "rgba", "ya16be": "rgba64le"}.get(frame.format.name)  # gray with alpha, which PyAV can't unpack
        if wide:
            return frame.to_ndarray(format=wide)[..., ::3]
        return np.atleast_3d(frame.to_ndarray(format=frame.format.name))


def frames(entry: Entry, root: Path, **values: Any) -> np.ndarray:
    """Make a small recipe of any generator in this process: its frames `[N,H,W,C]` as integers."""
    folder = make_with(entry, small(entry, **values), root)
    return np.stack([decode((folder.path / name).read_bytes()) for name in folder.names()])


def contents(folder: Path) -> dict[str, bytes]:
    """All that is shown of a folder: name and bytes of the files that don't begin with a dot."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name[0] != "."}


def pngs(folder: Path) -> dict[str, bytes]:
    """Name and bytes of the frames in a folder."""
    return {name: data for name, data in contents(folder).items() if name.endswith(".png")}
