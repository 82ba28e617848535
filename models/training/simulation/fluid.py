"""An incompressible fluid on a torus.

Semi-Lagrangian advection (Stam, "Stable fluids", SIGGRAPH 1999), a spectral projection, and vorticity confinement
(Fedkiw, Stam & Jensen, "Visual simulation of smoke", SIGGRAPH 2001), which gives back the whirls that advection blurs.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

#: How far, in px, a field may be carried in one step.
REACH = 24


class Fluid:
    """Velocity `[2,N,N]` (downwards, to the right; px a step) of a square that wraps."""

    def __init__(self, side: int, confinement: float) -> None:
        self.confinement = confinement
        self.velocity = torch.zeros(2, side, side)
        k = torch.fft.fftfreq(side) * 2 * math.pi
        self._k = torch.stack(torch.meshgrid(k, k, indexing="ij"))
        self._k2 = self._k.square().sum(dim=0).clamp(min=1e-12)

    def step(self, force: Tensor, drag: float, wind: tuple[float, float]) -> None:
        """Advance by one step under `force [2,N,N]`. `wind` is the mean velocity; `drag` slows what differs from it."""
        velocity = self.carry(self.velocity) + force + self._confine()
        spectrum = torch.fft.fft2(velocity)
        along = (spectrum * self._k).sum(dim=0) / self._k2
        velocity = torch.fft.ifft2(spectrum - along * self._k).real
        mean = torch.tensor(wind)[:, None, None]
        self.velocity = (velocity - velocity.mean(dim=(1, 2), keepdim=True)) * (1 - drag) + mean

    def carry(self, field: Tensor) -> Tensor:
        """`field [C,N,N]` one step later: each place takes the value that was upstream."""
        return sample(field, -self.velocity)

    def _confine(self) -> Tensor:
        curl = _slope(self.velocity[1], 0) - _slope(self.velocity[0], 1)
        towards = torch.stack((_slope(curl.abs(), 0), _slope(curl.abs(), 1)))
        towards = towards / (towards.norm(dim=0) + 1e-5)
        return self.confinement * torch.stack((-towards[1] * curl, towards[0] * curl))


def sample(field: Tensor, offset: Tensor) -> Tensor:
    """`field [C,N,N]`, which wraps, read `offset [2,N,N]` px (at most `REACH`) away from each place; bicubic."""
    side, margin = field.shape[-1], REACH + 3
    index = torch.arange(side, dtype=field.dtype) + margin
    at = torch.stack(torch.meshgrid(index, index, indexing="ij")) + offset.clamp(-REACH, REACH)
    grid = (at * 2 + 1) / (side + 2 * margin) - 1
    padded = F.pad(field[None], (margin,) * 4, mode="circular")
    return F.grid_sample(padded, grid.flip(0).permute(1, 2, 0)[None], mode="bicubic", align_corners=False)[0]


def _slope(field: Tensor, axis: int) -> Tensor:
    return (field.roll(-1, axis) - field.roll(1, axis)) / 2


def smooth_noise(side: int, scale: float, rng: torch.Generator) -> Tensor:
    """Gaussian noise `[N,N]` that wraps, of unit variance, its features about `scale` px."""
    k = torch.fft.fftfreq(side)
    window = torch.exp(-(k[:, None] ** 2 + k[None] ** 2) * (math.pi * scale) ** 2)
    field = torch.fft.ifft2(torch.fft.fft2(torch.randn(side, side, generator=rng)) * window).real
    return field / field.std()


class Wandering:
    """Smooth noise that changes slowly: a circle through two fields, `rate` radians a step."""

    def __init__(self, side: int, scale: float, rate: float, rng: torch.Generator) -> None:
        self.a, self.b, self.rate = smooth_noise(side, scale, rng), smooth_noise(side, scale, rng), rate

    def at(self, step: int) -> Tensor:
        """Return the field `[N,N]` at a step."""
        return self.a * math.cos(step * self.rate) + self.b * math.sin(step * self.rate)
