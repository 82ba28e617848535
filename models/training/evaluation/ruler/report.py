"""Write what the ruler has measured: the tables of docs/before-and-after.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from ..doc_tables import put

#: Figures of a style, and what their columns are called.
COLUMNS = {
    "told_128": "told apart, 128 px", "told_256": "256 px", "held_128": "held out, 128 px", "held_256": "256 px",
    "frechet_efficientnet": "Fréchet, EfficientNet", "frechet_vgg": "VGG",
    "kernel_efficientnet": "kernel, EfficientNet", "kernel_vgg": "VGG", "large": "large structure",
    "lattice": "lattice",
}  # fmt: skip
#: The aims: accuracies of the classifier, by the side of the crops in px.
AIMS = {"told_128": 0.70, "told_256": 0.80}


def write(figures: Mapping[str, Any], docs: Path) -> None:
    """Put the tables where the page's comments say."""
    bodies = {"generators": generators(figures), "styles": "\n\n".join(styles(one) for one in figures.values())}
    put(docs / "before-and-after.md", bodies)


def generators(figures: Mapping[str, Any]) -> str:
    """Return a row a generator: medians over its styles."""
    names = [name for name in COLUMNS if not name.startswith("held")]
    lines = ["| generator | styles | within the aim | " + " | ".join(COLUMNS[name] for name in names) + " | alike |"]
    lines += ["|---" + "|---:" * (len(names) + 3) + "|"]
    for one in figures.values():
        rows = list(one["styles"].values())
        good = sum(all(row.get(name, 0) <= aim for name, aim in AIMS.items()) for row in rows)
        cells = [_number(median([row[name] for row in rows if name in row] or [float("nan")])) for name in names]
        alike = _number(one.get("alike"))
        lines.append(f"| {one['label']} | {len(rows)} | {good} | " + " | ".join(cells) + f" | {alike} |")
    return "\n".join(lines)


def styles(one: Mapping[str, Any]) -> str:
    """Return the table of a generator, a row a style."""
    rows = list(one["styles"].values())
    names = [name for name in COLUMNS if any(name in row for row in rows)]
    lines = [f"### {one['label']}", "", "| style | " + " | ".join(COLUMNS[name] for name in names) + " |"]
    lines += ["|---" + "|---:" * len(names) + "|"]
    for row in rows:
        cells = [_cell(row, name) for name in names]
        lines.append(f"| {row['label']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = _number(row.get(name))
    if name == "lattice" and name in row:
        return f"{value} (at {row['lattice_period']:g})"
    return value


def _number(value: float | None) -> str:
    if value is None or value != value:
        return "–"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
