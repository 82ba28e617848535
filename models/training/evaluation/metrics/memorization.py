"""Whether a generator copies its photograph: how near its patches come to ones that it was shown."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

#: Side of a patch, and how many are looked up; pictures are halved first, so a patch covers 32 px.
PATCH, COUNT = 16, 48


def ratio(made: list[Tensor], real: Tensor, seed: int = 0) -> float:
    """Distance of made patches to the nearest real ones over that of fresh real ones: 0 is a copy, about 1 is new.

    `made`: pictures `[3,H,W]` in −1…1. `real`: the photograph, at least 128 px wide. Each half of it is fresh to the
    other. Medians of root mean square differences. (A blurred picture scores about 0.7: a mean is near to everything.)
    """
    left, right = _halves(real)
    fresh = torch.cat((nearest(_patches([right], seed), left), nearest(_patches([left], seed), right)))
    found = _patches([_smaller(image) for image in made], seed)
    found = torch.minimum(nearest(found, left), nearest(found, right))
    return float(found.median() / fresh.median().clamp(min=1e-6))


@torch.no_grad()
def nearest(patches: Tensor, image: Tensor) -> Tensor:
    """Root mean square distance `[N]` of each of `patches [N,3,p,p]` to the nearest one of `image`, mirrored or not."""
    best = torch.full((len(patches),), torch.inf)
    energy = patches.square().sum(dim=(1, 2, 3))
    for axes in ((), (1,), (2,), (1, 2)):
        there = image.flip(axes)[None]
        match = F.conv2d(there, patches)[0].flatten(1)
        own = F.conv2d(there.square(), torch.ones_like(patches[:1]))[0].flatten(1)
        best = torch.minimum(best, (own - 2 * match).amin(dim=1) + energy)
    return (best.clamp(min=0) / patches[0].numel()).sqrt()


def _halves(image: Tensor) -> tuple[Tensor, Tensor]:
    small = _smaller(image)
    middle = small.shape[2] // 2
    return small[:, :, :middle].contiguous(), small[:, :, middle:].contiguous()


def _smaller(image: Tensor) -> Tensor:
    return F.avg_pool2d(image[None], 2)[0]


def _patches(images: list[Tensor], seed: int) -> Tensor:
    """`COUNT` random patches of `images` in turn, `[COUNT,3,PATCH,PATCH]`."""
    rng = torch.Generator().manual_seed(seed)
    found = []
    for number in range(COUNT):
        image = images[number % len(images)]
        y, x = (int(torch.randint(side - PATCH + 1, (1,), generator=rng)) for side in image.shape[1:])
        found.append(image[:, y : y + PATCH, x : x + PATCH])
    return torch.stack(found)
