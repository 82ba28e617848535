"""The training of a texture generator: all that a checkpoint holds, and one step of it, read top to bottom."""

from __future__ import annotations

import copy
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from ...latents import spline_weights
from ..data import CLIP_RATE, GAP, Crops, Manifest, Style
from ..precision import autocast
from .initialize import generator_of, shape_of
from .losses import gradient_penalty, pairing, patch_statistics, unevenness
from .networks import JUDGE, STRIDE, Discriminator, Generator, noise, waves
from .restore import carry_over


class TrainingError(Exception):
    """Training can't go on. The message says why and what was kept."""


@dataclass(frozen=True)
class Settings:
    """All that decides what is learnt, besides the manifest. Crops are in px; rates per step.

    `evenness` is for styles without courses: those depend on the place in a cell, as they should.
    For the first `head_start` steps the generator learns from patch statistics alone: a discriminator that meets wrong
    colours wins at once and teaches nothing.
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


class Run:
    """Everything a checkpoint holds, and one step of training."""

    def __init__(self, manifest: Manifest, root: Path, settings: Settings, device: str, bf16: bool) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.device, self.bf16 = settings, device, bf16
        self.crops = Crops(manifest, root, settings.crop, device)
        self.shape = shape_of(self.crops)
        layout = torch.channels_last
        self.generator = generator_of(self.crops, self.shape).to(device, memory_format=layout)
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        self.discriminator = Discriminator(self.shape, manifest.judge or JUDGE).to(device, memory_format=layout)
        self.optimise_g = torch.optim.Adam(
            [p for p in self.generator.parameters() if p.requires_grad], settings.rate, betas=(0.0, 0.99)
        )
        self.optimise_d = torch.optim.Adam(self.discriminator.parameters(), settings.rate, betas=(0.0, 0.99))
        self.rng = torch.Generator(device).manual_seed(settings.seed)
        self.step = 0

    def _real(self, styles: Tensor) -> Tensor:
        """Crops of the styles' images, as `fakes` makes them."""
        now, later = self.crops.batch(styles, self.settings.crop, self.rng)
        return (shown(now, later) if self.shape.moving else now).contiguous(memory_format=torch.channels_last)

    def start_from(self, path: Path) -> None:
        """Begin with what fits of an exported generator (see `carry_over`); the discriminator begins anew."""
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
        """What a strip shows `GAP` frames after its latents were `z [N,Z,h,w]`: they have walked on, the view moved."""
        seconds = GAP / CLIP_RATE
        kept = torch.tensor([correlation(style.rate * seconds) for style in styles], device=z.device).view(-1, 1, 1, 1)
        fresh = torch.randn(z.shape, generator=self.rng, device=z.device)
        images = self.generator(z * kept + fresh * (1 - kept**2).sqrt(), vectors, lattice)
        shifts = [tuple(round(v * seconds) for v in style.drift) for style in styles]
        return torch.stack([image.roll(shift, (1, 2)) for image, shift in zip(images, shifts, strict=True)])

    def anneal(self) -> tuple[float, float]:
        """Set the learning rates for this step (cosine); return the weights of the penalty and of the patches."""
        s = self.settings
        done = min(self.step / s.steps, 1.0)
        fall = 0.5 + 0.5 * math.cos(math.pi * done)
        for optimiser in (self.optimise_g, self.optimise_d):
            for group in optimiser.param_groups:
                group["lr"] = s.final_rate + (s.rate - s.final_rate) * fall
        return (
            s.final_penalty + (s.penalty - s.final_penalty) * fall,
            s.final_patches + (s.patches - s.final_patches) * fall,
        )

    def advance(self) -> tuple[float, float]:
        """One step of both networks. Returns (discriminator loss, generator loss)."""
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
        self._descend(self.optimise_g, total)

        keep = min(s.average, (self.step + 1) / (self.step + 10))
        for slow, fast in zip(self.average.parameters(), self.generator.parameters(), strict=True):
            slow.lerp_(fast.detach(), 1 - keep)
        self.step += 1
        return float(loss_d.detach()), float(loss_g.detach())

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
        self._descend(self.optimise_d, total)
        return loss_d

    def _descend(self, optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
        if not torch.isfinite(loss):
            raise TrainingError(f"A loss is {float(loss.detach())} at step {self.step}.")
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    PARTS = ("generator", "average", "discriminator", "optimise_g", "optimise_d")

    def save(self, path: Path) -> None:
        """Write a checkpoint atomically."""
        state = {part: getattr(self, part).state_dict() for part in self.PARTS}
        state |= {"step": self.step, "rng": self.rng.get_state(), "shape": asdict(self.shape)}
        temporary = path.with_suffix(".tmp")
        torch.save(state, temporary)
        os.replace(temporary, path)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint. Raises TrainingError when it belongs to other networks."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state.get("shape") != asdict(self.shape):
            raise TrainingError(f"{path}: was made by networks of another shape. Choose another --out folder.")
        for part in self.PARTS:
            getattr(self, part).load_state_dict(state[part])
        self.step = state["step"]
        self.rng.set_state(state["rng"].cpu())


def shown(now: Tensor, later: Tensor) -> Tensor:
    """What is judged of a pair of pictures `[N,C,H,W]`: the first, and what changes, made as strong: `[N,2C,H,W]`."""
    return torch.cat((now, 2 * (later - now)), dim=1)


def correlation(keys: float) -> float:
    """How alike two latents are, 0…1, that lie `keys` apart on a walk: the mean over where they may lie."""
    total, places = 0.0, 16
    for place in range(places):
        one, other = (dict(spline_weights(t)) for t in (place / places, place / places + keys))
        dot = sum(weight * other.get(key, 0.0) for key, weight in one.items())
        total += dot / math.hypot(*one.values()) / math.hypot(*other.values())
    return total / places
