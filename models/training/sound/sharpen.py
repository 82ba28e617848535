"""Sharpen a trained sound generator: its decoder learns on against a discriminator, as in a VAE/GAN.

`python -m models.training.sound.sharpen DATA.npz SET.toml --run FOLDER --out FOLDER2`

After Larsen et al., "Autoencoding beyond pixels using a learned similarity metric" (ICML 2016), with two differences:
the encoder stays as it is, so that sounds can be drawn from the first step on as strips draw them (`export.Exported`),
and the discriminator sees what would be *heard* of those, with the variation that is drawn and the noise that is made
(`Ear`): of a decoder's mean it would learn no more than that it is smooth. The loss is the pairing loss of `losses`.

Only sounds that go on are judged. What happens once has cells that are shorter than the windows which it is heard in;
judged without these its attacks became worse. Meanwhile all classes are still encoded and decoded.
"""

from __future__ import annotations

import argparse
import copy
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from ...sound.bands import BANDS, CELLS, FLOOR, even_edges
from ...sound.shape import COMMON
from ..textures.losses import gradient_penalty, pairing
from ..textures.run import TrainingError
from .analysis import RATE, Spectra
from .clips import Manifest
from .dataset import Batches, Dataset, change
from .export import Exported
from .latents import PLACES, statistics
from .networks import LATENT, Decoder, Encoder
from .train import envelope, losses

#: Descriptions of white noise that are kept to choose from.
NOISES = 48
#: Steps from one penalty to the next: they cost more than all else.
LAZY = 4


@dataclass(frozen=True)
class Sharper:
    """All that decides what is learnt, besides the data and the run that is gone on from."""

    steps: int = 500
    batch: int = 16
    rate: float = 3e-4
    judge_rate: float = 6e-4
    weight: float = 0.5
    penalty: float = 1.0
    average: float = 0.99
    seed: int = 1


