"""The training of a texture generator: its networks, and one step of both, read top to bottom."""

from __future__ import annotations

import copy
import math
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...latents import spline_weights
from ..data import CLIP_RATE, GAP, Crops, Manifest, Style
from ..precision import autocast
from ..trainer import Training, TrainingError, follow, set_rate, warming
from .initialize import generator_of, shape_of
from .losses import DEAD, gradient_penalty, pairing, patch_statistics, unevenness
from .networks import JUDGE, STRIDE, Discriminator, Generator, noise, waves
from .restore import carry_over


@dataclass(frozen=True)
class TextureSettings:
    """All that decides what is learned, besides the manifest. Crops are in px; rates per step.

    `evenness` is for styles without courses: those depend on the place in a cell, as they should.
    For the first `head_start` steps the generator learns from patch statistics alone: a discriminator that meets wrong
    colors wins at once and teaches nothing.
    """

    steps: int = 20_000
    crop: int = 128
    batch: int = 8
    rate: float = 5e-4
    final_rate: float = 5e-5
    penalty: float = 10.0
    final_penalty: float = 1.0
    penalty_every: int = 4
    styles_at_once: int = 2
    patches: float = 20.0
    final_patches: float = 2.0
    evenness: float = 2.0
    head_start: int = 1_000
    average: float = 0.999
    seed: int = 0


