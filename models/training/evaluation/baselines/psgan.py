"""The Periodic Spatial GAN as published, on one texture: Bergmann et al., ICML 2017 (arXiv:1705.06566).

`python -m models.training.evaluation.baselines.psgan SET.toml --data DATA --out FOLDER [--styles rust sand]`

Five transposed 5×5 convolutions (512-256-128-64-3 channels, batch normalization, ReLU), a discriminator of five
strided ones, the loss of Goodfellow et al. (2014), Adam at 2e-4 with β1 = 0.5, weights from N(0, 0.02). The field has
20 local and 4 periodic channels of learned wave numbers; the paper's global channels tell several textures apart, which
one needs not. Trained for a given time, to compare at equal cost: batches are 8 crops of 128 px instead of 25 of
160 px, since otherwise a processor takes hardly any steps in that time.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...data import Crops, Manifest
from ...precision import autocast

LOCAL, PERIODIC, STRIDE = 20, 4, 32
CROP, BATCH, RATE = 128, 8, 2e-4


class Generator(nn.Module):
    """A field `[N,24,h,w]` → an image `[N,3,32h,32w]` in −1…1."""

    def __init__(self) -> None:
        super().__init__()
        widths = (LOCAL + PERIODIC, 512, 256, 128, 64, 3)
        layers: list[nn.Module] = []
        for a, b in pairwise(widths):
            layers.append(nn.ConvTranspose2d(a, b, 5, stride=2, padding=2, output_padding=1))
            layers += [nn.BatchNorm2d(b), nn.ReLU()] if b > 3 else [nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        self.waves = nn.Parameter(torch.randn(PERIODIC, 2) * 0.5)
        self.apply(_initialize)

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z)

    def field(self, batch: int, h: int, w: int, rng: torch.Generator) -> Tensor:
        """Uniform noise and traveling waves of random phase, `[N,24,h,w]`."""
        local = torch.rand(batch, LOCAL, h, w, generator=rng) * 2 - 1
        phase = torch.rand(batch, PERIODIC, 1, 1, generator=rng) * 2 * math.pi
        y, x = torch.arange(h)[:, None], torch.arange(w)
        angle = self.waves[:, 0, None, None] * y + self.waves[:, 1, None, None] * x
        return torch.cat((local, torch.sin(angle + phase)), dim=1)


class Discriminator(nn.Module):
    """Images `[N,3,H,W]` → logits `[N,1,H/32,W/32]`, one for each place."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 64, 128, 256, 512, 1)
        layers: list[nn.Module] = []
        for a, b in pairwise(widths):
            layers.append(nn.Conv2d(a, b, 5, stride=2, padding=2))
            if b > 64:
                layers.append(nn.BatchNorm2d(b))
            if b > 1:
                layers.append(nn.LeakyReLU(0.2))
        self.layers = nn.Sequential(*layers)
        self.apply(_initialize)

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(images).float()


def _initialize(layer: nn.Module) -> None:
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(layer.weight, std=0.02)
        nn.init.zeros_(layer.bias)
    elif isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(layer.weight, 1.0, 0.02)


def train(crops: Crops, number: int, seconds: float, seed: int = 0) -> tuple[Generator, int]:
    """Return a generator of style `number`, taught for so many seconds of this process's CPU time, and its steps."""
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    generator, discriminator = Generator(), Discriminator()
    optimize_g, optimize_d = (
        torch.optim.Adam(net.parameters(), RATE, betas=(0.5, 0.999), weight_decay=1e-5)
        for net in (generator, discriminator)
    )
    styles = torch.full((BATCH,), number)
    steps, end = 0, time.process_time() + seconds
    while time.process_time() < end:
        real = crops.batch(styles, CROP, rng)[0][:, :3]  # over black, where there is alpha
        with autocast():
            fake = generator(generator.field(BATCH, CROP // STRIDE, CROP // STRIDE, rng))
            on_real, on_fake = discriminator(real), discriminator(fake.detach().float())
        loss_d = F.softplus(-on_real).mean() + F.softplus(on_fake).mean()
        optimize_d.zero_grad(set_to_none=True)
        loss_d.backward()
        optimize_d.step()
        with autocast():
            loss_g = F.softplus(-discriminator(fake)).mean()
        optimize_g.zero_grad(set_to_none=True)
        loss_g.backward()
        optimize_g.step()
        steps += 1
    return generator.eval(), steps


@torch.no_grad()
def picture(generator: Generator, side: int, seed: int) -> Tensor:
    """Return a picture `[3,side,side]` in −1…1, cut from a larger one: the net's zero padding shows at the edges."""
    cells = -(-side // STRIDE) + 4
    image = generator(generator.field(1, cells, cells, torch.Generator().manual_seed(seed)))[0]
    return image[:, 2 * STRIDE : 2 * STRIDE + side, 2 * STRIDE : 2 * STRIDE + side].clone()


def load(path: Path) -> tuple[Generator, list[str]]:
    """Return a trained generator, and the files that it was taught from."""
    state = torch.load(path, weights_only=True)
    generator = Generator()
    generator.load_state_dict(state["generator"])
    return generator.eval(), state["sources"]


def main(arguments: list[str] | None = None) -> None:
    """Train one generator a style; those that are there already are left alone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the folder for <set>/<style>.pt")
    parser.add_argument("--seconds", type=float, required=True, help="CPU time for each style")
    parser.add_argument("--styles", nargs="*", help="names of styles; all by default")
    options = parser.parse_args(arguments)
    manifest = Manifest.read(options.set)
    names = [style.name for style in manifest.styles]
    crops = Crops(manifest, options.data, CROP)
    out = options.out / manifest.id
    out.mkdir(parents=True, exist_ok=True)
    for name in options.styles or names:
        path = out / f"{name}.pt"
        if path.exists():
            continue
        generator, steps = train(crops, names.index(name), options.seconds)
        sources = [source.file for source in manifest.styles[names.index(name)].sources]
        state = {"generator": generator.state_dict(), "sources": sources, "steps": steps, "seconds": options.seconds}
        torch.save(state, path.with_suffix(".tmp"))
        os.replace(path.with_suffix(".tmp"), path)
        print(f"{name}: {steps} steps in {options.seconds:g} s", flush=True)


if __name__ == "__main__":
    main()
