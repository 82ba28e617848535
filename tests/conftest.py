"""What all tests share: what each varies with, and `--quick`.

`nox -s tests` runs these folders in every Python and Blender that the project supports. A test belongs into all of them
that could give another result in each. One that could not says so, and runs in the newest alone:

- `one_python`: neither Python nor NumPy decides, but what a network has learned, what a card or a page says, the
  runtime, or whether work grows in proportion.
- `one_blender`: no version of Blender decides, but the worker, a disk, the api's checks or the words of a command.

What goes through `compat`, asks bpy for anything that came or changed between versions, loads the wheels, reads and
writes files, or computes with NumPy in types that are promoted runs everywhere. `tests/training` runs on one Python
only, since PyTorch is large; `tests/package` and `tests/gui` run once. `slow` tests wait, or work for long; they are no
part of `nox -s quick`, which runs the others with `--quick`: each with the first of its parameters.

With `--share 1/2` and `--share 2/2`, two processes run the tests side by side, whole files each. For Blender that
takes the place of pytest-xdist, which talks to its processes from a second thread: up to 5.0, Blender crashes when one
runs beside an operator. Each process has a Blender, user folders and a worker of its own.

What a test needs that is not a test lies in `tests/helpers`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from models.offline import QUIET

os.environ.update(QUIET)  # some tests load onnxruntime by themselves


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="run each test with its first parameter, and no slow ones")
    parser.addoption("--share", metavar="N/OF", help="run the files of one of several processes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = set(items)
    if config.getoption("--quick"):
        chosen &= quick(items)
    if share := config.getoption("--share"):
        chosen &= dealt(items, *map(int, share.split("/")))
    if left := [item for item in items if item not in chosen]:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item in chosen]


def quick(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """Return each test with its first parameter, and no slow ones."""
    first: dict[tuple[Path, str], pytest.Item] = {}
    for item in items:
        if "slow" not in item.keywords:
            first.setdefault((item.path, getattr(item, "originalname", item.name)), item)
    return set(first.values())


def dealt(items: Iterable[pytest.Item], number: int, count: int) -> set[pytest.Item]:
    """Return the tests of one of `count` processes: whole files, so that all get about as many tests."""
    sizes = Counter(item.path for item in items)
    loads, owner = [0] * count, {}
    for path in sorted(sizes, key=lambda path: (-sizes[path], path)):
        owner[path] = loads.index(min(loads))
        loads[owner[path]] += sizes[path]
    return {item for item in items if owner[item.path] == number - 1}


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root, which is the extension's."""
    return Path(__file__).resolve().parent.parent
