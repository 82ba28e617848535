"""Random-phase noise: the photograph's power spectrum with random phases (Galerne, Gousseau & Morel, 2011)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def picture(image: Tensor, seed: int) -> Tensor:
    """Return a picture of the size of `image [3,H,W]` in −1…1, its colors kept together. It wraps."""
    noise = np.random.default_rng(seed).standard_normal(image.shape[1:])
    phase = torch.from_numpy(np.exp(1j * np.angle(np.fft.fft2(noise))))
    mean = image.mean(dim=(1, 2), keepdim=True)
    return torch.fft.ifft2(torch.fft.fft2(image - mean) * phase).real.float().add(mean).clamp(-1, 1)
