"""Train the text-effect network: `python -m models.training.text.train --data FOLDER --out FOLDER`.

The loss is L1 between made target and result, as premultiplied RGBA and again over a random ground, and between their
differences from pixel to pixel, which keeps edges crisp. From the step `--duel-from` on, a discriminator joins in: it
sees made and real letters over the same random ground, with the letters' coverage beside, and is trained as that of
the textures is (see `losses`). Checkpoints, and resumes from the one in `--out`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from ..precision import autocast
from ..textures.losses import gradient_penalty, pairing
from ..textures.networks import Discriminator, Shape
from ..trainer import Training, chosen, command_line, follow, set_rate, start, warming
from .data import Surfaces, Words, fields
from .network import STYLE, Dresser, compose
from .targets import TARGETS, Scene

SHIPPED = Path(__file__).parents[2] / "shipped"
#: Weight of the discriminator's opinion beside L1, of the penalty of its gradients, and its layers.
OPINION, PENALTY, JUDGE = 0.02, 2.0, (32, 48, 72, 112, 160)
#: Steps from one checkpoint to the next.
EVERY = 250


@dataclass(frozen=True)
class TextSettings:
    """All that decides what is learned, besides the data: sides in px; the rate falls to a twentieth."""

    steps: int = 6000
    side: int = 128
    batch: int = 8
    duel_from: int = 4000
    rate: float = 2e-3
    seed: int = 0


class TextTraining(Training[TextSettings]):
    """A network that dresses letters, its average, the vectors of styles, and from `duel_from` on a discriminator."""

    parts = ("dresser", "average", "styles", "optimizer", "judge", "optimize_judge")
    numbers = ("judged",)

    def __init__(self, data: Path, surfaces: Path, settings: TextSettings) -> None:
        super().__init__(settings)
        self.words, self.surfaces = Words(data / "fonts"), Surfaces(surfaces)
        self.dresser, self.average = (Dresser().to(memory_format=torch.channels_last) for _ in range(2))
        self.average.load_state_dict(self.dresser.state_dict())
        self.styles = nn.Embedding(len(TARGETS), STYLE)
        weights = [*self.dresser.parameters(), *self.styles.parameters()]
        self.optimizer = torch.optim.Adam(weights, settings.rate, betas=(0.9, 0.99))
        self.judged = 0
        self.judge = Discriminator(Shape(len(TARGETS), channels=4), JUDGE).to(memory_format=torch.channels_last)
        self.optimize_judge = torch.optim.Adam(self.judge.parameters(), 5e-4, betas=(0.0, 0.99))

    def example(self, number: int, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Fields, surface and target of one picture in style `number`."""
        target, side = TARGETS[number], self.settings.side
        mask, em = self.words.mask(side, rng)
        seen = fields(mask, em, int(rng.integers(2**31 - 1)), float(rng.uniform()))
        surface = self.surfaces.crop(target.surface, side, rng)
        return seen, surface, target.render(Scene.of(seen, surface, em))

    def learn(self) -> dict[str, Tensor]:
        """Return the loss. Examples follow from the seed and the step."""
        s, rng = self.settings, np.random.default_rng((self.settings.seed, self.step))
        set_rate(self.optimizer, s.rate / 20 + s.rate * self.cosine())
        numbers = rng.integers(len(TARGETS), size=s.batch)
        examples = [self.example(number, rng) for number in numbers]
        seen, surface, target = (torch.stack(parts) for parts in zip(*examples, strict=True))
        style = self.styles(torch.from_numpy(numbers))
        with autocast():
            dress = self.dresser(seen.contiguous(memory_format=torch.channels_last), surface, style)
        made = compose(seen[:, :1], surface, dress, 1.0)
        ground = torch.rand(len(made), 3, 1, 1, generator=self.rng)
        loss = _difference(made, target, ground)
        if self.step >= s.duel_from:
            self.judged += 1
            loss = loss + OPINION * self._duel(_seen(made, ground, seen), _seen(target, ground, seen), numbers)
        # A result that is clamped gets no gradient: what lies beyond the limits is called back.
        loss = loss + 0.01 * (dress.abs() - 1.5).clamp(min=0).mean()
        self.descend(self.optimizer, loss, 1.0)
        follow(self.average, self.dresser, warming(0.998, self.step))
        return {"loss": loss.detach()}

    def _duel(self, fake: Tensor, real: Tensor, numbers: np.ndarray) -> Tensor:
        """One step of the discriminator. Returns the generator's loss."""
        styles = torch.from_numpy(numbers)

        def opinion(images: Tensor) -> Tensor:
            with autocast():
                return self.judge(images, styles)

        loss, _ = pairing(opinion(fake.detach()), opinion(real))
        if self.step % 4 == 0:
            loss = loss + 2 * PENALTY * sum(gradient_penalty(opinion, images.detach()) for images in (fake, real))
        self.descend(self.optimize_judge, loss)
        self.judge.requires_grad_(False)
        _, wish = pairing(opinion(fake), opinion(real))
        self.judge.requires_grad_(True)
        return wish

    def sheet(self, out: Path) -> None:
        """Write a picture of every style, target above result, over gray, into `out`."""
        rows: list[Tensor] = []
        rng = np.random.default_rng(self.settings.seed)
        for number in range(len(TARGETS)):
            seen, surface, target = self.example(number, rng)
            with torch.no_grad():
                style = self.styles(torch.tensor([number]))
                made = compose(seen[None, :1], surface[None], self.average(seen[None], surface[None], style), 1.0)[0]
            rows.append(torch.cat([x[:3] + (1 - x[3:]) * 0.3 for x in (target, made)], dim=1))
        half = (len(rows) + 1) // 2
        rows += [torch.zeros_like(rows[0])] * (2 * half - len(rows))
        grid = torch.cat([torch.cat(rows[:half], dim=2), torch.cat(rows[half:], dim=2)], dim=1)
        Image.fromarray((grid.clamp(0, 1) * 255).byte().permute(1, 2, 0).numpy()).save(
            out / f"sheet-{self.step:06d}.png"
        )


def _over(picture: Tensor, ground: Tensor) -> Tensor:
    return picture[:, :3] + (1 - picture[:, 3:]) * ground


def _seen(picture: Tensor, ground: Tensor, fields: Tensor) -> Tensor:
    """Return what the discriminator sees, `[N,4,H,W]` in −1…1: the picture over a ground, and the letters' coverage."""
    return torch.cat((_over(picture, ground), fields[:, :1]), dim=1) * 2 - 1


def _difference(made: Tensor, target: Tensor, ground: Tensor) -> Tensor:
    pairs = [(made, target), (_over(made, ground), _over(target, ground))]
    total = made.new_zeros(())
    for a, b in pairs:
        total = total + (a - b).abs().mean()
        for axis in (2, 3):
            total = total + 0.5 * (a.diff(dim=axis) - b.diff(dim=axis)).abs().mean()
    return total


def main(arguments: list[str] | None = None) -> None:
    """Train from the command line."""
    parser = command_line(__doc__, TextSettings)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds fonts/")
    parser.add_argument("--surfaces", type=Path, required=True, help="a generator trained on sets/textures.toml")
    parser.set_defaults(threads=1)
    options = parser.parse_args(arguments)
    training = TextTraining(options.data, options.surfaces, chosen(options, TextSettings))
    start(training, options, EVERY, training.sheet)


if __name__ == "__main__":
    main()
