"""Train a variational autoencoder as a texture generator, to hold beside the GAN: same data, decoder, card and export.

`python -m models.training.textures.vae SET.toml --data FOLDER --out FOLDER [--to FOLDER]`

The decoder *is* the GAN's generator (see `networks`); an encoder maps crops to fields of the same latents. Kingma &
Welling, "Auto-encoding variational Bayes" (ICLR 2014), with the noise of the pictures estimated as training goes
(Rybkin et al., "Simple and effective VAE training with calibrated decoders", ICML 2021). A higher weight of the
divergence makes fields drawn from N(0, 1), which is all that a strip ever has, decode more like encoded ones. Ten
minutes of one core are too little: at weights of 2, 0.5 and 0.05 every style was still its mean color.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data import Crops, Manifest
from ..precision import autocast
from ..trainer import Training, chosen, command_line, follow, set_rate, start, warming
from . import export
from .contact_sheet import to_pil
from .networks import STRIDE, Generator, Shape, he, noise

EVERY = 250


@dataclass(frozen=True)
class VaeSettings:
    """All that decides what is learned, besides the manifest. Crops and their judged middle are in px."""

    steps: int = 4_000
    crop: int = 160
    middle: int = 96
    batch: int = 6
    rate: float = 1e-3
    final_rate: float = 1e-4
    divergence: float = 0.5
    warm_up: int = 1_000
    average: float = 0.998
    seed: int = 0


class Encoder(nn.Module):
    """Crops `[N,C,H,W]` in −1…1 → means and log variances of the latents, `[N,latent,H/32,W/32]` each."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        widths = (4 * shape.channels, 32, 48, 72, 104, 144)
        self.down = nn.ModuleList(
            he(nn.Conv2d(a, b, 4, stride=2, padding=1) if number else nn.Conv2d(a, b, 3, padding=1))
            for number, (a, b) in enumerate(pairwise(widths))
        )
        self.out = he(nn.Conv2d(widths[-1], 2 * shape.latent, 1), 0.5)
        # At first the latents say much and precisely. A decoder that meets mere noise learns to do without them.
        nn.init.constant_(self.out.bias[shape.latent :], -3.0)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        x = F.pixel_unshuffle(image, 2)
        for conv in self.down:
            x = F.leaky_relu(conv(x), 0.2)
        mean, log_variance = self.out(x).float().chunk(2, dim=1)
        return mean, log_variance.clamp(-10, 4)


class VaeTraining(Training[VaeSettings]):
    """An encoder, a decoder, and the average of the decoder's weights, which is exported."""

    parts = ("encoder", "decoder", "average", "optimizer")

    def __init__(self, manifest: Manifest, root: Path, settings: VaeSettings, bf16: bool = True) -> None:
        super().__init__(settings)
        self.bf16, self.manifest = bf16, manifest
        self.shape = Shape(styles=len(manifest.styles), channels=manifest.channels)
        self.crops = Crops(manifest, root, settings.crop)
        self.encoder, self.decoder, self.average = Encoder(self.shape), Generator(self.shape), Generator(self.shape)
        for net in (self.encoder, self.decoder, self.average):
            net.to(memory_format=torch.channels_last)
        self.average.requires_grad_(False).load_state_dict(self.decoder.state_dict())
        weights = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimizer = torch.optim.Adam(weights, settings.rate, betas=(0.9, 0.99))

    def identity(self) -> dict[str, Any]:
        return {"shape": asdict(self.shape)}

    def learn(self) -> dict[str, Tensor]:
        """Return the mean squared error over the judged pixels, and the nats of divergence a latent cell."""
        s = self.settings
        set_rate(self.optimizer, s.final_rate + (s.rate - s.final_rate) * self.cosine())
        styles = torch.randint(self.shape.styles, (s.batch,), generator=self.rng)
        real, _ = self.crops.batch(styles, s.crop, self.rng)
        real = real.contiguous(memory_format=torch.channels_last)
        with autocast(enabled=self.bf16):
            mean, log_variance = self.encoder(real)
            z = mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=self.rng)
            made = self.decoder(z, self.decoder.styles(styles))
        # A crop is not a torus: only its middle, which the wrapped edges hardly reach, can come out right. The noise is
        # estimated for each crop by itself, since styles differ in contrast.
        edge = (s.crop - s.middle) // 2
        inside = slice(edge, edge + s.middle)
        errors = (made - real)[:, :, inside, inside].square().mean(dim=(1, 2, 3))
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1).mean()
        weight = s.divergence * min(1.0, self.step / s.warm_up)
        values = self.shape.channels * STRIDE**2  # of a cell
        loss = values / 2 * errors.clamp(min=1e-6).log().mean() + weight * divergence
        self.descend(self.optimizer, loss, 200.0)
        follow(self.average, self.decoder, warming(s.average, self.step))
        return {"error": errors.detach().mean(), "divergence": divergence.detach()}


@torch.no_grad()
def samples(run: VaeTraining, out: Path, cells: int = 6) -> None:
    """Write a row of what fields from N(0, 1) decode to, a picture of each style."""
    rng = torch.Generator().manual_seed(1)
    numbers = torch.arange(run.shape.styles)
    made = run.average(noise(run.shape, len(numbers), cells, cells, rng), run.average.styles(numbers))
    to_pil(torch.cat(list(made), dim=2)).save(out / f"sample-{run.step:06d}.png")


def main(arguments: list[str] | None = None) -> None:
    """Train, and export, from the command line."""
    parser = command_line(__doc__, VaeSettings)
    parser.add_argument("set", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--to", type=Path, help="afterwards, write the .onnx file into this folder")
    options = parser.parse_args(arguments)
    settings = chosen(options, VaeSettings)
    run = VaeTraining(Manifest.read(options.set), options.data, settings)
    if start(run, options, EVERY, lambda out: samples(run, out)) and options.to:
        print(f"differs from torch by at most {write(run, options.to):.2g}")


def write(run: VaeTraining, folder: Path) -> float:
    """Export the decoder as `<id>_vae.onnx`. Returns the largest difference to torch."""
    manifest = replace(run.manifest, id=f"{run.manifest.id}_vae", label=f"{run.manifest.label} (VAE)")
    described = export.card(manifest, run.average, {}, run.step, f"{run.manifest.id}.toml")
    described["training"] |= {"method": "variational autoencoder", "settings": asdict(run.settings)}
    described["training"]["command"] = (
        f"python -m models.training.textures.vae models/training/sets/{run.manifest.id}.toml"
    )
    folder.mkdir(parents=True, exist_ok=True)
    return export.export(run.average.eval(), described, folder / f"{manifest.id}.onnx")


if __name__ == "__main__":
    main()
