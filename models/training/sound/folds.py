"""What the generators' *methods* are worth, cross-validated: every clip is held out once.

`python -m models.training.sound.folds SET.toml --data DATA.npz --runs FOLDER --into docs/sound.md`

Files of each class are dealt into folds. For each fold the network and both other models are trained on the other
files, and measured on those of the fold as `evaluate` does. Figures are means over the folds, but for attacks and
decays: their times are put together, so that all clips decide about a median, and not a handful. A fold that is done
is kept in FOLDER, and one that was cut off goes on where it was.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ...sound.bands import Floats
from ..evaluation.doc_tables import put
from ..trainer import run
from . import sharpen, train
from .clips import Manifest
from .dataset import Dataset
from .evaluate import COUNT, Rows, envelopes, evaluate, table
from .export import load
from .families import gaussian, markov
from .sources import Clips, Source


@dataclass(frozen=True)
class Effort:
    """Steps of training, of those against the discriminator, and sounds made of each class by each model, per fold."""

    steps: int = train.SoundSettings.steps
    sharpen: int = sharpen.SharpenSettings.steps
    count: int = COUNT


def dealt(data: Dataset, classes: int, folds: int) -> Floats:
    """Return the fold of each grid. Files of a class are dealt in a random order, as many to each fold as can be."""
    rng, found = np.random.default_rng(0), np.zeros(len(data.files), int)
    for number in range(classes):
        files = rng.permutation(np.unique(data.files[data.classes == number]))
        for place, file in enumerate(files):
            found[data.files == file] = place % folds
    return found


def measured(manifest: Manifest, data: Dataset, out: Path, effort: Effort) -> Rows:
    """Return the rows of one fold: `data` whose `test` is that fold, trained in `out`."""
    sustained = [kind.sustained for kind in manifest.classes]
    blunt, sharp = out / "blunt", out / "sharp"
    blunt.mkdir(parents=True, exist_ok=True)
    settings, sharper = train.SoundSettings(steps=effort.steps), sharpen.SharpenSettings(steps=effort.sharpen)
    (blunt / "settings.json").write_text(json.dumps(asdict(settings)))
    training = train.SoundTraining(data, len(sustained), settings)
    run(training, blunt, train.EVERY, training.show)
    sharpen.sharpen(blunt, data, sustained, sharper, sharp)
    made = load(sharp, manifest, data)[0], gaussian(data, sustained), markov(data, sustained)
    return evaluate(manifest, data, [*(Source.of_model(one) for one in made), Clips(data)], effort.count)


def together(folds: list[Rows]) -> Rows:
    """Return the rows of all folds as one: means of figures; times put together, and envelopes compared again."""
    found: Rows = []
    its: dict[str, Floats] = {}  # the times of each class's clips, whose row comes before the others
    for rows in zip(*folds, strict=True):
        name, source = rows[0]["class"], rows[0]["source"]
        row: dict[str, Any] = {"class": name, "source": source, "n": sum(one["n"] for one in rows)}
        row |= {
            key: float(np.mean([one[key] for one in rows])) for key in ("distance", "mmd", "accuracy") if key in rows[0]
        }
        if "times" in rows[0]:
            heard = np.concatenate([one["times"] for one in rows], axis=1)
            row |= {} if its.setdefault(name, heard) is heard else envelopes(its[name], heard)
        found.append(row)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Cross-validate from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="the TOML manifest")
    parser.add_argument("--data", type=Path, required=True, help="what `dataset` prepared")
    parser.add_argument("--runs", type=Path, required=True, help="the folder for what is trained")
    parser.add_argument("--folds", type=int, default=3)
    for name, default in asdict(Effort()).items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--into", type=Path, help="the page whose table is to be replaced")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    manifest, data = Manifest.read(options.set), Dataset.load(options.data)
    fold, found = dealt(data, len(manifest.classes), options.folds), []
    effort = Effort(options.steps, options.sharpen, options.count)
    for number in range(options.folds):
        out = options.runs / str(number)
        kept = out / "rows.json"
        if not kept.exists():
            rows = measured(manifest, replace(data, test=fold == number), out, effort)
            kept.write_text(json.dumps(rows, indent=1))
        found.append(json.loads(kept.read_text()))
    text = table(together(found))
    print(text)
    if options.into:
        put(options.into, {"folds": text})


if __name__ == "__main__":
    main()
