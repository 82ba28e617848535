"""Sliced Wasserstein distance between Laplacian pyramids (Karras et al., ICLR 2018): local statistics, scale by scale.

Blind to structure alone (random-phase noise scores well), so it stands beside the Fréchet distance, never for it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

PATCH, SLICES, PATCHES = 7, 128, 4096


def distance(real: Tensor, other: Tensor, levels: int = 3, seed: int = 0) -> float:
    """Mean distance over `levels` of crops `[N,3,H,W]` in −1…1 (at least 32 px at the coarsest level)."""
    rng = torch.Generator().manual_seed(seed)
    total = 0.0
    for a, b in zip(_pyramid(real, levels), _pyramid(other, levels), strict=True):
        a, b = _patches(a, rng), _patches(b, rng)
        direction = F.normalize(torch.randn(a.shape[1], SLICES, generator=rng), dim=0)
        total += float(((a @ direction).sort(dim=0).values - (b @ direction).sort(dim=0).values).abs().mean())
    return total / levels


def _pyramid(images: Tensor, levels: int) -> list[Tensor]:
    bands = []
    for _ in range(levels - 1):
        small = F.avg_pool2d(images, 2)
        bands.append(images - F.interpolate(small, scale_factor=2, mode="bilinear"))
        images = small
    return [*bands, images]


def _patches(images: Tensor, rng: torch.Generator) -> Tensor:
    """`PATCHES` random patches, flattened: `[PATCHES, 3·7·7]`."""
    n, _, h, w = images.shape
    places = torch.stack([torch.randint(limit, (PATCHES,), generator=rng) for limit in (n, h - PATCH, w - PATCH)])
    return torch.stack([images[i, :, y : y + PATCH, x : x + PATCH].flatten() for i, y, x in places.T.tolist()])
