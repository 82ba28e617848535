"""The built zip, for the tests that look into it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / ".ci"))  # the modules that build zips are tested, too


@pytest.fixture(scope="session")
def built(root: Path) -> Path:
    """The zip for this platform and Python: the one that LATENT_STRIPS_ZIP names, or else a fresh one."""
    if named := os.environ.get("LATENT_STRIPS_ZIP"):
        return Path(named)
    command = [sys.executable, ".ci/package.py", "build", "--here"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])
