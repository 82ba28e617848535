"""What tile and blend does for a piece of the photograph that it has never held.

The generator that ships holds its photographs whole. So it is built again, in memory, of the left side of each one at
its full resolution: the left SIDE + JOIN px of its first SIDE + JOIN rows. The classifier sees only what lies to the
right of that: it is taught by the upper half of the right side, and asked about the lower, and the other way round.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from ....photo import example, graph
from ...data import Crops, DataError, Manifest
from .judge import CROPS, Photographs, told_apart

#: Of the picture at its full resolution, what the generator is given; and what the right side needs at least.
GIVEN, NEEDED = example.SIDE + example.JOIN, max(CROPS)
#: Pictures that are judged, and the cells of each (down, across) and their px.
PICTURES, CELLS, CELL = 12, (2, 4), (250, 144)


def judged(manifest: Manifest, name: str, data: Path) -> dict[str, float]:
    """Return the classifier's accuracies on what the generator has not held. Raises DataError."""
    (style,) = manifest.only([name]).styles
    full = replace(manifest, styles=(replace(style, fit=(0, 0), size=4096),))
    ((image,),) = Crops(full, data, max(CROPS)).images
    right = image[:, :, GIVEN:]
    if min(image.shape[1] // 2, right.shape[2]) < NEEDED or image.shape[1] < GIVEN:
        raise DataError(f"{name}: its photograph is too small to hold half of it out.")
    given = image[:, :GIVEN, :GIVEN].numpy().astype(np.float64).transpose(1, 2, 0) / 2 + 0.5
    made = _made(graph.model([example.fitted(given)], [style.sharpness], {}))
    upper, lower = right.tensor_split(2, dim=1)
    real = Photographs(([upper], [lower]))
    return {f"held_{side}": told_apart(real, made, side) for side in real.crops}


def _made(file: bytes) -> list[Tensor]:
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    pixels = {
        name: np.arange(count, dtype=np.float32)[None] for name, count in zip(("down", "across"), CELL, strict=True)
    }
    found = []
    for seed in range(PICTURES):
        patches = np.random.default_rng(seed).random((1, 2 * graph.NUMBERS, *CELLS), np.float32)
        patches[:, graph.NUMBERS - 1 :: graph.NUMBERS] = 0
        feeds = {"patches": patches, **pixels, "style": np.ones((1, 1), np.float32)}
        found.append(torch.from_numpy(session.run(None, feeds)[0][0]) * 2 - 1)
    return found
