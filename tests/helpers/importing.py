"""Open and import third-party networks as the importer does."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from models.importing.importer import Imported
from models.inference.guarded import Guarded
from models.inference.limits import Limits
from models.inference.session import Session

Take = Callable[..., Imported]


def opened(path: Path, allow: Collection[str] = ()) -> Guarded:
    """A stranger's network as the importer opens it, with the usual limits."""
    return Guarded(path, lambda each: Session(each, 1), Limits(), lambda error: pytest.fail(str(error)), allow)
