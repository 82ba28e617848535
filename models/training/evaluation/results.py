"""What is measured of a generator and of each of its styles."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor

from ...library.catalog import Entry


@dataclass
class Row:
    """A style of a generator: its figures (see `measure`), a real picture and a made one, if there are any."""

    style: str
    label: str
    figures: dict[str, float] = field(default_factory=dict)
    real: Tensor | None = None
    made: Tensor | None = None


@dataclass
class Measured:
    """A generator: its figures and its rows."""

    entry: Entry
    family: str
    figures: dict[str, float]
    rows: list[Row]
