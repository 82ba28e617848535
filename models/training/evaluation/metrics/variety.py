"""Whether a generator makes as many different things as its photograph shows."""

from __future__ import annotations

import torch
from torch import Tensor


def ratio(real: Tensor, made: Tensor) -> float:
    """Spread of `frechet.features` of made crops over that of real ones: 1 is as varied, near 0 always the same."""
    spreads = [torch.cov(features.T).trace().clamp(min=0) for features in (made, real)]
    return float((spreads[0] / spreads[1]).sqrt())
