"""The text-effect network: a surface from a texture generator, and a U-Net that dresses letters in it.

The surface alone knows no letters; the U-Net sees them (coverage, distances, noise) and says how far the effect leaves
them, how the surface is lit, and what glows. Alpha is the letters' own coverage plus what the effect adds or takes
away, times its strength: at strength 0 it is the letters, to the last bit. U-Net after Ronneberger et al. (MICCAI
2015), at half resolution by space-to-depth; modulation after Perez et al., "FiLM" (AAAI 2018).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: Channels of the fields: coverage, two distances, six of noise.
FIELDS = 9
WIDTHS = (24, 40, 56)
STYLE = 24


def _conv(a: int, b: int, dilation: int = 1, stride: int = 1, gain: float = 1.0) -> nn.Conv2d:
    layer = nn.Conv2d(a, b, 3, stride, dilation, dilation)
    nn.init.kaiming_normal_(layer.weight, a=0.2, nonlinearity="leaky_relu")
    layer.weight.data.mul_(gain)
    nn.init.zeros_(layer.bias)
    return layer


class Block(nn.Module):
    """3×3 convolution, modulated by the style, leaky ReLU. `[N,a,h,w]`, `[N,S]` → `[N,b,h/stride,w/stride]`."""

    def __init__(self, a: int, b: int, dilation: int = 1, stride: int = 1) -> None:
        super().__init__()
        self.conv = _conv(a, b, dilation, stride)
        self.film = nn.Linear(STYLE, 2 * b)
        nn.init.normal_(self.film.weight, std=0.1)
        nn.init.zeros_(self.film.bias)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        gain, shift = self.film(style)[:, :, None, None].chunk(2, dim=1)
        return F.leaky_relu(self.conv(x) * (1 + gain) + shift, 0.2)


class Dresser(nn.Module):
    """Fields and surface → `[N,7,H,W]`: what alpha gains or loses, the surface's gain (3), and light (3).

    Inputs: `fields [N,9,H,W]`, `surface [N,3,H,W]` in 0…1, `style [N,24]`. Sides are multiples of 8.
    """

    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDTHS
        self.enter, self.first = Block(4 * (FIELDS + 3), a), Block(a, a)
        self.down1, self.second = Block(a, b, stride=2), Block(b, b)
        self.down2 = Block(b, c, stride=2)
        self.middle = nn.ModuleList(Block(c, c, dilation) for dilation in (1, 2, 4))
        self.up1, self.third = Block(c, b), Block(b, b)
        self.up2, self.fourth = Block(b, a), Block(a, a)
        self.out = _conv(a, 4 * 7, gain=0.3)

    def forward(self, fields: Tensor, surface: Tensor, style: Tensor) -> Tensor:
        x = F.pixel_unshuffle(torch.cat((fields, surface), dim=1), 2)
        half = self.first(self.enter(x, style), style)
        quarter = self.second(self.down1(half, style), style)
        x = self.down2(quarter, style)
        for block in self.middle:
            x = x + block(x, style)
        x = self.third(self.up1(_twice(x), style) + quarter, style)
        x = self.fourth(self.up2(_twice(x), style) + half, style)
        with torch.autocast(x.device.type, enabled=False):
            return F.pixel_shuffle(self.out(x.float()), 2)


def _twice(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def compose(mask: Tensor, surface: Tensor, dress: Tensor, strength: Tensor | float) -> Tensor:
    """Premultiplied `[N,4,H,W]` in 0…1: `mask [N,1,H,W]` dressed. `strength` ≥ 0 scales what leaves the letters."""
    more, gain, light = dress.split((1, 3, 3), dim=1)
    alpha = (mask + strength * more).clamp(0, 1)
    color = (surface * (1 + gain) + light).clamp(0, 1)
    return torch.cat((alpha * color, alpha), dim=1)


class Dressing(nn.Module):
    """What is exported: `surface [1,3,H,W]`, `fields [1,9,H,W]`, `style [1,24]`, `strength [1,1]` → `[1,4,H,W]`."""

    def __init__(self, dresser: Dresser) -> None:
        super().__init__()
        self.dresser = dresser

    def forward(self, surface: Tensor, fields: Tensor, style: Tensor, strength: Tensor) -> Tensor:
        dress = self.dresser(fields, surface, style)
        return compose(fields[:, :1], surface, dress, strength[:, :, None, None])
