"""Fréchet distance between two sets of pictures, on fixed random convolutional features.

The distance of Heusel et al. (NeurIPS 2017) between Gaussian fits, with untrained random features instead of a
downloaded network: three convolutions with a fixed seed, mean and standard deviation of each channel over the crop,
reduced to the 24 principal components of the real set. The filters pass over plain areas, and their answers are
rectified, as in a scattering transform (Bruna & Mallat, 2013): with filters that answer to brightness, rectifying
hardly ever happens, and what is left sees no more than a power spectrum. Only ratios mean anything: divide by the
distance between two halves of the real set.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

COMPONENTS = 24


def distance(real: Tensor, other: Tensor) -> float:
    """Fréchet distance (≥ 0, no unit) of crops `[N,3,H,W]` in −1…1, N ≥ 48 in each set."""
    return between(features(real), features(other))


def between(a: Tensor, b: Tensor) -> float:
    """Return the same of their `features`, for sets that are compared several times."""
    mean = a.mean(dim=0)
    _, _, axes = torch.pca_lowrank(a - mean, q=COMPONENTS, center=False)
    return _frechet((a - mean) @ axes, (b - mean) @ axes)


@torch.no_grad()
def features(crops: Tensor, seed: int = 0) -> Tensor:
    """`[N,3,H,W]` → `[N,294]`: mean and deviation of the colors and of 144 random filters' answers at three scales."""
    rng = torch.Generator().manual_seed(seed)
    x = crops.float()
    found = [x.mean(dim=(2, 3)), x.std(dim=(2, 3))]
    for a, b, stride in ((3, 32, 1), (32, 48, 2), (48, 64, 2)):
        weight = torch.randn(b, a, 5, 5, generator=rng) * (2 / (25 * a)) ** 0.5
        weight = weight - weight.mean(dim=(2, 3), keepdim=True)
        x = F.conv2d(x, weight, stride=stride).abs()
        found += [x.mean(dim=(2, 3)), x.std(dim=(2, 3))]
    return torch.cat(found, dim=1).double()


def _frechet(a: Tensor, b: Tensor) -> float:
    gap = (a.mean(dim=0) - b.mean(dim=0)).square().sum()
    ca, cb = torch.cov(a.T), torch.cov(b.T)
    # The trace of the root of a product of two covariances is the sum of the roots of its (real, ≥ 0) eigenvalues.
    cross = torch.linalg.eigvals(ca @ cb).real.clamp(min=0).sqrt().sum()
    return float(gap + ca.trace() + cb.trace() - 2 * cross)
