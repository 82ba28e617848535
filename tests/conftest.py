"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root, which is the extension's."""
    return Path(__file__).resolve().parent.parent
