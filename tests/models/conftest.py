"""Small recipes of every generator that ships, files of strangers imported, real workers, and decoded frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from models.importing import importer
from models.importing.importer import Imported
from models.library.catalog import Entry, Library
from models.recipe import Recipe
from models.worker.client import Client
from tests.helpers.importing import Take, opened
from tests.helpers.making import Pictures, decode, make
from tests.helpers.movies import write
from tests.helpers.recipes import ENTRIES, Build, small

settings.register_profile("untimed", deadline=None)  # a timing is not a test
settings.load_profile("untimed")


@pytest.fixture(scope="session", params=ENTRIES, ids=lambda entry: entry.card.id)
def entry(request: pytest.FixtureRequest) -> Entry:
    """Each generator of pictures that ships and needs nothing but settings."""
    found: Entry = request.param
    return found


@pytest.fixture(scope="session", params=Library().of_kind("texture"), ids=lambda entry: entry.card.id)
def texture(request: pytest.FixtureRequest) -> Entry:
    """Each texture generator that ships."""
    found: Entry = request.param
    return found


@pytest.fixture
def recipe(entry: Entry) -> Build:
    """`recipe(frames=8, mix=0.5)`: see `small`."""
    return lambda **values: small(entry, **values)


@pytest.fixture
def texture_recipe(texture: Entry) -> Build:
    """`texture_recipe(frames=8, mix=0.5)`: see `small`."""
    return lambda **values: small(texture, **values)


@pytest.fixture
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """`pictures(recipe)`: make it, and return its frames `[N,H,W,C]` in 0…1."""

    def made(recipe: Recipe) -> np.ndarray:
        folder = make(recipe, tmp_path_factory.mktemp("pictures"))
        frames = np.stack([decode((folder.path / name).read_bytes()) for name in folder.names()])
        return frames / np.iinfo(frames.dtype).max

    return made


@pytest.fixture
def client() -> Iterator[Client]:
    """The owner of a worker process that ends with the test."""
    owner = Client()
    yield owner
    owner.close()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """An empty folder for the user's own generators."""
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


@pytest.fixture
def take(tmp_path: Path, library: Path) -> Take:
    """`take(dcgan)`: export that network, and import the file."""

    def taken(build: Callable[[Path], Path], **more: Any) -> Imported:
        return importer.take(build(tmp_path / f"{build.__name__}.onnx"), library, opened, "cpu", **more)

    return taken


@pytest.fixture
def movie(tmp_path: Path) -> Path:
    """24 frames of `movies.picture`."""
    return write(tmp_path / "film.mkv")
