"""A generator that begins with a Gaussian texture of each style and learns what that lacks: edges, cracks, objects.

The noise goes through the kernels of `texton` first. What comes out has the photograph's colors, histogram, grain and
correlations already, and no form. A small network at one pixel in 4, 8 and 16 adds a correction, which is nothing
before it is trained: so a style is never worse than the statistical model by much, moves as calmly, and layout, which
costs a GAN most of its time, need not be learned. Everything wraps around.

After Bergmann et al., "Learning Texture Manifolds with the Periodic Spatial GAN" (ICML 2017), where the noise is white;
residual correction of a classical method's answer after Kim et al., "Accurate image super-resolution using very deep
convolutional networks" (CVPR 2016); modulation after Perez et al., "FiLM" (AAAI 2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..textures.networks import he
from .texton import LIMIT, QUANTILES, RADII, Array, Texton, enlargement

#: Channels of the network at one pixel in 4, 8 and 16.
WIDTHS = (32, 64, 96)


def packed(channels: int) -> tuple[int, int, int]:
    """White noise for a cell of 32 px: how many values on a grid of 16 px, of 4 px and of 1 px."""
    return 4 * channels, 64 * channels, 1024


def textons(weights: Mapping[str, Tensor]) -> list[Texton]:
    """Return the Gaussian textures of a `RefinedGenerator`, from its state."""
    kept = [weights[f"gaussian.{name}"].double().cpu().numpy() for name in ("grain", "middle", "coarse", "quantiles")]
    channels = kept[-1].shape[1]

    def whole(kernels: Array, ins: int, radius: int) -> Array:
        return kernels.reshape(channels, ins, 2 * radius + 1, 2 * radius + 1)

    grain, middle, coarse, quantiles = kept
    fine, middling, large = RADII
    return [
        Texton(
            whole(grain[n], 1, fine), whole(middle[n], channels, middling), whole(coarse[n], channels, large),
            quantiles[n],
        )
        for n in range(len(quantiles))
    ]  # fmt: skip


class Gaussian(nn.Module):
    """Noise `z`, `packed [N,·,h,w]`, and a style `[N,K]` that picks the kernels → `[N,16C,8h,8w]` in −1…1.

    Each pixel in 4 × 4 is a channel, color by color. It draws what the graph of `texton_graph` draws; only one style
    at a time may be asked for, so `style` holds one 1 a row.
    """

    def __init__(self, textons: list[Texton]) -> None:
        super().__init__()
        for name in ("grain", "middle", "coarse", "quantiles"):
            values = np.stack([getattr(texton, name) for texton in textons]).astype(np.float32)
            self.register_buffer(name, torch.from_numpy(values).flatten(2))  # [K,C,·]
        line = torch.from_numpy(enlargement().astype(np.float32))
        self.register_buffer("spline", line[:, None] * line)

    @torch.no_grad()
    def forward(self, z: Tensor, style: Tensor) -> Tensor:
        numbers = style.argmax(dim=1).tolist()
        with torch.autocast(z.device.type, enabled=False):
            return torch.cat([self._one(z[n : n + 1].float(), number) for n, number in enumerate(numbers)])

    def _one(self, z: Tensor, number: int) -> Tensor:
        channels = self.quantiles.shape[1]
        coarse, middle, grain = z.split(packed(channels), dim=1)
        coarse, middle, grain = (F.pixel_shuffle(x, s) for x, s in ((coarse, 2), (middle, 8), (grain, 32)))
        grain, middle, coarse = (
            _around(noise, kernels[number].view(channels, noise.shape[1], 2 * radius + 1, 2 * radius + 1))
            for noise, kernels, radius in zip(
                (grain, middle, coarse), (self.grain, self.middle, self.coarse), RADII, strict=True
            )
        )
        field = grain + self._enlarged(middle + self._enlarged(coarse))
        return F.pixel_unshuffle(self._colored(field[0], number)[None] * 2 - 1, 4)

    def _enlarged(self, x: Tensor) -> Tensor:
        """Fourfold, by cubic B-splines."""
        count = x.shape[1]
        spread = x.new_zeros(1, count, x.shape[2] * 4, x.shape[3] * 4)
        spread[:, :, ::4, ::4] = x
        return _around(spread, self.spline.expand(count, 1, *self.spline.shape), groups=count)

    def _colored(self, field: Tensor, number: int) -> Tensor:
        """Return standard normal `[C,H,W]` → the photograph's histogram, 0…1."""
        place = ((field + LIMIT) * ((QUANTILES - 1) / (2 * LIMIT))).clamp(0, QUANTILES - 1.01)
        below = place.floor()
        table = self.quantiles[number]
        low, high = (
            torch.stack([row[index] for row, index in zip(table, below.long() + k, strict=True)]) for k in (0, 1)
        )
        return low + (high - low) * (place - below)