class Judge(nn.Module):
    """Levels and tonality `[N, 2, 64, 96]` and classes `[N, K]` → logits `[N]`: is it a clip of that class?"""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(2 * BANDS, 96, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv1d(96, 96, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv1d(96, 64, 4, 2, 1), nn.LeakyReLU(0.2), nn.Flatten(),
            nn.Linear(64 * CELLS // 8, 128), nn.LeakyReLU(0.2),
        )  # fmt: skip
        self.real = nn.Linear(128, 1)
        self.project = nn.Linear(classes, 128, bias=False)

    def forward(self, seen: Tensor, classes: Tensor) -> Tensor:
        level, tonality = seen.split(1, 1)
        features = self.layers(torch.cat((level / -FLOOR * 2 + 1, tonality), 1).flatten(1, 2))
        out: Tensor = self.real(features)[:, 0] + (features * self.project(classes)).sum(1) / 128**0.5
        return out


class Ear:
    """What is heard of a grid of what goes on: made into noise and described again, but as a sum with a gradient.

    The variation of cells is heard as it is drawn. In what is made it is about half of that, as windows are longer than
    cells, so that the decoder is led to vary less.
    """

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator
        white = Spectra(np.random.default_rng(0).standard_normal(RATE * 30))
        kept = np.stack([white.describe(even_edges() + 0.1 + 0.6 * n)[:2] for n in range(NOISES)])
        self.white = torch.from_numpy(kept)  # [NOISES, 2, 64, 96]
        self.white[:, 0] -= self.white[:, 0].mean((0, 2), keepdim=True)[0]

    def __call__(self, grids: Tensor) -> Tensor:
        """`[N, 4, 64, 96]` → levels and tonality `[N, 2, 64, 96]`, both as analysis would find them."""
        level, partial, _, spread = grids.unbind(1)
        chosen = torch.randint(NOISES, (len(grids),), generator=self.generator)
        noise, tonal = self.white[chosen].unbind(1)
        level = level + spread * self._variation(len(grids), level.shape[2]) + noise * (1 - partial)
        level = level - 3 * torch.relu(FLOOR + 15 - level)  # as `noise.silent`
        level = (level - level.amax((1, 2), keepdim=True)).clamp(min=FLOOR)
        return torch.stack((level, torch.maximum(partial, tonal)), 1)

    def _variation(self, count: int, cells: int) -> Tensor:
        """As in `shape`: part of it common to all bands, the rest alike in neighbouring ones."""
        common = torch.randn(count, 1, cells, generator=self.generator)
        own = torch.randn(count, BANDS + 8, cells, generator=self.generator).unfold(1, 9, 1).sum(3) / 3
        return COMMON**0.5 * common + (1 - COMMON) ** 0.5 * own


class Sharpening:
    """A trained encoder and decoder, a discriminator, and one step of their training."""

    def __init__(self, run: Path, data: Dataset, sustained: list[bool], settings: Sharper) -> None:
        torch.manual_seed(settings.seed)
        state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
        self.settings, self.count = settings, len(sustained)
        self.encoder, self.decoder = Encoder(self.count).eval(), Decoder(self.count)
        self.encoder.load_state_dict(state["encoder"])
        self.decoder.load_state_dict(state["decoder"])
        self.average, self.judge, self.began = copy.deepcopy(self.decoder), Judge(self.count), state["step"]
        self.drawn = Exported(self.decoder, statistics(self.encoder, data, sustained))
        self.ear, self.step = Ear(torch.Generator().manual_seed(settings.seed)), 0
        rng = np.random.default_rng(settings.seed)
        self.batches = Batches(data, range(self.count), rng)
        self.judged = Batches(data, [number for number, lasts in enumerate(sustained) if lasts], rng)
        self.optimisers = [
            torch.optim.Adam(net.parameters(), rate, betas=(0.0, 0.99))
            for net, rate in ((self.judge, settings.judge_rate), (self.decoder, settings.rate))
        ]

    def advance(self) -> dict[str, float]:
        """One step of both. Returns the parts of the losses."""
        s = self.settings
        real, classes = self._take(self.judged)
        made = self._varied(self.ear(self._draw(classes)))
        judged = self._judge(made.detach(), real[:, :2], classes)
        ours = pairing(self.judge(made, classes), self.judge(real[:, :2], classes).detach())[1]
        real, classes = self._take(self.batches)
        with torch.no_grad():
            mean, logvar = self.encoder(real, classes)
            z = mean + torch.randn_like(mean) * (0.5 * logvar).exp()
        again = self.decoder(z, classes)
        likelihood, partials, error = losses(again, real)
        loss = likelihood + partials + envelope(again[:, 0], real[:, 0]) + s.weight * ours
        if not torch.isfinite(loss):
            raise TrainingError(f"The loss is {float(loss.detach())} at step {self.step}.")
        self._apply(1, loss, self.decoder)
        self.step += 1
        with torch.no_grad():
            for slow, quick in zip(self.average.parameters(), self.decoder.parameters(), strict=True):
                slow.lerp_(quick, 1 - s.average)
        return {"error": float(error), "judge": judged, "ours": float(ours.detach())}

    def _take(self, batches: Batches) -> tuple[Tensor, Tensor]:
        real, numbers = batches.take(self.settings.batch)
        return real, F.one_hot(numbers, self.count).float()

    def _draw(self, classes: Tensor) -> Tensor:
        who, varies = torch.randn(len(classes), LATENT + PLACES + BANDS), torch.randn(len(classes), LATENT)
        grids: Tensor = self.drawn(who, varies, classes)
        return grids

    def _varied(self, made: Tensor) -> Tensor:
        """As clips are (`dataset.varied`), or the discriminator would know them by that."""
        grids = []
        for one in made:
            bands, bend, scale = change(self.batches.rng)
            level, tonality = one[:, bands]
            level = level * scale + torch.from_numpy(bend).float()
            grids.append(torch.stack(((level - level.max()).clamp(min=FLOOR), tonality)))
        return torch.stack(grids)

    def _judge(self, made: Tensor, real: Tensor, classes: Tensor) -> float:
        """A step of the discriminator, now and then with penalties at real and at made grids."""
        loss = pairing(self.judge(made, classes), self.judge(real, classes))[0]
        told = float(loss.detach())
        if self.step % LAZY == 0:
            for grids in (made, real):
                loss = loss + self.settings.penalty / 2 * LAZY * self._steepness(grids, classes)
        self._apply(0, loss, self.judge)
        return told

    def _steepness(self, grids: Tensor, classes: Tensor) -> Tensor:
        """Squared gradient of the logits, of levels in units of the discriminator."""
        scale = torch.tensor((-FLOOR / 2, 1.0))[:, None, None]
        return gradient_penalty(lambda x: self.judge(x * scale, classes), grids / scale)

    def _apply(self, which: int, loss: Tensor, net: nn.Module) -> None:
        self.optimisers[which].zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        self.optimisers[which].step()

    def save(self, out: Path, before: Path) -> None:
        """Write a training folder as `train` does, with the average of the decoders."""
        out.mkdir(parents=True, exist_ok=True)
        parts = {"encoder": self.encoder.state_dict(), "decoder": self.average.state_dict()}
        torch.save({**parts, "step": self.began, "count": self.count}, out / "checkpoint.pt")
        settings = json.loads((before / "settings.json").read_text())
        settings["sharpened"] = {**asdict(self.settings), "steps": self.step}
        (out / "settings.json").write_text(json.dumps(settings, indent=1))


def sharpen(run: Path, data: Dataset, sustained: list[bool], settings: Sharper, out: Path) -> None:
    """Go on from the training folder `run` into the folder `out`."""
    work = Sharpening(run, data, sustained, settings)
    with tqdm(total=settings.steps, unit="step", mininterval=20) as bar:
        while work.step < settings.steps:
            told = work.advance()
            bar.update()
            if work.step % 50 == 0:
                bar.set_postfix({name: round(value, 2) for name, value in told.items()}, refresh=False)
    work.save(out, run)


def main(arguments: list[str] | None = None) -> None:
    """Sharpen from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="what `dataset` prepared")
    parser.add_argument("set", type=Path, help="the TOML manifest")
    parser.add_argument("--run", type=Path, required=True, help="the folder that `train` filled")
    parser.add_argument("--out", type=Path, required=True)
    for name, default in asdict(Sharper()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    settings = Sharper(**{name: getattr(options, name) for name in asdict(Sharper())})
    sustained = [kind.sustained for kind in Manifest.read(options.set).classes]
    sharpen(options.run, Dataset.load(options.data), sustained, settings, options.out)


if __name__ == "__main__":
    main()
