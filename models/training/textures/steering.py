"""Directions that a trained generator can be steered along: detail, contrast and hue.

`python -m models.training.textures.steering SET.toml --run RUN --out STEERED --to models/shipped`

After Jahanian, Chai & Isola, "On the steerability of generative adversarial networks" (ICLR 2020): an edit is done to
what the generator draws, and the walk through its features that comes nearest to it is learned, linear in how far one
goes. The network itself stays as it is; a walk is a column of each layer's modulation, so a place of the style vector.
(Principal components of the features, as in GANSpace, were tried: what one of them changes differs from style to
style.)
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..data import Manifest
from ..gaussian.refined import RefinedGenerator, textons
from ..trainer import chosen, start
from . import export
from .distil import EVERY, Distillation, DistilSettings, drawn, told

#: What −1 and 1 do: contrast and detail by so many times, red and blue by such a share.
CONTRAST, DETAIL, HUE = 1.6, 2.0, 0.2
#: What is finer than this many px is detail: the standard deviation of a blur.
BLUR = 2.0


def contrast(image: Tensor, far: Tensor) -> Tensor:
    """`image [N,3,H,W]` in −1…1 with its distance from its mean color scaled; `far [N]` in −1…1."""
    mean = image.mean(dim=(2, 3), keepdim=True)
    return mean + (image - mean) * CONTRAST ** far.view(-1, 1, 1, 1)


def detail(image: Tensor, far: Tensor) -> Tensor:
    """`image` with what is finer than `BLUR` scaled. It wraps around."""
    reach = int(3 * BLUR)
    line = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / BLUR) ** 2)
    kernel = (line[:, None] * line / line.sum() ** 2).expand(image.shape[1], 1, -1, -1)
    soft = F.conv2d(F.pad(image, (reach,) * 4, "circular"), kernel, groups=image.shape[1])
    return soft + (image - soft) * DETAIL ** far.view(-1, 1, 1, 1)


def hue(image: Tensor, far: Tensor) -> Tensor:
    """`image` with more red and less blue light, or the other way round."""
    share = HUE * far.view(-1, 1, 1, 1) * torch.tensor([1.0, 0.0, -1.0]).view(1, 3, 1, 1)
    return (image + 1) * (1 + share) - 1


EDITS = {"detail": detail, "contrast": contrast, "hue": hue}
#: How far a slider goes of what was taught. At the whole way in hue a weave is seen in pale marble.
REACH = {"detail": 1.0, "contrast": 1.0, "hue": 0.6}


@dataclass(frozen=True)
class SteeringSettings(DistilSettings):
    """The pupil is as wide as its teacher, whatever `widths` says."""

    steps: int = 6_000
    rate: float = 3e-3


class Steering(Distillation):
    """The pupil is the teacher with places for `EDITS`; these are taught alone."""

    def _pupil(self) -> RefinedGenerator:
        weights = dict(self.teacher.state_dict())
        widths = tuple(len(weights[f"refiner.{name}.conv.bias"]) for name in ("fine", "before", "down"))
        pupil = RefinedGenerator(textons(weights), widths, len(EDITS))
        weights["styles.weight"] = pupil.styles.weight
        films = [name for name in weights if name.endswith("film.weight")]
        for name in films:
            weights[name] = torch.cat((weights[name], weights[name].new_zeros(len(weights[name]), len(EDITS))), dim=1)
        pupil.load_state_dict(weights)
        pupil.requires_grad_(False)
        new = torch.arange(pupil.styles.weight.shape[1]) >= len(pupil.styles.weight)
        for name in films:
            film = pupil.get_parameter(name).requires_grad_(True)
            film.register_hook(lambda gradient: gradient * new)
        return pupil

    def _lesson(self, gaussian: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
        """Half of the time one edit is asked for, half of the time all of them."""
        far = 2 * torch.rand(len(style), len(EDITS), generator=self.rng) - 1
        if torch.rand((), generator=self.rng) < 0.5:
            far = far * torch.eye(len(EDITS))[torch.randint(len(EDITS), (len(style),), generator=self.rng)]
        wanted = drawn(self.teacher, gaussian, style)
        for edit, amount in zip(EDITS.values(), far.unbind(1), strict=True):
            wanted = edit(wanted, amount)
        return drawn(self.pupil, gaussian, torch.cat((style, far), dim=1)), wanted.clamp(-1, 1)


def card(manifest: Manifest, described: dict[str, Any], steering: Steering) -> dict[str, Any]:
    """Return the teacher's card, `described`, with the directions of the pupil."""
    styles, channels = steering.pupil.styles.weight.shape
    directions = [
        {"name": name, "vector": [REACH[name] * (n == styles + number) for n in range(channels)]}
        for number, name in enumerate(EDITS)
    ]
    again = {"settings": asdict(steering.settings), "steps": steering.step}
    return described | {"directions": directions, "training": described["training"] | {"steering": again}}


def main(arguments: list[str] | None = None) -> None:
    """Learn to steer from the command line."""
    options, teacher = told(arguments, __doc__, SteeringSettings)
    steering = Steering(teacher, chosen(options, SteeringSettings))
    if start(steering, options, EVERY) and options.to:
        manifest = Manifest.read(options.set)
        settings, steps = json.loads((options.run / "settings.json").read_text()), export.load(options.run)[1]
        pupil = steering.pupil.eval()
        described = card(manifest, export.card(manifest, pupil, settings, steps, options.set.name), steering)
        path = options.to / f"{manifest.id}.onnx"
        difference = export.export(pupil, described, path)
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, differs from torch by at most {difference:.2g}")


if __name__ == "__main__":
    main()
