"""How far what goes on may vary: over how many cells the variation of clips is measured that caps the network's.

`python -m models.training.sound.caps SET.toml --data DATA.npz --run FOLDER`

Chosen on the training clips alone, in two halves by file: a cap is measured on one, and what is made under it is
compared with the other, by level statistics and by a classifier that was trained on it. Held-out clips take no part.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from .clips import Manifest
from .dataset import Dataset
from .evaluate import COUNT, VARIATION, accuracy, classifier, heard, mmd
from .export import load
from .families import spreads, tensor
from .networks import MOST

#: Cells apart that are tried; the last one is no cap at all.
APART = (1, 2, 4, 8, 0)
#: No more clips than this are compared with.
ENOUGH = 24


def half(data: Dataset, number: int) -> Dataset:
    """The training clips of every second file, the others as if held out."""
    return replace(data, test=data.test | (data.files % 2 != number))


def compared(data: Dataset, manifest: Manifest, run: Path) -> dict[int, tuple[float, float]]:
    """(mean discrepancy, mean accuracy) of the classes that go on, for each of APART."""
    (fitted, _), count = load(run, manifest, data), len(manifest.classes)
    rows: dict[int, list[tuple[float, float]]] = {apart: [] for apart in APART}
    for number in (0, 1):
        mine, others = half(data, number), half(data, 1 - number)
        net, rng = classifier(others, count), torch.Generator().manual_seed(number)
        for apart in APART:
            most = spreads(mine, count, apart) if apart else np.full((count, 64), 2.0 * MOST)
            fitted.model.register_buffer("most", tensor(most))
            for place, kind in enumerate(manifest.classes):
                if not kind.sustained:
                    continue
                noise = [torch.randn(COUNT, fitted.latent, generator=rng) * size for size in (1.0, VARIATION)]
                with torch.no_grad():
                    grids = fitted.model(*noise, torch.eye(count)[place].expand(COUNT, -1)).double().numpy()
                made = heard(grids, kind.name, True)
                chosen = others.select(False, place, plain=True)
                real = others.grids[chosen[:: max(1, len(chosen) // ENOUGH)]]
                rows[apart].append((mmd(real, made), accuracy(net, made, place)))
                print(apart, kind.name, *(f"{value:.2f}" for value in rows[apart][-1]), flush=True)
    return {apart: (float(np.mean(row, 0)[0]), float(np.mean(row, 0)[1])) for apart, row in rows.items()}


def main(arguments: list[str] | None = None) -> None:
    """Compare from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="the TOML manifest")
    parser.add_argument("--data", type=Path, required=True, help="what `dataset` prepared")
    parser.add_argument("--run", type=Path, required=True, help="the training folder")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    found = compared(Dataset.load(options.data), Manifest.read(options.set), options.run)
    for apart, (discrepancy, right) in found.items():
        print(f"{apart or 'none'}: MMD {discrepancy:.3f}, accuracy {right:.2f}")


if __name__ == "__main__":
    main()
