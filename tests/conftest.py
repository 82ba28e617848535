"""What all tests share: what each varies with, and `--quick`.

`nox -s tests` runs these folders in every Python and Blender that the project supports. A test belongs into all of them
that could give another result in each. One that could not says so, and runs in the newest alone:

- `one_python`: neither Python nor NumPy decides, but what a network has learned, or what a card or a page says.
- `one_blender`: no version of Blender decides, but the worker, a disk or the words of a command.

What goes through `compat`, asks bpy for anything that came or changed between versions, loads the wheels, reads and
writes files, or computes with NumPy in types that are promoted runs everywhere. `tests/training` runs on one Python
only, since PyTorch is large; `tests/package` and `tests/gui` run once. `slow` tests wait, or work for long; they are no
part of `nox -s quick`, which runs the others with `--quick`: each with the first of its parameters.

What a test needs that is not a test lies in `tests/helpers`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from models.offline import QUIET

os.environ.update(QUIET)  # some tests load onnxruntime by themselves


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="run each test with its first parameter, and no slow ones")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--quick"):
        return
    first: dict[tuple[Path, str], pytest.Item] = {}
    for item in items:
        if "slow" not in item.keywords:
            first.setdefault((item.path, getattr(item, "originalname", item.name)), item)
    chosen = set(first.values())
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = [item for item in items if item in chosen]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root, which is the extension's."""
    return Path(__file__).resolve().parent.parent
