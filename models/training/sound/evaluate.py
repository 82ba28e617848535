"""What the generators are worth: figures for each class on held-out clips, into the table `classes` of a page.

`python -m models.training.sound.evaluate SET.toml --data DATA.npz --of models/shipped --into docs/sound.md`

All sound generators of a folder are measured, as the files that they are, and beside them `clips`: training clips, each
of another file, which say how near to held-out ones a sound can be that is real. Everything is heard, not read off a
network: grids become samples at 48 kHz, and those are analyzed like the clips.

* `distance`: dB between a held-out clip and the nearest of what was made, mean over three resolutions
* `mmd`: maximum mean discrepancy of level statistics (mean and variation of each band), Gaussian kernel
* `attack`, `decay`: error of the median time from −20 dB to the peak, and back, in octaves (1 is twice or half)
* `attacks`, `decays`: how far the distributions of those times are apart, octaves (Wasserstein-1 of their logarithms)
* `accuracy`: of a classifier that was trained on real clips alone
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...library.catalog import Library
from ...sound.bands import BANDS, CELLS, Floats, even_edges, event_edges
from ..evaluation.doc_tables import put
from .clips import Manifest
from .dataset import Dataset, varied
from .sources import Clips, Source, heard

#: Figures of one class and source each.
Rows = list[dict[str, Any]]
#: Sounds made of each class, by each generator.
COUNT = 24
#: Classifiers whose accuracies are averaged: the same sounds were recognized in 79 % by one, and in 50 % by another.
JUDGES = 5


class Classifier(nn.Module):
    """Grids `[N, 3, 64, 96]` → logits `[N, K]`."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(2 * BANDS, 64, 4, 4), nn.ReLU(), nn.Dropout(0.3),
            nn.Conv1d(64, 64, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Dropout(0.3), nn.Linear(64 * CELLS // 8, classes),
        )  # fmt: skip

    def forward(self, grids: Tensor) -> Tensor:
        out: Tensor = self.layers(torch.cat((grids[:, 0] / 40 + 1, grids[:, 1]), 1))
        return out


def classifier(data: Dataset, classes: int, steps: int = 300, seed: int = 0) -> Classifier:
    """Trained on real training clips, balanced by class."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = Classifier(classes)
    optimizer = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=1e-2)
    members = [data.select(False, number) for number in range(classes)]
    for _ in range(steps):
        numbers = rng.integers(classes, size=48)
        grids = np.stack([varied(data.grids[rng.choice(members[n])], rng) for n in numbers])
        loss = nn.functional.cross_entropy(net(torch.from_numpy(grids)), torch.from_numpy(numbers), label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net.eval()


@torch.no_grad()
def accuracy(nets: Sequence[Classifier], grids: Floats, number: int) -> float:
    """Share of `grids` that are taken for class `number`, mean of several classifiers."""
    given = torch.from_numpy(grids.astype(np.float32))
    return float(np.mean([(net(given).argmax(1) == number).float().mean() for net in nets]))


def distance(real: Floats, made: Floats) -> float:
    """Mean dB from each real grid to the nearest made one."""
    return float(np.mean([min(_apart(one[0], other[0]) for other in made) for one in real]))


def _apart(a: Floats, b: Floats) -> float:
    """Mean absolute difference of levels, over 1×1, 4×4 and 16×16 cells, where either is heard."""
    found = []
    for size in (1, 4, 16):
        x, y = (np.maximum(v, -60).reshape(BANDS // size, size, CELLS // size, size).mean((1, 3)) for v in (a, b))
        found.append(np.abs(x - y)[(x > -60) | (y > -60)].mean())
    return float(np.mean(found))


def mmd(real: Floats, made: Floats) -> float:
    """Squared maximum mean discrepancy of level statistics, at the median distance; 0 is equal."""
    x, y = (
        np.concatenate((np.maximum(g[:, 0], -60).mean(2), np.maximum(g[:, 0], -60).std(2)), 1) for g in (real, made)
    )
    both = np.concatenate((x, y))
    squared = ((both[:, None] - both[None]) ** 2).sum(2)
    kernel = np.exp(-squared / max(float(np.median(squared)), 1e-9))
    n = len(x)
    return float(kernel[:n, :n].mean() + kernel[n:, n:].mean() - 2 * kernel[:n, n:].mean())


def times(grids: Floats, edges: Floats) -> Floats:
    """(attacks, decays) in seconds, `[2, N]`: from −20 dB to the loudest cell, and from there to −20 dB for good."""
    found = []
    middles = (edges[:-1] + edges[1:]) / 2
    for grid in grids:
        level = 10 * np.log10((10 ** (grid[0].astype(np.float64) / 10)).sum(0))
        top = int(level.argmax())
        above = np.nonzero(level > level[top] - 20)[0]
        found.append((middles[top] - middles[above[0]] + 0.002, middles[above[-1]] - middles[top] + 0.002))
    return np.array(found).T


def envelopes(real: Floats, made: Floats) -> dict[str, float]:
    """Of the `times` of real and of made sounds: errors of the median attack and decay, and how far their distributions
    are apart, all in octaves."""
    errors = {}
    for name, its, mine in zip(("attack", "decay"), real, made, strict=True):
        errors[name] = float(abs(np.log2(np.median(mine) / np.median(its))))
        errors[f"{name}s"] = wasserstein(np.log2(its), np.log2(mine))
    return errors


def wasserstein(a: Floats, b: Floats) -> float:
    """Wasserstein-1 distance of two samples of any sizes: the area between their quantiles."""
    shares = np.unique(np.concatenate((np.arange(len(a) + 1) / len(a), np.arange(len(b) + 1) / len(b))))
    middles = (shares[:-1] + shares[1:]) / 2
    at = [np.sort(x)[np.minimum((middles * len(x)).astype(int), len(x) - 1)] for x in (a, b)]
    return float((np.abs(at[0] - at[1]) * np.diff(shares)).sum())


def evaluate(manifest: Manifest, data: Dataset, sources: Sequence[Source | Clips], count: int = COUNT) -> Rows:
    """Return a row of figures for each class and source; the source `real` gives the classifiers' accuracy on clips.

    Rows of what happens once hold its `times`, too: seconds, as lists.
    """
    nets = [classifier(data, len(manifest.classes), seed=seed) for seed in range(JUDGES)]
    rows: Rows = []
    for number, kind in enumerate(manifest.classes):
        real = data.grids[data.select(True, number, plain=True)]
        edges = even_edges() if kind.sustained else event_edges()
        its = None if kind.sustained else times(real, edges)
        row: dict[str, Any] = {"class": kind.name, "source": "real", "n": len(real)}
        row |= {"accuracy": accuracy(nets, real, number)}
        rows.append(row if its is None else {**row, "times": its.tolist()})
        for source in sources:
            made = heard(source.draw(number, count, np.random.default_rng(number)), kind.name, kind.sustained)
            row = {"class": kind.name, "source": source.name, "n": len(made)}
            row |= {"distance": distance(real, made), "mmd": mmd(real, made), "accuracy": accuracy(nets, made, number)}
            if its is not None:
                mine = times(made, edges)
                row |= {**envelopes(its, mine), "times": mine.tolist()}
            rows.append(row)
            told = {k: round(v, 3) if isinstance(v, float) else v for k, v in row.items() if k != "times"}
            print(json.dumps(told), flush=True)
    return rows


def table(rows: Rows) -> str:
    """Return a row for each class, its figures by source with a stroke between, and their means."""
    by: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        by.setdefault(row["class"], {})[row["source"]] = row
    sources = [name for name in next(iter(by.values())) if name != "real"]
    names = ("distance", "mmd", "attack", "attacks", "decay", "decays", "accuracy")
    lines = [f"| class | held-out grids | {' | '.join(names)} | held out |", f"|---|{'---|' * (len(names) + 2)}"]

    def cell(found: list[dict[str, dict[str, Any]]], name: str) -> str:
        values = [[float(one[s][name]) for one in found if name in one[s]] for s in sources]
        return " / ".join(f"{np.mean(each):.2f}" for each in values) if all(values) else "–"

    for label, one in by.items():
        cells = [cell([one], name) for name in names]
        real = float(one["real"]["accuracy"])
        lines.append(f"| {label.replace('_', ' ')} | {one['real']['n']} | {' | '.join(cells)} | {real:.2f} |")
    means = [cell(list(by.values()), name) for name in names]
    real = float(np.mean([float(one["real"]["accuracy"]) for one in by.values()]))
    lines.append(f"| **mean** | | {' | '.join(means)} | {real:.2f} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Evaluate from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="the TOML manifest")
    parser.add_argument("--data", type=Path, required=True, help="what `dataset` prepared")
    parser.add_argument("--of", type=Path, required=True, help="the folder of the generators")
    parser.add_argument("--into", type=Path, help="the page whose table is to be replaced")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    manifest, data = Manifest.read(options.set), Dataset.load(options.data)
    files = Library((options.of,)).of_kind("sound")
    sources: list[Source | Clips] = [*(Source.of_file(entry) for entry in files), Clips(data)]
    text = table(evaluate(manifest, data, sources))
    print(text)
    if options.into:
        put(options.into, {"classes": text})


if __name__ == "__main__":
    main()
