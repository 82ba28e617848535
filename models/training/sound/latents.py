"""Where the latents of a class lie, so that sounds can be drawn: around those of its training clips.

A Gaussian over all of them would mostly draw what lies between clips, where a decoder has learned nothing: sounds are
drawn around one clip each, as far from it as `AROUND` says, in the directions in which clips of the class differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ...sound.bands import Floats
from .dataset import Dataset
from .networks import LATENT, Encoder

#: Places in the table of a class's clips; where there are fewer they come round, of more some are left out.
PLACES = 64
#: How far from a clip sounds are drawn, of how far clips are from each other.
AROUND = 0.3
#: Latents of a class with few clips are taken to vary at least so much, as a share of their mean variance.
SHRINK = 0.1


@dataclass(frozen=True)
class Statistics:
    """Of all classes: the latents of clips `places [K, 64, 24]`, factors `around` a clip and `within [K, 24, 24]` one,
    and how alike a clip's windows are, `persistence [K]`."""

    places: Tensor
    around: Tensor
    within: Tensor
    persistence: Floats


@torch.no_grad()
def statistics(encoder: Encoder, data: Dataset, sustained: list[bool]) -> Statistics:
    """Return what the latents of each class's training clips are like."""
    count = len(sustained)
    places, around, within, persistence = [], [], [], np.zeros(count)
    for number in range(count):
        chosen = data.select(False, number)
        classes = nn.functional.one_hot(torch.full((len(chosen),), number), count).float()
        z = encoder(torch.from_numpy(data.grids[chosen]), classes)[0].double().numpy()
        files = data.clips(chosen)
        clips = {f: z[files == f] for f in np.unique(files)}
        own = np.stack([clip.mean(0) for clip in clips.values()])
        rest = [clip - clip.mean(0) for clip in clips.values()]
        normal = data.speeds[chosen] == 1.0
        if sustained[number]:
            names = np.unique(files[normal])
            places.append(_places(np.stack([clips[name].mean(0) for name in names]), names))
        else:  # each event by itself: the mean of a clip's thunders is not a thunder
            places.append(_places(z[normal], files[normal]))
        around.append(AROUND * _factor(np.cov(own.T)))
        within.append(_factor(np.cov(np.concatenate(rest).T)) if sustained[number] else around[-1] / AROUND)
        if sustained[number]:
            runs = [r for r in rest if len(r) > 4]
            alike = sum((r[1:] * r[:-1]).sum() for r in runs) / max(sum((r**2).sum() for r in runs), 1e-9)
            persistence[number] = np.clip(alike, 0.05, 0.95)
    stacked = [torch.from_numpy(np.stack(part).astype(np.float32)) for part in (places, around, within)]
    return Statistics(stacked[0], stacked[1], stacked[2], persistence)


def _places(rows: Floats, files: Floats) -> Floats:
    """`PLACES` of the `rows`, as many of each file as of the others, its own in turn."""
    names = np.unique(files)
    own = [rows[files == name] for name in names]
    which = np.arange(PLACES) * max(len(names), PLACES) // PLACES % len(names)
    return np.stack([own[file][place // len(names) % len(own[file])] for place, file in enumerate(which)])


def _factor(covariance: Floats) -> Floats:
    """Return the Cholesky factor, transposed for rows of noise, of a covariance shrunk towards an even one."""
    even = np.eye(LATENT) * max(np.trace(covariance) / LATENT, 1e-4)
    return np.linalg.cholesky((1 - SHRINK) * covariance + SHRINK * even).T
