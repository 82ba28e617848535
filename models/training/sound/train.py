"""Train a sound generator: `python -m models.training.sound.train DATA.npz SET.toml --out FOLDER`.

The loss is the likelihood of levels under the doubt that the decoder claims, that of their variation from cell to cell
under the one it says, the error of partials where there are any, that of the envelope of all bands together, and a
divergence that is held near `nats` by its weight: below about 10 the latent is not used, far above it the gaps between
clips are learnt as well.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from ...sound.bands import FLOOR
from ..textures.run import TrainingError
from .analysis import variation
from .clips import Manifest
from .dataset import Batches, Dataset
from .networks import Decoder, Encoder

#: One dB of power as a natural logarithm.
NEPER = 0.2302585
#: dB below the loudest cell that count as nearly as loud when it is asked where a sound has its peak.
PEAK = 3.0


@dataclass(frozen=True)
class Settings:
    """All that decides what is learnt, besides the data."""

    steps: int = 3000
    batch: int = 32
    rate: float = 2e-3
    nats: float = 20.0
    seed: int = 0


class Run:
    """Everything a checkpoint holds, and one step of training."""

    def __init__(self, data: Dataset, count: int, settings: Settings) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.count = settings, count
        self.encoder, self.decoder = Encoder(count), Decoder(count)
        self.parameters = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimiser = torch.optim.AdamW(self.parameters, settings.rate, weight_decay=1e-3)
        self.batches = Batches(data, range(count), np.random.default_rng(settings.seed))
        self.step, self.weight = 0, 0.002

    def advance(self) -> dict[str, float]:
        """One step. Returns the parts of the loss."""
        s = self.settings
        for group in self.optimiser.param_groups:
            fall = 0.5 + 0.5 * np.cos(np.pi * min(self.step / s.steps, 1))
            group["lr"] = float(s.rate * min(1, (self.step + 1) / 100) * (0.02 + 0.98 * fall))
        grids, numbers = self.batches.take(s.batch)
        classes = torch.nn.functional.one_hot(numbers, self.count).float()
        mean, logvar = self.encoder(grids, classes)
        made = self.decoder(mean + torch.randn_like(mean) * (0.5 * logvar).exp(), classes)
        likelihood, partials, error = losses(made, grids)
        outline = envelope(made[:, 0], grids[:, 0])
        nats = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(1).mean()
        loss = likelihood + partials + outline + self.weight * nats
        if not torch.isfinite(loss):
            raise TrainingError(f"The loss is {float(loss.detach())} at step {self.step}.")
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        self.weight = float(np.clip(self.weight * np.exp(0.01 * (float(nats.detach()) / s.nats - 1)), 1e-5, 1.0))
        self.step += 1
        parts = {"error": error, "partials": partials, "envelope": outline, "nats": nats}
        return {name: float(value.detach()) for name, value in parts.items()}

    def save(self, path: Path) -> None:
        """Write a checkpoint atomically."""
        parts = {name: getattr(self, name).state_dict() for name in ("encoder", "decoder", "optimiser")}
        temporary = path.with_suffix(".tmp")
        torch.save({**parts, "step": self.step, "weight": self.weight, "count": self.count}, temporary)
        os.replace(temporary, path)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        if state["count"] != self.count:
            raise TrainingError(f"{path}: was trained on {state['count']} classes. Choose another --out folder.")
        for name in ("encoder", "decoder", "optimiser"):
            getattr(self, name).load_state_dict(state[name])
        self.step, self.weight = state["step"], state["weight"]


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


@torch.no_grad()
def test_error(run: Run, data: Dataset) -> float:
    """Mean absolute error in dB on held-out clips, encoded and decoded."""
    run.encoder.eval()
    chosen = data.select(test=True, plain=True)
    chosen = chosen[:: max(1, len(chosen) // 256)]
    grids = torch.from_numpy(data.grids[chosen])
    classes = torch.nn.functional.one_hot(torch.from_numpy(data.classes[chosen]).long(), run.count).float()
    error = losses(run.decoder(run.encoder(grids, classes)[0], classes), grids)[2]
    run.encoder.train()
    return float(error)


def train(run: Run, data: Dataset, out: Path, save_every: int = 250) -> None:
    """Train until `settings.steps`, keeping `checkpoint.pt` and `log.jsonl` in `out`."""
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        run.resume(checkpoint)
    began = time.monotonic()
    with tqdm(total=run.settings.steps, initial=run.step, unit="step", mininterval=20) as bar:
        while run.step < run.settings.steps:
            told = run.advance()
            bar.update()
            if run.step % save_every == 0 or run.step == run.settings.steps:
                run.save(checkpoint)
                row = {"step": run.step, **told, "test_error": test_error(run, data)}
                row["seconds"] = round(time.monotonic() - began)
                with (out / "log.jsonl").open("a") as log:
                    log.write(json.dumps(row) + "\n")


def main(arguments: list[str] | None = None) -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="what `dataset` prepared")
    parser.add_argument("set", type=Path, help="the TOML manifest")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    for name, default in asdict(Settings()).items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    settings = Settings(**{name: getattr(options, name) for name in asdict(Settings())})
    data, manifest = Dataset.load(options.data), Manifest.read(options.set)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "settings.json").write_text(json.dumps(asdict(settings), indent=1))
    train(Run(data, len(manifest.classes), settings), data, options.out)


if __name__ == "__main__":
    main()
