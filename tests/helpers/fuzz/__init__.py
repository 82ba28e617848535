"""Bad input for all that reads files of others: property tests in each run, and a million inputs by command.

`@fuzz()` marks a property test of hypothesis, for what has structure: a few examples in each run, and as many as wished
with `LATENT_STRIPS_FUZZ=20000 pytest tests/models -m fuzz`.

`nox -s fuzz` damages files of every format a million times, much faster than hypothesis does, and ends in a table:
`python -m tests.helpers.fuzz --help`. What is tried lies in `targets`, a function for each format.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

_LONGER = int(os.environ.get("LATENT_STRIPS_FUZZ", "0"))


def fuzz(usual: int = 100) -> Callable[[Any], Any]:
    """Mark a property test, above its `given`: `usual` examples, unless more are asked for."""
    import pytest
    from hypothesis import settings

    return lambda test: pytest.mark.fuzz(settings(max_examples=_LONGER or usual, deadline=None)(test))
