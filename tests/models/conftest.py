"""Small recipes of every generator that ships, files of strangers imported, real workers, and decoded frames."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Collection, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from models.cache import Folder
from models.importing import importer
from models.importing.importer import Imported
from models.inference.guarded import Guarded
from models.inference.limits import Limits
from models.inference.session import Session
from models.job import Job
from models.kinds import kind
from models.library.catalog import Entry, Library
from models.recipe import Recipe
from models.worker.client import Client
from tests.models.movies import write

Build = Callable[..., Recipe]
Make = Callable[..., Folder]
Pictures = Callable[..., np.ndarray]
Take = Callable[..., Imported]


# Those that are made from something else than settings have tests of their own, and so have sounds (`test_sound.py`).
ENTRIES = [
    entry
    for entry in Library().entries()
    if kind(entry.card.kind).made_from == "nothing" and kind(entry.card.kind).medium == "image"
]


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


def small(entry: Entry, **values: Any) -> Recipe:
    """A recipe of 64×48 px and 4 frames. `values` are fields, settings and tracks (a number, or one a frame)."""
    fields = {"width": 64, "height": 48, "frames": 4, "fps": 8.0, "seed": 1}
    fields |= {name: values.pop(name) for name in tuple(values) if name in Recipe.__dataclass_fields__}
    names = {parameter.name for parameter in kind(entry.card.kind).parameters if parameter.animatable}
    tracks = {
        name: tuple(np.atleast_1d(np.asarray(values.pop(name), float)).tolist()) for name in names & values.keys()
    }
    base = {"kind": entry.card.kind, "generator": entry.card.id, "digest": entry.card.digest}
    return Recipe(**{**base, "settings": values, "tracks": tracks, **fields})


@pytest.fixture
def recipe(entry: Entry) -> Build:
    """`recipe(frames=8, mix=0.5)`: see `small`."""
    return lambda **values: small(entry, **values)


@pytest.fixture
def texture_recipe(texture: Entry) -> Build:
    """`texture_recipe(frames=8, mix=0.5)`: see `small`."""
    return lambda **values: small(texture, **values)


def raw(recipe: Recipe) -> dict[str, Any]:
    """A recipe as it travels to the worker."""
    parsed: dict[str, Any] = json.loads(recipe.canonical())
    return parsed


@cache
def session(path: Path, threads: int) -> Session:
    """Loaded once for all tests."""
    return Session(path, threads)


def make(recipe: Recipe, root: Path, only: list[int] | None = None, threads: int = 0) -> Folder:
    """Make a recipe of a generator that ships, in this process."""
    return make_with(Library().exact(recipe.generator, recipe.digest), recipe, root, only, threads)


def make_with(entry: Entry, recipe: Recipe, root: Path, only: list[int] | None = None, threads: int = 0) -> Folder:
    """Make a recipe of any generator in this process."""
    job = Job.of(recipe, entry.card, root)
    job.make(lambda: session(entry.path, threads), lambda *_: None, lambda: None, only=only)
    return job.folder


def decode(data: bytes) -> np.ndarray:
    """A PNG file as integers `[H,W,C]`, in the depth that it has; 1 and 2 channels are grey, and grey with alpha."""
    with av.open(BytesIO(data)) as container:
        frame = next(container.decode(video=0))
        wide = {"ya8": "rgba", "ya16be": "rgba64le"}.get(frame.format.name)  # grey with alpha, which PyAV can't unpack
        if wide:
            return frame.to_ndarray(format=wide)[..., ::3]
        return np.atleast_3d(frame.to_ndarray(format=frame.format.name))


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


def frames(entry: Entry, root: Path, **values: Any) -> np.ndarray:
    """Make a small recipe of any generator in this process: its frames `[N,H,W,C]` as integers."""
    folder = make_with(entry, small(entry, **values), root)
    return np.stack([decode((folder.path / name).read_bytes()) for name in folder.names()])


def opened(path: Path, allow: Collection[str] = ()) -> Guarded:
    """A stranger's network as the importer opens it, with the usual limits."""
    return Guarded(path, lambda each: Session(each, 1), Limits(), lambda error: pytest.fail(str(error)), allow)


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


def contents(folder: Path) -> dict[str, bytes]:
    """All that is shown of a folder: name and bytes of the files that don't begin with a dot."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name[0] != "."}


def pngs(folder: Path) -> dict[str, bytes]:
    """Name and bytes of the frames in a folder."""
    return {name: data for name, data in contents(folder).items() if name.endswith(".png")}


def ended(pid: int, within: float) -> bool:
    """Whether a process ends within so many seconds. One that nobody has buried yet has ended too."""
    until = time.monotonic() + within
    while _lives(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True
