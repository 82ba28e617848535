"""Train the mask network: `python -m models.training.footage_mask.train --data DATA --out RUN`.

Goes on where it stopped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ..precision import autocast
from ..trainer import CHECKPOINT, Training, chosen, command_line, follow, set_rate, start
from .composites import Material, clip
from .network import Masker

#: Height and width of the clips, px; frames in each; clips a step.
SIZE, FRAMES, BATCH = (112, 192), 4, 4
#: How much of the averaged weights stays at each step.
KEEP = 0.995
#: Steps from one checkpoint to the next.
EVERY = 200


def loss(logits: Tensor, masks: Tensor) -> Tensor:
    """Each pixel right, the whole shape right, and steady where the mask is."""
    guess = torch.sigmoid(logits)
    each = F.binary_cross_entropy_with_logits(logits, masks)
    overlap = (2 * (guess * masks).sum((2, 3, 4)) + 50) / (guess.sum((2, 3, 4)) + masks.sum((2, 3, 4)) + 50)
    steps = (guess[:, 1:] - guess[:, :-1]) - (masks[:, 1:] - masks[:, :-1])
    return each + 0.5 * (1 - overlap).mean() + steps.abs().mean()


@dataclass(frozen=True)
class MaskSettings:
    """All that decides what is learned, besides the data and the sizes above."""

    steps: int = 3000
    rate: float = 2e-3
    seed: int = 0


class MaskTraining(Training[MaskSettings]):
    """The network and its average."""

    parts = ("network", "average", "optimizer")

    def __init__(self, data: Path, settings: MaskSettings) -> None:
        super().__init__(settings)
        # So laid out, a step takes two thirds of the time.
        self.network, self.average = Masker().to(memory_format=torch.channels_last), Masker()
        self.optimizer = torch.optim.AdamW(self.network.parameters(), settings.rate, weight_decay=1e-3)
        self.average.load_state_dict(self.network.state_dict())
        self.material = Material(data)

    def learn(self) -> dict[str, Tensor]:
        """Return the loss. Clips follow from the seed and the step."""
        s, step = self.settings, self.step + 1
        rng = np.random.default_rng((s.seed, step))
        clips = [clip(self.material, FRAMES, SIZE, rng) for _ in range(BATCH)]
        self.shown = images, masks = tuple(torch.stack(parts) for parts in zip(*clips, strict=True))
        left = min(1.0, (s.steps - step) / (s.steps / 3))  # warmed up, and over the last third down to a twentieth
        set_rate(self.optimizer, s.rate * min(1.0, step / 100) * (0.05 + 0.95 * math.sin(left * math.pi / 2) ** 2))
        self.network.train()
        with autocast():
            logits = self.network.clips(images)
        found = loss(logits.float(), masks)
        self.descend(self.optimizer, found, 1.0)
        follow(self.average, self.network, KEEP)
        return {"loss": found.detach()}

    @torch.no_grad()
    def sheet(self, out: Path) -> None:
        """Write the last frames of the step's clips into `out`: picture, mask, result."""
        images, masks = (part[:, -1].expand(-1, 3, -1, -1) for part in self.shown)
        guess = torch.sigmoid(self.average.eval().clips(self.shown[0]))[:, -1].expand(-1, 3, -1, -1)
        whole = torch.cat(list(torch.cat((images, masks, guess), 3)), 1).permute(1, 2, 0)
        Image.fromarray((whole * 255).byte().numpy()).save(out / "sheet.png")


def load(run: Path) -> tuple[Masker, int]:
    """Return the averaged network of a training folder, and the steps it was trained for."""
    state = torch.load(run / CHECKPOINT, map_location="cpu", weights_only=True)
    network = Masker()
    network.load_state_dict(state["average"])
    return network.eval(), int(state["step"])


def main(arguments: list[str] | None = None) -> None:
    """Train from the command line."""
    parser = command_line(__doc__, MaskSettings)
    parser.add_argument("--data", type=Path, required=True, help="folder with masks and textures; see composites.py")
    parser.set_defaults(threads=1)
    options = parser.parse_args(arguments)
    training = MaskTraining(options.data, chosen(options, MaskSettings))
    start(training, options, EVERY, training.sheet)


if __name__ == "__main__":
    main()
