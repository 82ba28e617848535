"""Described clips in memory, prepared once and kept in a file; batches of them, varied.

`python -m models.training.sound.dataset SET.toml --data FOLDER --out FILE.npz`
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...sound.bands import BANDS, FLOOR, Floats
from ..data import DataError
from .clips import SPEEDS, Manifest, at_speed, clips, read


@dataclass(frozen=True)
class Dataset:
    """`grids [N, 3, 64, 96]`; for each the number of its class and of its file, its speed, whether it is held out."""

    grids: Floats
    classes: Floats
    files: Floats
    speeds: Floats
    test: Floats

    def save(self, path: Path) -> None:
        """Write the file (half precision is finer than any measure here)."""
        np.savez(path, **{**vars(self), "grids": self.grids.astype(np.float16)})

    @classmethod
    def load(cls, path: Path) -> Dataset:
        """Read what `save` wrote."""
        with np.load(path) as raw:
            found = {name: raw[name] for name in ("grids", "classes", "files", "speeds", "test")}
        return cls(**{**found, "grids": found["grids"].astype(np.float32)})

    def select(self, test: bool, number: int | None = None, plain: bool = False) -> Floats:
        """Return indices of the grids for training or test, of one class, at their own speed only if `plain`."""
        chosen = self.test == test
        if number is not None:
            chosen &= self.classes == number
        if plain:
            chosen &= self.speeds == 1.0
        return np.nonzero(chosen)[0]

    def clips(self, chosen: Floats) -> Floats:
        """Return a number for each file at each of its speeds, of the grids `chosen`."""
        return self.files[chosen] * 1000 + np.round(self.speeds[chosen] * 100).astype(int)


def prepare(manifest: Manifest, root: Path) -> Dataset:
    """Describe all clips of a manifest. Clips that can't be read are told and left out. Raises DataError."""
    rows: list[tuple[Floats, int, int, float, bool]] = []
    file = 0
    for number, kind in enumerate(manifest.classes):
        for clip in clips(kind, root):
            try:
                samples = read(clip.path)
            except DataError as error:
                print(error)
                continue
            for speed in SPEEDS:
                rows += [(grid, number, file, speed, clip.test) for grid in at_speed(kind, samples, speed)]
            file += 1
        print(f"{kind.name}: {sum(row[1] == number for row in rows)} grids", flush=True)
    grids, classes, files, speeds, test = (np.array(column) for column in zip(*rows, strict=True))
    return Dataset(grids, classes, files, speeds, test)


class Batches:
    """Balanced random batches: as many of each class, as many of each of its files, each varied."""

    def __init__(self, data: Dataset, classes: Sequence[int], rng: np.random.Generator) -> None:
        """Only of `classes`."""
        self.grids, self.rng, self.classes = data.grids, rng, np.array(classes)
        self.members = {
            number: [np.nonzero(data.files == file)[0] for file in np.unique(data.files[data.select(False, number)])]
            for number in classes
        }

    def take(self, size: int) -> tuple[Tensor, Tensor]:
        """(grids `[size, 3, 64, 96]`, class numbers `[size]`)."""
        numbers = self.classes[self.rng.integers(len(self.classes), size=size)]
        grids = np.stack([self._one(self.members[n]) for n in numbers])
        return torch.from_numpy(grids), torch.from_numpy(numbers)

    def _one(self, files: list[Floats]) -> Floats:
        members = files[self.rng.integers(len(files))]
        return varied(self.grids[members[self.rng.integers(len(members))]], self.rng)


def varied(grid: Floats, rng: np.random.Generator) -> Floats:
    """Return a grid moved by up to two bands, tilted and bent by a few dB, and the louder or quieter for its tail."""
    bands, bend, scale = change(rng)
    moved = grid[:, bands]
    level = moved[0] * scale + bend
    moved[0] = np.clip(level - level.max(), FLOOR, 0)
    return moved


def change(rng: np.random.Generator) -> tuple[Floats, Floats, float]:
    """Return what `varied` does to a grid: (which bands are taken `[64]`, dB that are added `[64, 1]`, a factor of
    levels).
    """
    bands = np.clip(np.arange(BANDS) - int(rng.integers(-2, 3)), 0, BANDS - 1)
    across = np.linspace(-1, 1, BANDS)[:, None]
    bend = rng.normal(0, 2.0) * across + rng.normal(0, 1.5) * np.cos(np.pi * across * rng.integers(1, 4))
    return bands, bend, float(rng.uniform(0.92, 1.08))


def main(arguments: list[str] | None = None) -> None:
    """Prepare from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sound clips")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    prepare(Manifest.read(options.set), options.data).save(options.out)


if __name__ == "__main__":
    main()
