"""What the networks are trained to: a relativistic pairing loss with gradient penalties, patch statistics, no lattice.

The pairing loss with R1 and R2 is that of Huang et al., "The GAN is dead; long live the GAN! A Modern GAN Baseline"
(NeurIPS 2024). Alone it learns grain long before layout. The statistics of patches at all scales, compared by the
sliced Wasserstein distance (Rabin et al., 2011; for patches, Elnekave & Weiss, "Generating natural images with direct
patch distributions matching", ECCV 2022), give the layout from the first steps.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

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


def patch_statistics(fake: Tensor, real: Tensor, rng: torch.Generator, levels: int = 4, slices: int = 16) -> Tensor:
    """Sliced Wasserstein distance between the patches of two batches of one style, over a pyramid of scales.

    `fake`, `real`: `[N,C,H,W]`, sides at least `7·2^(levels−1)` px. Patches are 7 × 7 px at every level, seen through
    fresh random filters, so that the coarsest ones span most of a crop. Returns a scalar ≥ 0.
    """
    total = fake.new_zeros(())
    for level in range(levels):
        filters = torch.randn(slices, fake.shape[1], 7, 7, generator=rng, device=fake.device)
        filters = filters / filters.flatten(1).norm(dim=1)[:, None, None, None]
        step = max(1, 4 >> level)  # neighboring patches of a fine level say much the same
        dy, dx = (int(v) for v in torch.randint(step, (2,), generator=rng, device=rng.device))
        a, b = (F.conv2d(x[:, :, dy:, dx:], filters, stride=step) for x in (fake, real))
        a, b = (x.float().transpose(0, 1).flatten(1).sort(dim=1).values for x in (a, b))
        total = total + (a - b).abs().mean()
        fake, real = F.avg_pool2d(fake, 2), F.avg_pool2d(real, 2)
    return total / levels


def unevenness(images: Tensor, cell: int) -> Tensor:
    """How much a picture's statistics depend on the place in a latent cell of `cell` px: 0 for a stationary texture.

    `images` are whole tori of one style, `[N,C,H,W]`, sides whole cells. A network that enlarges a coarse field draws
    the field's lattice: steps between pixels are larger on some lines of each cell than on others, and so is the light.
    Returns the mean square of how far those lines' means lie from the mean of all, a scalar ≥ 0.
    """

    def lines(values: Tensor, axis: int) -> Tensor:
        """Means of `values [N,C,H,W]` over all that lies on the same line of a cell: `[cell]`."""
        return values.mean(dim=[n for n in range(4) if n != axis]).reshape(-1, cell).mean(dim=0)

    images = images.float()
    spread = images.std().clamp(min=1e-3)
    found = [(lines(images, axis) - images.mean()) / spread for axis in (2, 3)]
    for along in (2, 3):
        steps = (images - images.roll(1, along)).abs()
        found += [lines(steps, axis) / steps.mean().clamp(min=1e-4) - 1 for axis in (2, 3)]
    return torch.stack(found).square().mean()
