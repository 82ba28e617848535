"""Train the text-effect network: `python -m models.training.text.train --data FOLDER --out FOLDER`.

The loss is L1 between made target and result, as premultiplied RGBA and again over a random ground, and between their
differences from pixel to pixel, which keeps edges crisp. From the step `--duel-from` on, a discriminator joins in: it
sees made and real letters over the same random ground, with the letters' coverage beside, and is trained as that of
the textures is (see `losses`). Checkpoints, and resumes from the one in `--out`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from ..precision import autocast
from ..textures.losses import gradient_penalty, pairing
from ..textures.networks import Discriminator, Shape
from .data import Surfaces, Words, fields
from .network import STYLE, Dresser, compose
from .targets import TARGETS, Scene

SHIPPED = Path(__file__).parents[2] / "shipped"
#: Weight of the discriminator's opinion beside L1, of the penalty of its gradients, and its layers.
OPINION, PENALTY, JUDGE = 0.02, 2.0, (32, 48, 72, 112, 160)
PARTS = ("dresser", "average", "styles", "optimiser")
DUEL = ("judge", "optimise_judge")


class Run:
    """Everything a checkpoint holds, and one step of training."""

    def __init__(
        self, data: Path, surfaces: Path, side: int, batch: int, steps: int, duel_from: float = math.inf,
        rate: float = 2e-3,
    ) -> None:  # fmt: skip
        torch.manual_seed(0)
        self.words, self.surfaces = Words(data / "fonts"), Surfaces(surfaces)
        self.side, self.batch, self.steps, self.step = side, batch, steps, 0
        self.dresser, self.average = (Dresser().to(memory_format=torch.channels_last) for _ in range(2))
        self.average.load_state_dict(self.dresser.state_dict())
        self.styles = nn.Embedding(len(TARGETS), STYLE)
        self.parameters = [*self.dresser.parameters(), *self.styles.parameters()]
        self.optimiser = torch.optim.Adam(self.parameters, 2e-3, betas=(0.9, 0.99))
        self.duel_from, self.rate, self.judged = duel_from, rate, 0
        self.judge = Discriminator(Shape(len(TARGETS), channels=4), JUDGE).to(memory_format=torch.channels_last)
        self.optimise_judge = torch.optim.Adam(self.judge.parameters(), 5e-4, betas=(0.0, 0.99))
        self.rng = np.random.default_rng(int(time.time()))

    def example(self, number: int) -> tuple[Tensor, Tensor, Tensor]:
        """Fields, surface and target of one picture in style `number`."""
        target = TARGETS[number]
        mask, em = self.words.mask(self.side, self.rng)
        seen = fields(mask, em, int(self.rng.integers(2**31 - 1)), float(self.rng.uniform()))
        surface = self.surfaces.crop(target.surface, self.side, self.rng)
        return seen, surface, target.render(Scene.of(seen, surface, em))

    def advance(self) -> float:
        """One step. Returns the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate / 20 + self.rate * (0.5 + 0.5 * math.cos(math.pi * min(self.step / self.steps, 1)))
        numbers = self.rng.integers(len(TARGETS), size=self.batch)
        seen, surface, target = (torch.stack(parts) for parts in zip(*map(self.example, numbers), strict=True))
        style = self.styles(torch.from_numpy(numbers))
        with autocast():
            dress = self.dresser(seen.contiguous(memory_format=torch.channels_last), surface, style)
        made = compose(seen[:, :1], surface, dress, 1.0)
        ground = torch.rand(len(made), 3, 1, 1)
        loss = _difference(made, target, ground)
        if self.step >= self.duel_from:
            self.judged += 1
            loss = loss + OPINION * self._duel(_seen(made, ground, seen), _seen(target, ground, seen), numbers)
        # A result that is clamped gets no gradient: what lies beyond the limits is called back.
        loss = loss + 0.01 * (dress.abs() - 1.5).clamp(min=0).mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        keep = min(0.998, (self.step + 1) / (self.step + 10))
        for slow, fast in zip(self.average.parameters(), self.dresser.parameters(), strict=True):
            slow.data.lerp_(fast.data, 1 - keep)
        self.step += 1
        return float(loss.detach())

    def _duel(self, fake: Tensor, real: Tensor, numbers: np.ndarray) -> Tensor:
        """One step of the discriminator. Returns the generator's loss."""
        styles = torch.from_numpy(numbers)

        def opinion(images: Tensor) -> Tensor:
            with autocast():
                return self.judge(images, styles)

        loss, _ = pairing(opinion(fake.detach()), opinion(real))
        if self.step % 4 == 0:
            loss = loss + 2 * PENALTY * sum(gradient_penalty(opinion, images.detach()) for images in (fake, real))
        self.optimise_judge.zero_grad(set_to_none=True)
        loss.backward()
        self.optimise_judge.step()
        self.judge.requires_grad_(False)
        _, wish = pairing(opinion(fake), opinion(real))
        self.judge.requires_grad_(True)
        return wish

    def save(self, path: Path) -> None:
        """Write a checkpoint atomically."""
        state = {part: getattr(self, part).state_dict() for part in (*PARTS, *DUEL)}
        state |= {"step": self.step, "judged": self.judged}
        torch.save(state, path.with_suffix(".tmp"))
        os.replace(path.with_suffix(".tmp"), path)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        for part in (*PARTS, *(part for part in DUEL if part in state)):  # the duel may begin in a later run
            getattr(self, part).load_state_dict(state[part])
        self.step, self.judged = state["step"], state.get("judged", 0)

    def sheet(self, path: Path) -> None:
        """A picture of every style: target above result, over grey."""
        rows: list[Tensor] = []
        for number in range(len(TARGETS)):
            seen, surface, target = self.example(number)
            with torch.no_grad():
                style = self.styles(torch.tensor([number]))
                made = compose(seen[None, :1], surface[None], self.average(seen[None], surface[None], style), 1.0)[0]
            rows.append(torch.cat([x[:3] + (1 - x[3:]) * 0.3 for x in (target, made)], dim=1))
        half = (len(rows) + 1) // 2
        rows += [torch.zeros_like(rows[0])] * (2 * half - len(rows))
        grid = torch.cat([torch.cat(rows[:half], dim=2), torch.cat(rows[half:], dim=2)], dim=1)
        Image.fromarray((grid.clamp(0, 1) * 255).byte().permute(1, 2, 0).numpy()).save(path)


