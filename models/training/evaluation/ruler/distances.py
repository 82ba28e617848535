"""Distances between two sets of features: of Gaussians that fit them, and of kernels."""

from __future__ import annotations

from torch import Tensor

from ..metrics import frechet as random_features


def frechet(real: Tensor, other: Tensor) -> float:
    """Fréchet distance (Heusel et al., NeurIPS 2017) of features `[N,F]`, in the main components of the real ones."""
    return random_features.between(*_standardized(real, other))


def kernel(real: Tensor, other: Tensor) -> float:
    """Root of the maximum mean discrepancy with a cubic kernel (Bińkowski et al., ICLR 2018).

    Biased: never 0 of few crops, so that sets of as many can be held against each other.
    """
    a, b = _standardized(real, other)

    def alike(x: Tensor, y: Tensor) -> Tensor:
        return (x @ y.T / x.shape[1] + 1) ** 3

    square = float(alike(a, a).mean() + alike(b, b).mean() - 2 * alike(a, b).mean())
    return max(square, 0.0) ** 0.5


def _standardized(real: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    """Both, so that the real ones have mean 0 and deviation 1: no channel counts for more because it is large.

    Of channels that hardly ever answer, no difference is made large.
    """
    mean, deviation = real.mean(dim=0), real.std(dim=0)
    deviation = deviation.clamp(min=0.1 * float(deviation.mean()))
    return (real - mean) / deviation, (other - mean) / deviation
