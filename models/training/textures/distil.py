"""Teach a lite network to draw what a refined generator draws, from the same noise: for previews and long strips.

`python -m models.training.textures.distil SET.toml --run RUN --out LITE [--to models/shipped]`

The Gaussian textures are the teacher's own; only what refines them becomes smaller. A seed shows the same picture in
both, so that a lite strip previews the other. After Hinton et al., "Distilling the knowledge in a neural network"
(2015); the picture is compared pixel by pixel, and by the statistics of its patches, or it would become soft.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from ..data import Manifest
from ..gaussian.refined import RefinedGenerator, packed, textons
from . import export
from .losses import patch_statistics

#: Ends the id of a lite generator; how far down the list of generators it stands.
SUFFIX, RANK = "_lite", 8


@dataclass(frozen=True)
class Settings:
    """All that decides what is learnt, besides the teacher. `cells` are the sides of a torus, 32 px each."""

    widths: tuple[int, int, int] = (16, 28, 44)
    steps: int = 12_000
    cells: int = 4
    batch: int = 4
    rate: float = 1e-3
    patches: float = 1.0
    seed: int = 0


class Distillation:
    """A teacher, its pupil, and one step of teaching."""

    def __init__(self, teacher: RefinedGenerator, settings: Settings) -> None:
        torch.manual_seed(settings.seed)
        self.teacher, self.settings = teacher.eval().requires_grad_(False), settings
        self.pupil = self._pupil()
        learnt = [weight for weight in self.pupil.refiner.parameters() if weight.requires_grad]
        self.optimiser = torch.optim.Adam(learnt, settings.rate, betas=(0.9, 0.99))
        self.fall = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimiser, settings.steps, settings.rate / 50)
        self.rng = torch.Generator().manual_seed(settings.seed)
        self.step = 0

    def _pupil(self) -> RefinedGenerator:
        return RefinedGenerator(textons(self.teacher.state_dict()), self.settings.widths)

    def advance(self) -> float:
        """One step, on tori of one style. Returns the mean absolute difference to what is wanted, of 2."""
        s, styles = self.settings, self.teacher.styles.weight
        number = int(torch.randint(len(styles), (1,), generator=self.rng))
        z = torch.randn(s.batch, sum(packed(self.teacher.channels)), s.cells, s.cells, generator=self.rng)
        style = styles[number].expand(s.batch, -1)
        drawn, wanted = self._lesson(self.teacher.gaussian(z, style), style)
        unlike = (drawn - wanted).abs().mean()
        loss = unlike + s.patches * patch_statistics(drawn, wanted, self.rng, levels=3)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        self.fall.step()
        self.step += 1
        return float(unlike.detach())

    def _lesson(self, gaussian: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
        """What the pupil draws of a Gaussian texture, and what it should, `[N,C,H,W]`."""
        return drawn(self.pupil, gaussian, style), drawn(self.teacher, gaussian, style)

    def save(self, path: Path) -> None:
        """Write a checkpoint atomically."""
        state = {"pupil": self.pupil.refiner.state_dict(), "optimiser": self.optimiser.state_dict()}
        state |= {"fall": self.fall.state_dict(), "rng": self.rng.get_state(), "step": self.step}
        temporary = path.with_suffix(".tmp")
        torch.save(state, temporary)
        os.replace(temporary, path)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.pupil.refiner.load_state_dict(state["pupil"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.fall.load_state_dict(state["fall"])
        self.rng.set_state(state["rng"])
        self.step = state["step"]


def drawn(generator: RefinedGenerator, gaussian: Tensor, style: Tensor) -> Tensor:
    """What a generator makes of a Gaussian texture `[N,16C,h,w]`: `[N,C,4h,4w]`, in −1…1."""
    return F.pixel_shuffle(generator.refiner(gaussian, style), 4)


def card(manifest: Manifest, distillation: Distillation, set_name: str) -> dict[str, Any]:
    """The card of the pupil, ready for JSON."""
    settings = asdict(distillation.settings)
    whole = export.card(manifest, distillation.pupil, {}, distillation.step, set_name)
    training = whole["training"] | {
        "method": f"distilled from {manifest.id}, a GAN",
        "command": f"python -m models.training.textures.distil models/training/sets/{set_name} --run RUN --out LITE",
        "settings": settings,
    }
    named = {"id": manifest.id + SUFFIX, "label": f"{manifest.label}, lite", "rank": RANK}
    return whole | named | {"training": training}


def distil(distillation: Distillation, out: Path, save_every: int = 500) -> None:
    """Teach until `settings.steps`, keeping `checkpoint.pt` and `log.jsonl` in `out`."""
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        distillation.resume(checkpoint)
    steps, recent = distillation.settings.steps, []
    with tqdm(total=steps, initial=distillation.step, unit="step", mininterval=10) as bar:
        while distillation.step < steps:
            recent.append(distillation.advance())
            bar.update()
            if distillation.step % save_every == 0 or distillation.step == steps:
                distillation.save(checkpoint)
                with (out / "log.jsonl").open("a") as log:
                    log.write(json.dumps({"step": distillation.step, "unlike": sum(recent) / len(recent)}) + "\n")
                recent = []


def main(arguments: list[str] | None = None) -> None:
    """Distil from the command line."""
    options, teacher = told(arguments, __doc__)
    distillation = Distillation(teacher, Settings(steps=options.steps or Settings.steps))
    distil(distillation, options.out)
    if options.to:
        manifest = Manifest.read(options.set)
        path = options.to / f"{manifest.id}{SUFFIX}.onnx"
        difference = export.export(distillation.pupil.eval(), card(manifest, distillation, options.set.name), path)
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, differs from torch by at most {difference:.2g}")


def told(arguments: list[str] | None, description: str) -> tuple[argparse.Namespace, RefinedGenerator]:
    """The command line of whoever learns from a trained generator, and that generator. Makes the `--out` folder."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("set", type=Path, help="the TOML manifest that the teacher was trained on")
    parser.add_argument("--run", type=Path, required=True, help="the teacher's training folder")
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint and the log go here")
    parser.add_argument("--to", type=Path, help="the folder for the .onnx file")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--threads", type=int, help="CPU threads")
    options = parser.parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    teacher, _ = export.load(options.run)
    if not isinstance(teacher, RefinedGenerator):
        parser.error(f"{options.run}: holds no generator that refines Gaussian textures")
    options.out.mkdir(parents=True, exist_ok=True)
    return options, teacher


if __name__ == "__main__":
    main()
