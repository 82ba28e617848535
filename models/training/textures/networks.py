"""The two networks of a spatial GAN on a torus.

The generator is a function of a *field* of Gaussian noise, not of one latent vector: every convolution wraps around
(circular padding), so an image made from `h × w` cells tiles exactly, rolling the latents rolls the image, and any
size comes from the same weights. Noise enters at the coarsest level alone. (Finer fields beside it were tried: they are
a short cut that training takes, to grain without layout.) Levels are enlarged by repeating pixels: bilinear ones starve
the grain. Against the lattice that this leaves in the picture there is a loss: see `losses.unevenness`.

After Bergmann et al., "Learning Texture Manifolds with the Periodic Spatial GAN" (ICML 2017); feature-wise
modulation after Perez et al., "FiLM" (AAAI 2018); projection discriminator after Miyato & Koyama (ICLR 2018).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: Pixels that a cell of the latent field covers.
STRIDE = 32
#: Channels of the discriminator's layers, unless a set says otherwise.
JUDGE = (48, 72, 128, 192, 256)


@dataclass(frozen=True)
class Shape:
    """How large the networks are: channels of the latent field, the style vector, each level, and the picture.

    `waves` says that the generator is told where in a style's courses each cell lies; `moving`, that the discriminator
    sees how a picture changes, too.
    """

    styles: int
    latent: int = 48
    style: int = 32
    widths: tuple[int, ...] = (144, 104, 72, 48, 28)
    channels: int = 3
    waves: bool = False
    moving: bool = False


def he(layer: nn.Conv2d, gain: float = 1.0) -> nn.Conv2d:
    """He initialization. With PyTorch's default one these nets learn a flat image."""
    nn.init.kaiming_normal_(layer.weight, a=0.2, nonlinearity="leaky_relu")
    layer.weight.data.mul_(gain)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class Block(nn.Module):
    """Circular 3×3 convolution, modulated by the style, leaky ReLU. `[N,a,h,w]`, `[N,S]` → `[N,b,h,w]`."""

    def __init__(self, a: int, b: int, style: int) -> None:
        super().__init__()
        self.conv = he(nn.Conv2d(a, b, 3, padding=1, padding_mode="circular"))
        self.film = nn.Linear(style, 2 * b)
        nn.init.normal_(self.film.weight, std=0.05)
        nn.init.zeros_(self.film.bias)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        gain, shift = self.film(style)[:, :, None, None].chunk(2, dim=1)
        return F.leaky_relu(self.conv(x) * (1 + gain) + shift, 0.2)


class Generator(nn.Module):
    """A noise field and a style vector → an image that wraps.

    Inputs: `z [N,latent,h,w]`, standard normal; `style [N,S]`; with `shape.waves` also `waves [N,4,h,w]`, see `waves`.
    Output: `[N,channels,32h,32w]`, nominally in −1…1, not clamped.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        a, b, c, d, e = shape.widths
        s = shape.style
        self.styles = nn.Embedding(shape.styles, s)
        self.levels = nn.ModuleList(
            nn.ModuleList(blocks)
            for blocks in (
                [Block(shape.latent + 4 * shape.waves, a, s), Block(a, a, s), Block(a, a, s)],  # one pixel in 32
                [Block(a, b, s), Block(b, b, s)],  # 16
                [Block(b, c, s), Block(c, d, s)],  # 8
                [Block(d, e, s), Block(e, e, s)],  # 4
                [Block(e, 16, s)],  # 2
            )
        )
        self.out = he(nn.Conv2d(16, 4 * shape.channels, 3, padding=1, padding_mode="circular"), 0.5)
        # The four pixels of a shuffled block start equal, or a checkerboard has to be unlearned (Aitken et al., 2017).
        self.out.weight.data = self.out.weight.data[::4].repeat_interleave(4, dim=0)

    def forward(self, z: Tensor, style: Tensor, waves: Tensor | None = None) -> Tensor:
        x = z if waves is None else torch.cat((z, waves), dim=1)
        for number, level in enumerate(self.levels):
            if number:
                x = F.interpolate(x, scale_factor=2.0, mode="nearest")
            for block in level:
                x = block(x, style)
        with torch.autocast(x.device.type, enabled=False):  # the picture itself keeps full precision
            return F.pixel_shuffle(self.out(x.float()), 2)


def noise(shape: Shape, batch: int, h: int, w: int, rng: torch.Generator) -> Tensor:
    """Return a standard normal field `[N,latent,h,w]`, for `batch` images of `32h × 32w` pixels."""
    return torch.randn(batch, shape.latent, h, w, generator=rng, device=rng.device)


def waves(repeats: Sequence[tuple[int, int]], h: int, w: int) -> Tensor:
    """Where in its courses each cell lies: `[N,4,h,w]`, sine and cosine down and across, once a repeat of cells.

    The periodic channels of PSGAN, with their periods fixed to whole cells, so that any number of repeats tiles.
    """
    fields = []
    for down, across in repeats:
        y = 2 * math.pi * (torch.arange(h) % down) / down
        x = 2 * math.pi * (torch.arange(w) % across) / across
        fields.append(torch.stack([f(v) for v in torch.meshgrid(y, x, indexing="ij") for f in (torch.sin, torch.cos)]))
    return torch.stack(fields)


class Discriminator(nn.Module):
    """Image crops `[N,C,H,W]` (−1…1; sides multiples of 32) and style numbers `[N]` → one logit each, `[N]`.

    With `shape.moving` the crops have `2C` channels: the picture, and how it changes until some frames later.
    Features are averaged over the crop before the head: a texture is judged by its statistics, not by where things are.
    """

    def __init__(self, shape: Shape, widths: tuple[int, ...] = JUDGE) -> None:
        super().__init__()
        a, b, c, d, e = widths
        self.stem = he(nn.Conv2d(4 * shape.channels * (1 + shape.moving), a, 3, padding=1))
        self.down = nn.ModuleList([he(nn.Conv2d(i, o, 4, stride=2, padding=1)) for i, o in ((a, b), (b, c), (c, d))])
        self.mix = nn.ModuleList([he(nn.Conv2d(d, d, 3, padding=1), 0.5), he(nn.Conv2d(d, e, 3, padding=1))])
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
