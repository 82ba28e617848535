"""What the networks are trained to: a relativistic pairing loss with gradient penalties, and a starting aid.

The pairing loss with R1 and R2 is that of Huang et al., "The GAN is dead; long live the GAN! A Modern GAN Baseline"
(NeurIPS 2024). The starting aid compares sorted random projections of fixed random features (sliced Wasserstein
distance, Rabin et al. 2011; random features for textures, Ustyuzhaninov et al. 2016).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: Both losses rest here when the discriminator has become constant: training has died.
DEAD = 0.6931


def pairing(fake_logits: Tensor, real_logits: Tensor) -> tuple[Tensor, Tensor]:
    """Losses of (discriminator, generator) from logits `[N]` of paired fake and real crops."""
    margin = real_logits - fake_logits
    return F.softplus(-margin).mean(), F.softplus(margin).mean()


def gradient_penalty(logits: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """Mean squared norm of the logits' gradient at `images [N,C,H,W]` (R1 at real ones, R2 at fake ones)."""
    images = images.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(logits(images).sum(), images, create_graph=True)
    return gradient.square().sum(dim=(1, 2, 3)).mean()


class SlicedFeatures(nn.Module):
    """Sliced Wasserstein distance between two images, on raw colour and fixed random features."""

    def __init__(self, channels: int, slices: int = 16, seed: int = 0) -> None:
        super().__init__()
        rng = torch.Generator().manual_seed(seed)
        sizes = ((channels, 32, 1), (32, 48, 2), (48, 64, 2))
        self.filters = nn.ParameterList(
            nn.Parameter(torch.randn(o, i, 3, 3, generator=rng) * (2 / (9 * i)) ** 0.5, False) for i, o, _ in sizes
        )
        self.strides = [stride for _, _, stride in sizes]
        self.slices = slices

    def forward(self, fake: Tensor, real: Tensor, rng: torch.Generator) -> Tensor:
        """`fake`, `real`: `[1,C,H,W]` of one style, −1…1; 2,048 places are compared. Returns a scalar ≥ 0."""
        total = self._distance(fake, real, rng)
        for weight, stride in zip(self.filters, self.strides, strict=True):
            fake, real = (F.leaky_relu(F.conv2d(x, weight, stride=stride, padding=1), 0.2) for x in (fake, real))
            total = total + self._distance(fake, real, rng)
        return total / (1 + len(self.strides))

    def _distance(self, fake: Tensor, real: Tensor, rng: torch.Generator) -> Tensor:
        channels = fake.shape[1]
        direction = F.normalize(torch.randn(channels, self.slices, generator=rng, device=fake.device), dim=0)
        places = torch.randint(fake.shape[2] * fake.shape[3], (2048,), generator=rng, device=fake.device)
        a, b = (x.flatten(2)[0, :, places].float().T @ direction for x in (fake, real))
        return F.mse_loss(a.sort(dim=0).values, b.sort(dim=0).values)
