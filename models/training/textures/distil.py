"""Teach a lite network to draw what a refined generator draws, from the same noise: for previews and long strips.

`python -m models.training.textures.distil SET.toml --run RUN --out LITE [--to models/shipped]`

The Gaussian textures are the teacher's own; only what refines them becomes smaller. A seed shows the same picture in
both, so that a lite strip previews the other. After Hinton et al., "Distilling the knowledge in a neural network"
(2015); the picture is compared pixel by pixel, and by the statistics of its patches, or it would become soft.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..data import Manifest
from ..gaussian.refined import RefinedGenerator, packed, textons
from ..trainer import Training, chosen, command_line, start
from . import export
from .losses import patch_statistics

#: Ends the id of a lite generator; how far down the list of generators it stands.
SUFFIX, RANK = "_lite", 8
EVERY = 500


@dataclass(frozen=True)
class DistilSettings:
    """All that decides what is learned, besides the teacher. `cells` are the sides of a torus, 32 px each."""

    widths: tuple[int, int, int] = (16, 28, 44)
    steps: int = 12_000
    cells: int = 4
    batch: int = 4
    rate: float = 1e-3
    patches: float = 1.0
    seed: int = 0


class Distillation(Training[DistilSettings]):
    """A teacher, its pupil, and one step of teaching."""

    parts = ("pupil", "optimizer", "fall")

    def __init__(self, teacher: RefinedGenerator, settings: DistilSettings) -> None:
        super().__init__(settings)
        self.teacher = teacher.eval().requires_grad_(False)
        self.pupil = self._pupil()
        learned = [weight for weight in self.pupil.refiner.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.Adam(learned, settings.rate, betas=(0.9, 0.99))
        self.fall = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, settings.steps, settings.rate / 50)

    def _pupil(self) -> RefinedGenerator:
        return RefinedGenerator(textons(self.teacher.state_dict()), self.settings.widths)

    def learn(self) -> dict[str, Tensor]:
        """Teach tori of one style. Return the mean absolute difference to what is wanted, of 2."""
        s, styles = self.settings, self.teacher.styles.weight
        number = int(torch.randint(len(styles), (1,), generator=self.rng))
        z = torch.randn(s.batch, sum(packed(self.teacher.channels)), s.cells, s.cells, generator=self.rng)
        style = styles[number].expand(s.batch, -1)
        drawn, wanted = self._lesson(self.teacher.gaussian(z, style), style)
        unlike = (drawn - wanted).abs().mean()
        loss = unlike + s.patches * patch_statistics(drawn, wanted, self.rng, levels=3)
        self.descend(self.optimizer, loss)
        self.fall.step()
        return {"unlike": unlike.detach()}

    def _lesson(self, gaussian: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the pupil draws of a Gaussian texture, and what it should, `[N,C,H,W]`."""
        return drawn(self.pupil, gaussian, style), drawn(self.teacher, gaussian, style)


def drawn(generator: RefinedGenerator, gaussian: Tensor, style: Tensor) -> Tensor:
    """Return what a generator makes of a Gaussian texture `[N,16C,h,w]`: `[N,C,4h,4w]`, in −1…1."""
    return F.pixel_shuffle(generator.refiner(gaussian, style), 4)


def card(manifest: Manifest, distillation: Distillation, set_name: str) -> dict[str, Any]:
    """Return the card of the pupil, ready for JSON."""
    settings = asdict(distillation.settings)
    whole = export.card(manifest, distillation.pupil, {}, distillation.step, set_name)
    training = whole["training"] | {
        "method": f"distilled from {manifest.id}, a GAN",
        "command": f"python -m models.training.textures.distil models/training/sets/{set_name} --run RUN --out LITE",
        "settings": settings,
    }
    named = {"id": manifest.id + SUFFIX, "label": f"{manifest.label}, lite", "rank": RANK}
    return whole | named | {"training": training}


def main(arguments: list[str] | None = None) -> None:
    """Distil from the command line."""
    options, teacher = told(arguments, __doc__, DistilSettings)
    distillation = Distillation(teacher, chosen(options, DistilSettings))
    if start(distillation, options, EVERY) and options.to:
        manifest = Manifest.read(options.set)
        path = options.to / f"{manifest.id}{SUFFIX}.onnx"
        difference = export.export(distillation.pupil.eval(), card(manifest, distillation, options.set.name), path)
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, differs from torch by at most {difference:.2g}")


def told(
    arguments: list[str] | None, description: str, settings: type[DistilSettings]
) -> tuple[argparse.Namespace, RefinedGenerator]:
    """Return the options of whoever learns from a trained generator, and that generator."""
    parser = command_line(description, settings)
    parser.add_argument("set", type=Path, help="the TOML manifest that the teacher was trained on")
    parser.add_argument("--run", type=Path, required=True, help="the teacher's training folder")
    parser.add_argument("--to", type=Path, help="the folder for the .onnx file")
    options = parser.parse_args(arguments)
    teacher, _ = export.load(options.run)
    if not isinstance(teacher, RefinedGenerator):
        parser.error(f"{options.run}: holds no generator that refines Gaussian textures")
    return options, teacher


if __name__ == "__main__":
    main()
