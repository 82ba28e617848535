"""Train a sound generator: `python -m models.training.sound.train DATA.npz SET.toml --out FOLDER`.

The loss is the likelihood of levels under the doubt that the decoder claims, that of their variation from cell to cell
under the one it says, the error of partials where there are any, that of the envelope of all bands together, and a
divergence that is held near `nats` by its weight: below about 10 the latent is not used, far above it the gaps between
clips are learned as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...sound.bands import FLOOR
from ..trainer import Training, chosen, command_line, set_rate, start
from .analysis import variation
from .clips import Manifest
from .dataset import Batches, Dataset
from .networks import Decoder, Encoder

#: Steps from one checkpoint to the next.
EVERY = 250
#: One dB of power as a natural logarithm.
NEPER = 0.2302585
#: dB below the loudest cell that count as nearly as loud when it is asked where a sound has its peak.
PEAK = 3.0


@dataclass(frozen=True)
class SoundSettings:
    """All that decides what is learned, besides the data."""

    steps: int = 3000
    batch: int = 32
    rate: float = 2e-3
    nats: float = 20.0
    seed: int = 0


class SoundTraining(Training[SoundSettings]):
    """An encoder, a decoder, and the weight of the divergence, which follows from how many nats the latent holds."""

    parts = ("encoder", "decoder", "optimizer")
    numbers = ("weight",)

    def __init__(self, data: Dataset, count: int, settings: SoundSettings) -> None:
        super().__init__(settings)
        self.data, self.count = data, count
        self.encoder, self.decoder = Encoder(count), Decoder(count)
        weights = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimizer = torch.optim.AdamW(weights, settings.rate, weight_decay=1e-3)
        self.batches = Batches(data, range(count), np.random.default_rng(settings.seed))
        self.weight = 0.002

    def identity(self) -> dict[str, Any]:
        return {"count": self.count}

    def learn(self) -> dict[str, Tensor]:
        """Return the parts of the loss."""
        s = self.settings
        set_rate(self.optimizer, s.rate * min(1, (self.step + 1) / 100) * (0.02 + 0.98 * self.cosine()))
        grids, numbers = self.batches.take(s.batch)
        classes = torch.nn.functional.one_hot(numbers, self.count).float()
        mean, logvar = self.encoder(grids, classes)
        made = self.decoder(mean + torch.randn_like(mean) * (0.5 * logvar).exp(), classes)
        likelihood, partials, error = losses(made, grids)
        outline = envelope(made[:, 0], grids[:, 0])
        nats = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(1).mean()
        loss = likelihood + partials + outline + self.weight * nats
        self.descend(self.optimizer, loss, 1.0)
        self.weight = float(np.clip(self.weight * np.exp(0.01 * (float(nats.detach()) / s.nats - 1)), 1e-5, 1.0))
        return {"error": error, "partials": partials.detach(), "envelope": outline.detach(), "nats": nats.detach()}

    @torch.no_grad()
    def test_error(self) -> float:
        """Mean absolute error in dB on held-out clips, encoded and decoded."""
        self.encoder.eval()
        chosen = self.data.select(test=True, plain=True)
        chosen = chosen[:: max(1, len(chosen) // 256)]
        grids = torch.from_numpy(self.data.grids[chosen])
        classes = torch.nn.functional.one_hot(torch.from_numpy(self.data.classes[chosen]).long(), self.count).float()
        error = losses(self.decoder(self.encoder(grids, classes)[0], classes), grids)[2]
        self.encoder.train()
        return float(error)

    def show(self, _: Path) -> dict[str, float]:
        """Return the figure of held-out clips, for the log."""
        return {"test_error": self.test_error()}


def losses(made: Tensor, real: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(likelihood of levels and of their variation, error of partials, mean absolute error in dB of what is heard)."""
    level, tonality, offset, varying, doubt = made.unbind(1)
    far = (level - real[:, 0]).abs()
    heard = (real[:, 0] > FLOOR + 5).float() * 0.9 + 0.1  # silence is easy, and most of many grids
    # The longer tail of Laplace's distribution forgives the odd cell.
    likelihood = (heard * (far / doubt + doubt.log())).sum() / heard.sum()
    apart, weight = variation(real[:, 0])
    likelihood = likelihood + (weight * (0.5 * (apart / varying) ** 2 + varying.log())).sum() / weight.sum()
    loud = ((real[:, 0] + 50) / 50).clamp(0, 1)
    # Cross-entropy, not a difference: a partial that moves from clip to clip would be given up as too rare.
    tone = loud * torch.nn.functional.binary_cross_entropy(tonality, real[:, 1], reduction="none")
    tuned = loud * real[:, 1] * (offset - real[:, 2]).abs() * 2
    return likelihood, 2 * tone.mean() + 4 * tuned.mean(), (heard * far).sum().detach() / heard.sum()


def envelope(made: Tensor, real: Tensor) -> Tensor:
    """How far the levels `[N, 64, 96]` of all bands together are from a clip's, most where it is loud, and how far
    what is loudest lies elsewhere in time: bands that are each right by their median may add up to no attack.
    """
    mine, its = (torch.logsumexp(level * NEPER, 1) / NEPER for level in (made, real))
    loud = ((its - its.amax(1, keepdim=True) + 40) / 40).clamp(0, 1) + 0.05
    far = (loud * (mine - its).abs()).sum() / loud.sum()
    where = torch.softmax(its / PEAK, 1)
    apart = (where * (torch.log_softmax(its / PEAK, 1) - torch.log_softmax(mine / PEAK, 1))).sum(1).mean()
    return 0.1 * far + 0.5 * apart


def main(arguments: list[str] | None = None) -> None:
    """Train from the command line."""
    parser = command_line(__doc__, SoundSettings)
    parser.add_argument("data", type=Path, help="what `dataset` prepared")
    parser.add_argument("set", type=Path, help="the TOML manifest")
    parser.set_defaults(threads=1)
    options = parser.parse_args(arguments)
    settings = chosen(options, SoundSettings)
    data, manifest = Dataset.load(options.data), Manifest.read(options.set)
    training = SoundTraining(data, len(manifest.classes), settings)
    start(training, options, EVERY, training.show)


if __name__ == "__main__":
    main()