class TextureTraining(Training[TextureSettings]):
    """A generator against a discriminator, and the average of the generator's weights, which is what ships."""

    parts = ("generator", "average", "discriminator", "optimize_g", "optimize_d")

    def __init__(self, manifest: Manifest, root: Path, settings: TextureSettings, device: str, bf16: bool) -> None:
        super().__init__(settings, device)
        self.bf16 = bf16
        self.crops = Crops(manifest, root, settings.crop, device)
        self.shape = shape_of(self.crops)
        layout = torch.channels_last
        self.generator = generator_of(self.crops, self.shape).to(device, memory_format=layout)
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        self.discriminator = Discriminator(self.shape, manifest.judge or JUDGE).to(device, memory_format=layout)
        self.optimize_g = torch.optim.Adam(
            [p for p in self.generator.parameters() if p.requires_grad], settings.rate, betas=(0.0, 0.99)
        )
        self.optimize_d = torch.optim.Adam(self.discriminator.parameters(), settings.rate, betas=(0.0, 0.99))
        self._judged: deque[float] = deque(maxlen=500)

    def _real(self, styles: Tensor) -> Tensor:
        """Crops of the styles' images, as `fakes` makes them."""
        now, later = self.crops.batch(styles, self.settings.crop, self.rng)
        return (shown(now, later) if self.shape.moving else now).contiguous(memory_format=torch.channels_last)

    def start_from(self, path: Path) -> None:
        """Begin with what fits of an exported generator (see `carry_over`); the discriminator begins afresh."""
        if not isinstance(self.generator, Generator):
            raise TrainingError(
                "A set that refines or flows begins with what its styles are by themselves. Leave out --start-from."
            )
        carry_over(path, self.generator, [style.name for style in self.crops.manifest.styles])
        self.average.load_state_dict(self.generator.state_dict())

    def autocast(self) -> torch.autocast:
        return autocast(self.device, self.bf16)

    def fakes(self, styles: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(crops `[N,C,crop,crop]` as they are judged, see `shown`, and the larger tori that they are cut from).

        So a torus's seam lands anywhere in a crop, or nowhere. Styles with courses have tori of their own sizes.
        """
        if not self.shape.waves:
            crops, tori = self._fakes(styles)
            return crops, [tori]
        groups = styles.split(self.settings.batch // self.settings.styles_at_once)
        made = [self._fakes(group) for group in groups]
        return torch.cat([crops for crops, _ in made]), [tori for _, tori in made]

    def _fakes(self, styles: Tensor) -> tuple[Tensor, Tensor]:
        named = [self.crops.manifest.styles[int(number)] for number in styles]
        rows, columns = self._cells(named)
        z = noise(self.shape, len(styles), rows, columns, self.rng)
        lattice = waves([style.repeat for style in named], rows, columns).to(z) if self.shape.waves else None
        vectors = self.generator.styles(styles)
        place = [
            int(torch.randint(STRIDE * cells, (1,), generator=self.rng, device=self.rng.device))
            for cells in (rows, columns)
        ]
        tori = self.generator(z, vectors, lattice)
        now = self._crop(tori, place)
        if not self.shape.moving:
            return now, tori
        later = now.clone()
        moving = [n for n, number in enumerate(styles) if self.crops.moves(int(number))]
        if moving:
            places = None if lattice is None else lattice[moving]
            whole = self._later(z[moving], vectors[moving], places, [named[n] for n in moving])
            later[moving] = self._crop(whole, place)
        return shown(now, later), tori

    def _cells(self, styles: list[Style]) -> tuple[int, int]:
        """Rows and columns of the styles' torus: more than a crop, and whole courses, so that they close."""
        periods = (math.lcm(*(style.repeat[axis] for style in styles)) for axis in (0, 1))
        rows, columns = (period * -(-(self.settings.crop // STRIDE + 1) // period) for period in periods)
        return rows, columns

    def _crop(self, images: Tensor, place: list[int]) -> Tensor:
        side = self.settings.crop
        return images.roll((-place[0], -place[1]), (2, 3))[:, :, :side, :side]

    def _later(self, z: Tensor, vectors: Tensor, lattice: Tensor | None, styles: list[Style]) -> Tensor:
        """Return what a strip shows `GAP` frames after its latents were `z [N,Z,h,w]`: they have walked on, the view
        moved.
        """
        seconds = GAP / CLIP_RATE
        kept = torch.tensor([correlation(style.rate * seconds) for style in styles], device=z.device).view(-1, 1, 1, 1)
        fresh = torch.randn(z.shape, generator=self.rng, device=z.device)
        images = self.generator(z * kept + fresh * (1 - kept**2).sqrt(), vectors, lattice)
        shifts = [tuple(round(v * seconds) for v in style.drift) for style in styles]
        return torch.stack([image.roll(shift, (1, 2)) for image, shift in zip(images, shifts, strict=True)])

    def identity(self) -> dict[str, Any]:
        return {"shape": asdict(self.shape)}

    def anneal(self) -> tuple[float, float]:
        """Set the learning rates for this step (cosine); return the weights of the penalty and of the patches."""
        s, left = self.settings, self.cosine()
        for optimizer in (self.optimize_g, self.optimize_d):
            set_rate(optimizer, s.final_rate + (s.rate - s.final_rate) * left)
        return (
            s.final_penalty + (s.penalty - s.final_penalty) * left,
            s.final_patches + (s.patches - s.final_patches) * left,
        )

    def learn(self) -> dict[str, Tensor]:
        """Teach the discriminator, then the generator. Raises TrainingError once the discriminator is constant."""
        s = self.settings
        penalty, patches = self.anneal()
        shares = torch.tensor([style.share for style in self.crops.manifest.styles], device=self.rng.device)
        styles = torch.multinomial(shares, s.styles_at_once, replacement=True, generator=self.rng)
        same = s.batch // s.styles_at_once
        styles = styles.repeat_interleave(same)
        real = self._real(styles)
        with self.autocast():
            fake, tori = self.fakes(styles)
        duel = self.step >= s.head_start
        loss_d = self._teach_discriminator(styles, real, fake.detach(), penalty) if duel else real.new_zeros(())

        loss_g = real.new_zeros(())
        with self.autocast():
            if duel:
                self.discriminator.requires_grad_(False)
                _, loss_g = pairing(self.discriminator(fake, styles), self.discriminator(real, styles))
                self.discriminator.requires_grad_(True)
            groups = zip(fake.split(same), real.split(same), strict=True)
            unlike = torch.stack([patch_statistics(made, photos, self.rng) for made, photos in groups]).mean()
        total = loss_g + patches * unlike
        if s.evenness:
            alike = [images for torus in tori for images in torus.split(same)]
            total = total + s.evenness * torch.stack([unevenness(images, STRIDE) for images in alike]).mean()
        self.descend(self.optimize_g, total)
        follow(self.average, self.generator, warming(s.average, self.step))
        return {"loss_d": loss_d.detach(), "loss_g": loss_g.detach()}

    def _teach_discriminator(self, styles: Tensor, real: Tensor, fake: Tensor, penalty: float) -> Tensor:
        """One step of the discriminator; every few steps with the gradient penalties."""
        s = self.settings
        with self.autocast():
            loss_d, _ = pairing(self.discriminator(fake, styles), self.discriminator(real, styles))
            total = loss_d
            if self.step % s.penalty_every == 0:
                for images in (real, fake):
                    norm = gradient_penalty(lambda x: self.discriminator(x, styles), images)
                    total = total + penalty * s.penalty_every / 2 * norm
        self.descend(self.optimize_d, total)
        self._check_alive(float(loss_d.detach()))
        return loss_d

    def _check_alive(self, loss: float) -> None:
        """Raise TrainingError when the discriminator has given all pictures the same logit for 500 steps."""
        self._judged.append(loss)
        if len(self._judged) == self._judged.maxlen and max(abs(each - DEAD) for each in self._judged) < 1e-3:
            raise TrainingError("The discriminator has been constant for 500 steps. Start again from the checkpoint.")


def shown(now: Tensor, later: Tensor) -> Tensor:
    """Return what is judged of a pair of pictures `[N,C,H,W]`: the first, and what changes, made as strong:
    `[N,2C,H,W]`.
    """
    return torch.cat((now, 2 * (later - now)), dim=1)


def correlation(keys: float) -> float:
    """How alike two latents are, 0…1, that lie `keys` apart on a walk: the mean over where they may lie."""
    total, places = 0.0, 16
    for place in range(places):
        one, other = (dict(spline_weights(t)) for t in (place / places, place / places + keys))
        dot = sum(weight * other.get(key, 0.0) for key, weight in one.items())
        total += dot / math.hypot(*one.values()) / math.hypot(*other.values())
    return total / places