def _over(picture: Tensor, ground: Tensor) -> Tensor:
    return picture[:, :3] + (1 - picture[:, 3:]) * ground


def _seen(picture: Tensor, ground: Tensor, fields: Tensor) -> Tensor:
    """What the discriminator sees, `[N,4,H,W]` in −1…1: the picture over a ground, and the letters' coverage."""
    return torch.cat((_over(picture, ground), fields[:, :1]), dim=1) * 2 - 1


def _difference(made: Tensor, target: Tensor, ground: Tensor) -> Tensor:
    pairs = [(made, target), (_over(made, ground), _over(target, ground))]
    total = made.new_zeros(())
    for a, b in pairs:
        total = total + (a - b).abs().mean()
        for axis in (2, 3):
            total = total + 0.5 * (a.diff(dim=axis) - b.diff(dim=axis)).abs().mean()
    return total


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds fonts/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--surfaces", type=Path, required=True, help="a generator trained on sets/textures.toml")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so long; a second run goes on")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--duel-from", type=int, default=4000, help="the step from which a discriminator joins in")
    parser.add_argument("--rate", type=float, default=2e-3, help="learning rate; it falls to a twentieth")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    run = Run(
        options.data, options.surfaces, options.side, options.batch, options.steps, options.duel_from, options.rate
    )
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        run.resume(checkpoint)
    began, losses = time.monotonic(), []
    while run.step < options.steps and time.monotonic() - began < options.minutes * 60:
        losses.append(run.advance())
        if run.step % 250 == 0:
            run.save(checkpoint)
            run.sheet(options.out / f"sheet-{run.step:06d}.png")
            row = {"step": run.step, "loss": sum(losses) / len(losses), "seconds": round(time.monotonic() - began)}
            print(json.dumps(row), flush=True)
            losses.clear()
    run.save(checkpoint)


if __name__ == "__main__":
    main()
