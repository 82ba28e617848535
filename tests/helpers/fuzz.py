"""Property tests of all that reads strangers' bytes: few examples in each run, as many as wished by command.

`nox -s fuzz -- 20000` runs them alone, each with so many.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

_LONGER = int(os.environ.get("LATENT_STRIPS_FUZZ", "0"))


def fuzz(usual: int = 100) -> Callable[[Any], Any]:
    """Mark a property test, above its `given`: `usual` examples, unless more are asked for."""
    return lambda test: pytest.mark.fuzz(settings(max_examples=_LONGER or usual, deadline=None)(test))
