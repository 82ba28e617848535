"""A Blender with a window, and the extension built for its Python."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.gui.desk import TAB, Desk
from tests.helpers.gui.window import Window, build_for, missing_tools


@pytest.fixture(scope="session")
def blender_command() -> list[str]:
    """The command that LATENT_STRIPS_BLENDER names, or `blender`; without one these tests are skipped."""
    command = shlex.split(os.environ.get("LATENT_STRIPS_BLENDER", "")) or ["blender"]
    if shutil.which(command[0]) is None:
        pytest.skip("No Blender with a window here: put one on the PATH or its command into LATENT_STRIPS_BLENDER.")
    if missing := missing_tools():
        pytest.skip(f"These tests drive an X screen and need {', '.join(missing)} (Xvfb, xdotool, ImageMagick).")
    return command


@pytest.fixture(scope="session")
def zip_for_window(root: Path, blender_command: list[str]) -> Path:
    """The extension's zip with wheels for the Python of that Blender, which distributions may have changed."""
    return build_for(blender_command, root)


@pytest.fixture(scope="session")
def screenshots(root: Path) -> Path:
    """The folder in which pictures of the window are kept after the tests."""
    return root / "build" / "screenshots"


@pytest.fixture(scope="module")
def desk(blender_command: list[str], zip_for_window: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One Blender for the tests of this file."""
    with Window(blender_command, tmp_path_factory.mktemp("gui"), TAB, zip_for_window) as window:
        window.ready()
        yield Desk(window)
