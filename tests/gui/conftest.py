"""A Blender with a window, and the extension built for its Python."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gui.window import missing_tools

TELL_PYTHON = "import sys; print('PYTHON', '%d.%d' % sys.version_info[:2])"


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
    told = subprocess.run(
        [*blender_command, "-b", "--factory-startup", "--python-expr", TELL_PYTHON],
        cwd=root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    python = next(line.split()[1] for line in told.splitlines() if line.startswith("PYTHON "))
    command = [sys.executable, ".ci/package.py", "build", "--here", "--python", python]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def screenshots(root: Path) -> Path:
    """The folder in which pictures of the window are kept after the tests."""
    return root / "build" / "screenshots"