def _around(x: Tensor, kernel: Tensor, groups: int = 1) -> Tensor:
    """Convolution (not correlation) of a torus `x [1,C,h,w]` with a `kernel [O,C,k,k]`; any k, odd."""
    radius = kernel.shape[-1] // 2
    rows, columns = (torch.arange(-radius, side + radius) % side for side in x.shape[2:])
    return F.conv2d(x[:, :, rows][..., columns], kernel.flip(2, 3), groups=groups)


class Modulated(nn.Module):
    """Convolution, modulated by the style, leaky ReLU. `[N,a,h,w]`, `[N,K]` → `[N,b,h,w]`.

    It sees 3×3 places, wrapping around; or, where it `halves` the sides, the 2×2 that become one.
    """

    def __init__(self, a: int, b: int, styles: int, halves: bool = False) -> None:
        super().__init__()
        convolution = nn.Conv2d(a, b, 2, stride=2) if halves else nn.Conv2d(a, b, 3, padding=1, padding_mode="circular")
        self.conv = he(convolution)
        self.film = nn.Linear(styles, 2 * b, bias=False)
        nn.init.normal_(self.film.weight, std=0.1)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        gain, shift = self.film(style)[:, :, None, None].chunk(2, dim=1)
        return F.leaky_relu(self.conv(x) * (1 + gain) + shift, 0.2)


class Refiner(nn.Module):
    """What is learned: a Gaussian texture, `[N,16C,8h,8w]` in −1…1, and a style `[N,K]` → the texture, shaped alike.

    `widths` are the channels at one pixel in 4, 8 and 16.
    """

    def __init__(self, styles: int, channels: int = 3, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        fine, middling, wide = widths
        self.enter = Modulated(16 * channels, middling, styles, halves=True)
        self.before = Modulated(middling, middling, styles)
        self.down = Modulated(middling, wide, styles, halves=True)
        self.wide = nn.ModuleList([Modulated(wide, wide, styles) for _ in range(3)])
        self.up = he(nn.Conv2d(wide, 4 * middling, 1))
        self.after = Modulated(middling, middling, styles)
        self.leave = he(nn.Conv2d(middling, 4 * fine, 1))
        self.keep = he(nn.Conv2d(16 * channels, fine, 1))
        self.fine = Modulated(fine, fine, styles)
        self.out = nn.Conv2d(fine, 16 * channels, 3, padding=1, padding_mode="circular")
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, gaussian: Tensor, style: Tensor) -> Tensor:
        x = self.before(self.enter(gaussian, style), style)  # one pixel in 8
        wide = self.down(x, style)  # 16
        for block in self.wide:
            wide = wide + block(wide, style)
        x = x + F.pixel_shuffle(self.up(wide), 2)  # 8
        x = x + self.after(x, style)
        fine = F.pixel_shuffle(self.leave(x), 2) + self.keep(gaussian)  # 4
        return gaussian + self.out(self.fine(fine, style))


class RefinedGenerator(nn.Module):
    """Stands where `networks.Generator` does: packed noise and a style's vector → an image `[N,C,32h,32w]`.

    A style's vector has a 1 in its own place. Behind the places of the styles there may be `extra` ones, 0 in every
    style, that change what is drawn (see `steering`).
    """

    def __init__(self, textons: list[Texton], widths: Sequence[int] = WIDTHS, extra: int = 0) -> None:
        super().__init__()
        self.channels = len(textons[0].quantiles)
        self.gaussian = Gaussian(textons)
        self.refiner = Refiner(len(textons) + extra, self.channels, widths)
        vectors = torch.eye(len(textons), len(textons) + extra)
        self.styles = nn.Embedding.from_pretrained(vectors, freeze=True)

    def forward(self, z: Tensor, style: Tensor, waves: Tensor | None = None) -> Tensor:
        assert waves is None, "courses are not for Gaussian textures"
        x = self.refiner(self.gaussian(z, style[:, : len(self.styles.weight)]), style)
        with torch.autocast(x.device.type, enabled=False):
            return F.pixel_shuffle(x.float(), 4)
