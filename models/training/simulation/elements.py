"""Fire, smoke, water and plasma: each a function that yields frames `[4,256,256]`, premultiplied RGBA in 0…1.

A frame is a 25th of a second. Fluids are computed at twice the size and in half steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from .fluid import Fluid, Wandering, sample, smooth_noise

SIDE = 256
FINE = 2 * SIDE


def fire(frames: int, seed: int) -> Iterator[Tensor]:
    """Flames that rise 4 px a frame, and tear themselves apart."""
    rng = torch.Generator().manual_seed(seed)
    fluid, heat = Fluid(FINE, 0.12), torch.zeros(1, FINE, FINE)
    fuel, sparks = Wandering(FINE, 34, 0.04, rng), Wandering(FINE, 12, 0.12, rng)
    for step in range(2 * (60 + frames)):
        heat = fluid.carry(heat).clamp(0, 1.5) * 0.972 - 0.008
        heat = (heat + 0.11 * F.relu(fuel.at(step) + 0.5 * sparks.at(step) - 1)).clamp(0, 1.5)
        fluid.step(_buoyancy(heat, 0.75) + 0.05 * _gusts(20, rng), 0.015, (-4.0, 0.0))
        if step >= 120 and step % 2:
            yield glow(_halved(heat)[0])


def glow(heat: Tensor) -> Tensor:
    """Heat `[N,N]` (0…1.5) → light: dark red, orange, yellow, nearly white. Alpha is the strongest channel."""
    heat = heat * 0.9
    red = (heat * 3.0).clamp(0, 1) ** 1.3
    green = 0.95 * ((heat - 0.15) * 1.7).clamp(0, 1) ** 1.4
    blue = 0.85 * ((heat - 0.6) * 1.4).clamp(0, 1) ** 1.8
    return torch.stack((red, green, blue, torch.maximum(red, green)))


def smoke(frames: int, seed: int) -> Iterator[Tensor]:
    """Smoke that rises 2 px a frame, lit from the upper left."""
    rng = torch.Generator().manual_seed(seed)
    fluid, density = Fluid(FINE, 0.08), torch.zeros(1, FINE, FINE)
    source = Wandering(FINE, 44, 0.015, rng)
    for step in range(2 * (70 + frames)):
        density = fluid.carry(density).clamp(0, 2) * 0.988
        grain = 1 + 0.6 * smooth_noise(FINE, 8, rng)
        density = (density + 0.05 * F.relu(source.at(step) - 0.9) * grain).clamp(0, 2)
        fluid.step(_buoyancy(density, 0.14) + 0.04 * _gusts(24, rng), 0.01, (-2.0, 0.0))
        if step >= 140 and step % 2:
            yield lit(_blurred(_halved(density))[0])


def lit(density: Tensor) -> Tensor:
    """Density `[N,N]` → gray with its own shadow, opaque where it is thick."""
    shadow = torch.zeros_like(density)
    for distance in range(1, 14):
        shadow += density.roll((2 * distance, 2 * distance), (0, 1)) * 0.86**distance
    alpha = 1 - torch.exp(-1.8 * density)
    gray = (0.30 + 0.66 * torch.exp(-0.5 * shadow)) * alpha
    return torch.stack((gray * 0.98, gray, (gray * 1.02).clamp(max=1), alpha))


def water(frames: int, seed: int) -> Iterator[Tensor]:
    """Caustics on the floor of a pool: light refracted by waves that obey the dispersion of deep water."""
    rng = torch.Generator().manual_seed(seed)
    k = torch.fft.fftfreq(FINE) * FINE
    ky, kx = torch.meshgrid(k, k, indexing="ij")
    size = (kx.square() + ky.square()).sqrt()
    amplitude = torch.exp(-(((size - 5) / 3) ** 2)) + 0.12 * torch.exp(-(((size - 12) / 6) ** 2))
    amplitude[0, 0] = 0
    start = torch.complex(*torch.randn(2, FINE, FINE, generator=rng)) * amplitude
    for frame in range(frames):
        waves = start * torch.exp(0.13j * size.sqrt() * frame)
        slope = torch.stack([torch.fft.ifft2(waves * 1j * axis).real for axis in (ky, kx)])
        light = _halved(_refracted(slope / slope.std() * 17)[None])[0] * 0.6
        deep = torch.tensor([0.02, 0.28, 0.40])[:, None, None] * (0.55 + 0.45 * light)
        bright = torch.tensor([0.50, 0.72, 0.70])[:, None, None] * F.relu(light - 0.32) * 0.75
        yield torch.cat(((deep + bright).clamp(0, 1), torch.ones(1, SIDE, SIDE)))


def plasma(frames: int, seed: int) -> Iterator[Tensor]:
    """Threads of light where warped noise crosses zero, blue in their glow and white in their core."""
    rng = torch.Generator().manual_seed(seed)
    warps = [[Wandering(SIDE, scale, rate, rng) for _ in range(2)] for scale, rate in ((26, 0.05), (9, 0.11))]
    threads = [Wandering(SIDE, scale, rate, rng) for scale, rate in ((30, 0.045), (20, 0.06))]
    for frame in range(frames):
        field = torch.stack([thread.at(frame) for thread in threads])
        for pair, reach in zip(warps, (11.0, 4.0), strict=True):
            field = sample(field, reach * torch.stack([warp.at(frame) for warp in pair]))
        # Where noise is steep a thread would be thinner than a pixel, and break into dots.
        slope = sum((field.roll(1, axis) - field.roll(-1, axis)).square() for axis in (1, 2)).sqrt() / 2
        distance = field.abs() / (1 + 15 * slope)
        core = (0.022 / (distance + 0.022)).square().sum(dim=0)
        halo = (0.10 / (distance + 0.10)).square().sum(dim=0)
        light = torch.stack((0.30 * halo + core, 0.34 * halo**1.2 + core, 0.95 * halo**0.8 + core)) - 0.03
        light = (1.15 * light).clamp(0, 1)
        yield torch.cat((light, light.amax(dim=0, keepdim=True)))


def _buoyancy(field: Tensor, strength: float) -> Tensor:
    return torch.cat(((field.mean() - field) * strength, torch.zeros_like(field)))


def _gusts(scale: float, rng: torch.Generator) -> Tensor:
    return torch.stack((smooth_noise(FINE, scale, rng), smooth_noise(FINE, scale, rng)))


def _halved(field: Tensor) -> Tensor:
    return F.avg_pool2d(field[None], 2)[0]


def _blurred(field: Tensor) -> Tensor:
    return F.avg_pool2d(F.pad(field[None], (1, 1, 1, 1), mode="circular"), 3, stride=1)[0]


def _refracted(shift: Tensor) -> Tensor:
    """Light `[N,N]` on the floor when each ray of an even grid, four a pixel, lands `shift [2,N,N]` px away."""
    side = shift.shape[-1]
    floor = torch.zeros(side * side)
    places = torch.stack(torch.meshgrid(*[torch.arange(side) * 1.0] * 2, indexing="ij"))
    for y, x in ((0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.5, 0.5)):
        offset = torch.tensor([y, x])[:, None, None].expand(2, side, side)
        landing = places + offset + sample(shift, offset)
        corner, part = landing.floor(), landing - landing.floor()
        for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
            weight = (part[0] if dy else 1 - part[0]) * (part[1] if dx else 1 - part[1])
            index = ((corner[0] + dy) % side).long() * side + ((corner[1] + dx) % side).long()
            floor.index_add_(0, index.flatten(), weight.flatten() / 4)
    return floor.view(side, side)


ELEMENTS = {"fire": fire, "smoke": smoke, "water": water, "plasma": plasma}
