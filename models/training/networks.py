"""The two networks of a spatial GAN on a torus.

The generator is a function of *fields* of Gaussian noise, not of one latent vector: every convolution wraps around
(circular padding), so an image made from `h × w` cells tiles exactly, rolling the latents rolls the image, and any
size comes from the same weights. Noise enters at three strides: 32 px cells carry the layout, 8 px the shapes and
2 px the grain, so that no fine structure has to repeat with the coarse one.

After Bergmann et al., "Learning Texture Manifolds with the Periodic Spatial GAN" (ICML 2017); feature-wise
modulation after Perez et al., "FiLM" (AAAI 2018); projection discriminator after Miyato & Koyama (ICLR 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: Pixels a cell of each latent field covers, coarsest first. The graph's input names follow from it.
STRIDES = (32, 8, 2)


@dataclass(frozen=True)
class Shape:
    """How large the networks are. `latents` are the channels of the fields at `STRIDES`."""

    styles: int
    latents: tuple[int, int, int] = (32, 8, 4)
    style: int = 32
    widths: tuple[int, int, int, int, int] = (128, 96, 72, 56, 32)
    channels: int = 3


def _he(layer: nn.Conv2d, gain: float = 1.0) -> nn.Conv2d:
    """He initialisation. With PyTorch's default one these nets learn a flat image."""
    nn.init.kaiming_normal_(layer.weight, a=0.2, nonlinearity="leaky_relu")
    layer.weight.data.mul_(gain)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class Block(nn.Module):
    """Circular 3×3 convolution, modulated by the style, leaky ReLU. `[N,a,h,w]`, `[N,S]` → `[N,b,h,w]`."""

    def __init__(self, a: int, b: int, style: int) -> None:
        super().__init__()
        self.conv = _he(nn.Conv2d(a, b, 3, padding=1, padding_mode="circular"))
        self.film = nn.Linear(style, 2 * b)
        nn.init.normal_(self.film.weight, std=0.05)
        nn.init.zeros_(self.film.bias)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        gain, shift = self.film(style)[:, :, None, None].chunk(2, dim=1)
        return F.leaky_relu(self.conv(x) * (1 + gain) + shift, 0.2)


class Generator(nn.Module):
    """Noise fields and a style vector → an image that wraps.

    Inputs: `z32 [N,C0,h,w]`, `z8 [N,C1,4h,4w]`, `z2 [N,C2,16h,16w]`, all standard normal; `style [N,S]`.
    Output: `[N,channels,32h,32w]`, nominally in −1…1, not clamped.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        z32, z8, z2 = shape.latents
        a, b, c, d, e = shape.widths
        s = shape.style
        self.styles = nn.Embedding(shape.styles, s)
        self.at32 = nn.ModuleList([Block(z32, a, s), Block(a, a, s), Block(a, a, s)])
        self.at16 = nn.ModuleList([Block(a, b, s), Block(b, b, s)])
        self.at8 = nn.ModuleList([Block(b + z8, c, s), Block(c, d, s)])
        self.at4 = nn.ModuleList([Block(d, e, s), Block(e, e, s)])
        self.at2 = nn.ModuleList([Block(e + z2, 16, s)])
        for block, fine in ((self.at8[0], z8), (self.at2[0], z2)):
            # Fine noise starts faint: at full strength it drowns the layout, and only grain is learnt.
            block.conv.weight.data[:, -fine:].mul_(0.1)
        self.out = _he(nn.Conv2d(16, 4 * shape.channels, 3, padding=1, padding_mode="circular"), 0.5)

    def forward(self, z32: Tensor, z8: Tensor, z2: Tensor, style: Tensor) -> Tensor:
        x = z32
        for level, field in ((self.at32, None), (self.at16, None), (self.at8, z8), (self.at4, None), (self.at2, z2)):
            if level is not self.at32:
                x = F.interpolate(x, scale_factor=2, mode="nearest")
            if field is not None:
                x = torch.cat((x, field.to(x.dtype)), dim=1)
            for block in level:
                x = block(x, style)
        with torch.autocast(x.device.type, enabled=False):  # the picture itself keeps full precision
            return F.pixel_shuffle(self.out(x.float()), 2)


def noise(shape: Shape, batch: int, h: int, w: int, rng: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Standard normal fields for `batch` images of `32h × 32w` pixels."""
    z32, z8, z2 = (
        torch.randn(batch, channels, h * 32 // stride, w * 32 // stride, generator=rng, device=rng.device)
        for channels, stride in zip(shape.latents, STRIDES, strict=True)
    )
    return z32, z8, z2


class Discriminator(nn.Module):
    """Image crops `[N,C,H,W]` (−1…1; sides multiples of 32) and style numbers `[N]` → one logit each, `[N]`.

    Features are averaged over the crop before the head: a texture is judged by its statistics, not by where things are.
    """

    def __init__(self, shape: Shape, widths: tuple[int, ...] = (48, 72, 128, 192, 256)) -> None:
        super().__init__()
        a, b, c, d, e = widths
        self.stem = _he(nn.Conv2d(4 * shape.channels, a, 3, padding=1))
        self.down = nn.ModuleList([_he(nn.Conv2d(i, o, 4, stride=2, padding=1)) for i, o in ((a, b), (b, c), (c, d))])
        self.mix = nn.ModuleList([_he(nn.Conv2d(d, d, 3, padding=1), 0.5), _he(nn.Conv2d(d, e, 3, padding=1))])
        self.logit = nn.Linear(e, 1)
        self.project = nn.Embedding(shape.styles, e)
        nn.init.normal_(self.project.weight, std=e**-0.5)

    def forward(self, image: Tensor, style: Tensor) -> Tensor:
        x = F.leaky_relu(self.stem(F.pixel_unshuffle(image, 2)), 0.2)
        for conv in self.down:
            x = F.leaky_relu(conv(x), 0.2)
        x = x + F.leaky_relu(self.mix[0](x), 0.2)
        x = F.leaky_relu(self.mix[1](x), 0.2).float().mean(dim=(2, 3))
        with torch.autocast(image.device.type, enabled=False):
            return self.logit(x)[:, 0] + (x * self.project(style)).sum(dim=1)
