"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from models.offline import QUIET

os.environ.update(QUIET)  # some tests load onnxruntime by themselves


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root, which is the extension's."""
    return Path(__file__).resolve().parent.parent
