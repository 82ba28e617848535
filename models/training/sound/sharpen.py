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

import copy
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...sound.bands import BANDS, CELLS, FLOOR, even_edges
from ...sound.shape import COMMON
from ..textures.losses import gradient_penalty, pairing
from ..trainer import CHECKPOINT, Training, chosen, command_line, follow, run, start
from .analysis import RATE, Spectra
from .clips import Manifest
from .dataset import Batches, Dataset, change
from .export import Exported
from .latents import PLACES, statistics
from .networks import LATENT, Decoder, Encoder
from .train import envelope, losses

#: Steps from one checkpoint to the next.
EVERY = 50
#: Descriptions of white noise that are kept to choose from.
NOISES = 48
#: Steps from one penalty to the next: they cost more than all else.
LAZY = 4


@dataclass(frozen=True)
class SharpenSettings:
    """All that decides what is learned, besides the data and the run that is gone on from."""

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
        """As in `shape`: part of it common to all bands, the rest alike in neighboring ones."""
        common = torch.randn(count, 1, cells, generator=self.generator)
        own = torch.randn(count, BANDS + 8, cells, generator=self.generator).unfold(1, 9, 1).sum(3) / 3
        return COMMON**0.5 * common + (1 - COMMON) ** 0.5 * own


class Sharpening(Training[SharpenSettings]):
    """A trained encoder and decoder, a discriminator, and one step of their training.

    The decoder that learns is `learner`; `decoder` is its average, which is exported as that of an ordinary run.
    """

    parts = ("encoder", "decoder", "learner", "judge", "optimize_judge", "optimize_learner")

    def __init__(self, before: Path, data: Dataset, sustained: list[bool], settings: SharpenSettings) -> None:
        super().__init__(settings)
        state = torch.load(before / CHECKPOINT, map_location="cpu", weights_only=True)
        self.count, self.began = len(sustained), state["step"]
        self.encoder, self.learner = Encoder(self.count).eval(), Decoder(self.count)
        self.encoder.load_state_dict(state["encoder"])
        self.learner.load_state_dict(state["decoder"])
        self.decoder, self.judge = copy.deepcopy(self.learner), Judge(self.count)
        self.drawn = Exported(self.learner, statistics(self.encoder, data, sustained))
        self.ear = Ear(torch.Generator().manual_seed(settings.seed))
        rng = np.random.default_rng(settings.seed)
        self.batches = Batches(data, range(self.count), rng)
        self.judged = Batches(data, [number for number, lasts in enumerate(sustained) if lasts], rng)
        self.optimize_judge, self.optimize_learner = (
            torch.optim.Adam(net.parameters(), rate, betas=(0.0, 0.99))
            for net, rate in ((self.judge, settings.judge_rate), (self.learner, settings.rate))
        )

    def identity(self) -> dict[str, Any]:
        return {"count": self.count, "began": self.began}

    def learn(self) -> dict[str, Tensor]:
        """Teach the discriminator, then the decoder. Return the parts of the losses."""
        s = self.settings
        real, classes = self._take(self.judged)
        made = self._varied(self.ear(self._draw(classes)))
        judged = self._judge(made.detach(), real[:, :2], classes)
        ours = pairing(self.judge(made, classes), self.judge(real[:, :2], classes).detach())[1]
        real, classes = self._take(self.batches)
        with torch.no_grad():
            mean, logvar = self.encoder(real, classes)
            z = mean + torch.randn_like(mean) * (0.5 * logvar).exp()
        again = self.learner(z, classes)
        likelihood, partials, error = losses(again, real)
        loss = likelihood + partials + envelope(again[:, 0], real[:, 0]) + s.weight * ours
        self.descend(self.optimize_learner, loss, 1.0)
        follow(self.decoder, self.learner, s.average)
        return {"error": error, "judge": judged, "ours": ours.detach()}

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

    def _judge(self, made: Tensor, real: Tensor, classes: Tensor) -> Tensor:
        """Return a step of the discriminator, now and then with penalties at real and at made grids."""
        loss = pairing(self.judge(made, classes), self.judge(real, classes))[0]
        told = loss.detach()
        if self.step % LAZY == 0:
            for grids in (made, real):
                loss = loss + self.settings.penalty / 2 * LAZY * self._steepness(grids, classes)
        self.descend(self.optimize_judge, loss, 1.0)
        return told

    def _steepness(self, grids: Tensor, classes: Tensor) -> Tensor:
        """Squared gradient of the logits, of levels in units of the discriminator."""
        scale = torch.tensor((-FLOOR / 2, 1.0))[:, None, None]
        return gradient_penalty(lambda x: self.judge(x * scale, classes), grids / scale)


def described(sharpening: Sharpening, before: Path) -> str:
    """Return the settings of the run that was gone on from, with those of the sharpening, as `export` reads them."""
    settings = json.loads((before / "settings.json").read_text())
    settings["sharpened"] = {**asdict(sharpening.settings), "steps": sharpening.step}
    return json.dumps(settings, indent=1)


def sharpen(before: Path, data: Dataset, sustained: list[bool], settings: SharpenSettings, out: Path) -> None:
    """Go on from the training folder `before` into the folder `out`."""
    sharpening = Sharpening(before, data, sustained, settings)
    out.mkdir(parents=True, exist_ok=True)
    run(sharpening, out, EVERY)
    (out / "settings.json").write_text(described(sharpening, before))


def main(arguments: list[str] | None = None) -> None:
    """Sharpen from the command line."""
    parser = command_line(__doc__, SharpenSettings)
    parser.add_argument("data", type=Path, help="what `dataset` prepared")
    parser.add_argument("set", type=Path, help="the TOML manifest")
    parser.add_argument("--run", type=Path, required=True, help="the folder that `train` filled")
    parser.set_defaults(threads=1)
    options = parser.parse_args(arguments)
    settings = chosen(options, SharpenSettings)
    sustained = [kind.sustained for kind in Manifest.read(options.set).classes]
    sharpening = Sharpening(options.run, Dataset.load(options.data), sustained, settings)
    if start(sharpening, options, EVERY):
        (options.out / "settings.json").write_text(described(sharpening, options.run))


if __name__ == "__main__":
    main()
