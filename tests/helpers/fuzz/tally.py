"""What came of the inputs so far: kept in a file after each batch, so that a run can be broken off and gone on with."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

#: Inputs of a batch, which one process tries.
BATCH = 250
#: Kinds of outcomes, and faults, that are kept of each target.
MOST_OUTCOMES, MOST_FAULTS = 5000, 20


@dataclass
class Tally:
    """Of one target: batches done, the slowest input, how often each outcome was seen, and what shouldn't happen."""

    batches: list[int] = field(default_factory=list)
    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_input: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Take in what another process has tried."""
        self.batches += other.batches
        self.inputs += other.inputs
        self.seconds += other.seconds
        if other.slowest > self.slowest:
            self.slowest, self.slowest_input = other.slowest, other.slowest_input
        counted = Counter(self.outcomes)
        counted.update(other.outcomes)
        self.outcomes = dict(counted.most_common(MOST_OUTCOMES))
        self.faults = dict(list({**self.faults, **other.faults}.items())[:MOST_FAULTS])


def source(root: Path) -> str:
    """Return a digest of all code that is tried and that tries it: another one begins to count again."""
    found = hashlib.sha256()
    for folder in ("models", "tests/helpers"):
        for path in sorted((root / folder).rglob("*.py")):
            if "training" not in path.parts:
                found.update(path.read_bytes())
    return found.hexdigest()


def load(path: Path, code: str) -> dict[str, Tally]:
    """Return the tallies of an earlier run of the same code; none for another's."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: Tally(**each) for name, each in raw["targets"].items()} if raw.get("code") == code else {}


def save(path: Path, code: str, tallies: dict[str, Tally]) -> None:
    """Keep the tallies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"code": code, "targets": {name: asdict(each) for name, each in tallies.items()}}))
    part.replace(path)


def table(tallies: dict[str, Tally]) -> str:
    """Return the tallies as a table."""
    rows = [("target", "inputs", "outcomes", "inputs/s", "slowest", "of number", "faults")]
    for name, each in tallies.items():
        pace = each.inputs / each.seconds if each.seconds else 0.0
        rows.append(
            (name, f"{each.inputs:,}", f"{len(each.outcomes):,}", f"{pace:,.0f}", f"{each.slowest:.3f} s",
             str(each.slowest_input), str(len(each.faults)))
        )  # fmt: skip
    total = sum(each.inputs for each in tallies.values())
    slowest = max((each.slowest for each in tallies.values()), default=0.0)
    faults = sum(len(each.faults) for each in tallies.values())
    rows.append(("all", f"{total:,}", "", "", f"{slowest:.3f} s", "", str(faults)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        name, *numbers = (
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join((name, *numbers)))
    return "\n".join(lines)
