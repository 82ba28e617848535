"""All that the ruler says of the pictures of a style, beside its photographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import mean

import numpy as np
import torch
from torch import Tensor

from . import distances, phase, two_samples
from .networks import NETWORKS

#: Sides of crops in px, and how many of them a set has.
CROPS = {128: 60, 256: 24}
#: The network that the classifier sees through, and the side of the crops that distances are measured on.
SEEN_BY, DISTANCE = "efficientnet", 128
#: Side in px of the blocks whose means are the large structure.
BLOCK = 32


@dataclass
class Photographs:
    """Real pictures of a style, `[3,H,W]` in −1…1 each, at the scale that it is made in: two parts that share nothing.

    One part teaches the classifier, the other is what it is asked about, and the other way round.
    """

    halves: tuple[Sequence[Tensor], Sequence[Tensor]]
    _seen: dict[tuple[str, int], tuple[Tensor, Tensor]] = field(default_factory=dict)

    @classmethod
    def of(cls, pictures: Sequence[Tensor]) -> Photographs:
        """Return the left and the right halves of whole photographs."""
        split = [picture.tensor_split(2, dim=2) for picture in pictures]
        return cls(([left for left, _ in split], [right for _, right in split]))

    @property
    def pictures(self) -> list[Tensor]:
        """Return all parts."""
        return [*self.halves[0], *self.halves[1]]

    @cached_property
    def crops(self) -> dict[int, tuple[Tensor, Tensor]]:
        """Return crops of both halves, by their side; those that are too large for a half are left out."""
        fits = min(min(part.shape[1:]) for part in self.pictures)
        return {side: (cut(self.halves[0], side, 0), cut(self.halves[1], side, 1)) for side in CROPS if side <= fits}

    def features(self, network: str, side: int) -> tuple[Tensor, Tensor]:
        """Return what a network sees in the crops of both halves, once."""
        if (network, side) not in self._seen:
            left, right = (NETWORKS[network](half) for half in self.crops[side])
            self._seen[network, side] = left, right
        return self._seen[network, side]


def cut(pictures: Sequence[Tensor], side: int, seed: int) -> Tensor:
    """Random crops `[N,3,side,side]`, of all pictures in turn."""
    rng = np.random.default_rng(seed)
    found = []
    for n in range(CROPS[side]):
        picture = pictures[n % len(pictures)]
        y, x = (int(rng.integers(length - side + 1)) for length in picture.shape[1:])
        found.append(picture[:, y : y + side, x : x + side])
    return torch.stack(found)


def told_apart(real: Photographs, made: Sequence[Tensor], side: int) -> float:
    """Return the classifier's accuracy on crops that it has not seen, of other halves and of other pictures.

    `made` are at least two pictures, of which the first half teaches. 0.5 is perfect.
    """
    middle = len(made) // 2
    features = [NETWORKS[SEEN_BY](cut(part, side, seed)) for seed, part in ((2, made[:middle]), (3, made[middle:]))]
    left, right = real.features(SEEN_BY, side)
    return mean((
        two_samples.accuracy((left, features[0]), (right, features[1])),
        two_samples.accuracy((right, features[1]), (left, features[0])),
    ))  # fmt: skip


def distance(real: Photographs, made: Sequence[Tensor]) -> dict[str, float]:
    """Return distances by network, over those between the photographs' halves: 1 is as good as more of the same."""
    found = {}
    crops = cut(made, DISTANCE, 4)
    for name, network in NETWORKS.items():
        left, right = real.features(name, DISTANCE)
        features = network(crops)
        for word, measured in (("frechet", distances.frechet), ("kernel", distances.kernel)):
            floor = measured(left, right)
            found[f"{word}_{name}"] = mean(measured(half, features) for half in (left, right)) / max(floor, 1e-9)
    return found


def large(real: Photographs, made: Sequence[Tensor]) -> float:
    """Return the deviation of the brightness of blocks of 32 px, over that of the photographs'.

    Below 1, large structure is missing.
    """

    def deviation(pictures: Sequence[Tensor]) -> float:
        means = [torch.nn.functional.avg_pool2d(picture.mean(dim=0)[None], BLOCK) for picture in pictures]
        return mean(float(each.std()) for each in means)

    return deviation(made) / max(deviation(real.pictures), 1e-9)


def judged(real: Photographs, made: Sequence[Tensor], group: int = 12) -> dict[str, float]:
    """Return every figure: accuracies are means over groups of so many pictures, and their spread is told."""
    groups = [made[first : first + group] for first in range(0, len(made) - group + 1, group)]
    found: dict[str, float] = {}
    for side in real.crops:
        each = [told_apart(real, one, side) for one in groups]
        found |= {f"told_{side}": mean(each), f"told_{side}_spread": max(each) - min(each)}
    found |= distance(real, made)
    found["large"] = large(real, made)
    found["lattice"], period = phase.lattice([picture.numpy() for picture in made])
    return found | {"lattice_period": period}
