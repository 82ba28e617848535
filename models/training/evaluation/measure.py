"""The measurements behind the tables of `evaluate`: of photographs, of what generators make of them, of networks."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ...cards.style import Style
from ...inference.session import Session
from ...kinds.texture import KIND, TextureTake
from ...library.catalog import Entry
from ...recipe import Recipe
from ..graphs import flops
from .baselines import quilting, random_phase
from .metrics import closure, frechet, memorization, pyramid, repetition, seam, temporal, variety

#: Crops of CROP px that a set of pictures is judged by.
CROP, COUNT = 128, 48
#: Pictures made of each style, of how many at a time the crops are, and their side, px: four flames may be much nearer
#: to the real ones than four others, or further, and so may twelve.
PICTURES, GROUP, SIDE = 36, 12, 512
#: Pictures that the seam of a material with courses is measured in: so few bricks lie at one join that the mean step
#: there differs by a fifth from picture to picture.
WALLS = 48
#: A loop, as it is looked at: frames, seconds and side; and frames in sequence at a film's rate.
LOOP, SECONDS, LOOP_SIDE, FILM = 24, 8, 256, 10
FULL = (1920, 1080)

Picture = npt.NDArray[np.float32]


@dataclass
class Reference:
    """The real pictures of a style, `[3,H,W]` in −1…1 each, and the distances of anything else to them.

    Of a set that held pictures out, distances are to those, over that between them and what was taught. Of others,
    they are to the left and to the right halves, over that between the two. 1 is as good as more of the same.
    """

    pictures: list[Tensor]
    held: list[Tensor] = field(default_factory=list)
    cache: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    @cached_property
    def halves(self) -> tuple[Tensor, Tensor]:
        """Crops of what was taught and of what was held out, or of the left and of the right halves.

        Of narrow pictures, crops of the first and of the last ones. They don't overlap.
        """
        if self.held:
            return cut(self.pictures, 0), cut(self.held, 1)
        if len(self.pictures) > 1 and min(picture.shape[2] for picture in self.pictures) < 3 * CROP:
            middle = len(self.pictures) // 2
            return cut(self.pictures[:middle], 0), cut(self.pictures[middle:], 1)
        split = [picture.tensor_split(2, dim=2) for picture in self.pictures]
        return cut([left for left, _ in split], 0), cut([right for _, right in split], 1)

    @cached_property
    def features(self) -> tuple[Tensor, Tensor]:
        """Fréchet features of the halves."""
        left, right = self.halves
        return frechet.features(left), frechet.features(right)

    @cached_property
    def floor(self) -> tuple[float, float]:
        """Fréchet and pyramid distances between the halves."""
        return frechet.between(*self.features), pyramid.distance(*self.halves)

    def distances(self, made: list[Tensor], name: str = "") -> tuple[float, float, float]:
        """Fréchet and pyramid ratios of other pictures, and their variety. Those of a `name` are measured once."""
        if name not in self.cache or not name:
            crops = cut(made, 2)
            features = frechet.features(crops)
            compared = self.features[1:] if self.held else self.features
            far = sum(frechet.between(part, features) for part in compared) / len(compared)
            unlike = pyramid.distance(self.halves[1] if self.held else torch.cat(self.halves), crops)
            varied = variety.ratio(torch.cat(self.features), features)
            self.cache[name] = far / self.floor[0], unlike / self.floor[1], varied
        return self.cache[name]

    @cached_property
    def random_phase(self) -> tuple[float, float, float]:
        """The distances of random-phase noise."""
        return self.distances([random_phase.picture(p, seed) for seed, p in enumerate(self.pictures)], "random phase")

    @cached_property
    def quilted(self) -> tuple[float, float, float]:
        """The distances of image quilting."""
        made = quilting.picture(self.pictures[0].numpy(), 384, 0)
        return self.distances([torch.from_numpy(made)], "quilting")

    @cached_property
    def repeats(self) -> float:
        """The photographs' own autocorrelation peak."""
        return max(repetition.peak(picture.numpy()) for picture in self.pictures[:2])


def cut(pictures: list[Tensor], seed: int) -> Tensor:
    """`COUNT` random crops `[COUNT,3,CROP,CROP]`, of all pictures in turn."""
    rng = np.random.default_rng(seed)
    crops = []
    for n in range(COUNT):
        picture = pictures[n % len(pictures)]
        y, x = (int(rng.integers(side - CROP + 1)) for side in picture.shape[1:])
        crops.append(picture[:, y : y + CROP, x : x + CROP])
    return torch.stack(crops)


def still(pictures: list[Tensor], stride: int, repeat: tuple[int, int] = (1, 1)) -> Mapping[str, float]:
    """Return what can be said of pictures that wrap alone: the seam and the lattice (those further from 1), and
    repeats.

    Materials whose courses come round after `repeat` cells have a lattice of their own.
    """
    arrays = [picture.numpy() for picture in pictures]
    if repeat == (1, 1):
        seams = [seam.ratio(arrays, axis, stride) for axis in (1, 2)]
        grid = {"lattice": max(seam.lattice(arrays, axis, stride) for axis in (1, 2))}
    else:
        seams = [seam.ratio_of_courses(arrays, axis, stride * n) for axis, n in zip((1, 2), repeat, strict=True)]
        grid = {}
    return {
        "seam": max(seams, key=lambda value: abs(value - 1)),
        **grid,
        "repetition": float(np.mean([repetition.peak(array) for array in arrays[:2]])),
    }


def seen(style: Style) -> int:
    """How many pictures of a style `still` needs."""
    return PICTURES if style.repeat == (1, 1) else WALLS


def quality(pictures: list[Tensor], real: Reference) -> Mapping[str, float]:
    """How near a style's pictures come to the real ones: of distances, means over groups of pictures."""
    groups = [pictures[first : first + GROUP] for first in range(0, len(pictures), GROUP)]
    far, unlike, varied = np.mean([real.distances(group) for group in groups], axis=0).tolist()
    return {
        "frechet": far,
        "pyramid": unlike,
        "variety": varied,
        "random_phase": real.random_phase[0],
        "random_phase_pyramid": real.random_phase[1],
        "quilting": real.quilted[0],
        "real_repetition": real.repeats,
        "memorization": memorization.ratio(pictures, real.pictures[0]),
    }


def motion(entry: Entry, session: Session, style: str) -> Mapping[str, float]:
    """How a style's loop closes and moves."""
    size = (LOOP_SIDE, LOOP_SIDE)
    take = _take(entry, style, size, LOOP, LOOP / SECONDS)
    frames = np.stack([_frame(take, session, number) for number in range(LOOP)])
    camera = take.camera
    first, layout = camera.views[0], camera.layout
    camera.views.append(
        replace(
            first,
            time=first.time + (layout.keys or 0),
            top=first.top + layout.drift[0] * camera.torus.cell[0],
            left=first.left + layout.drift[1] * camera.torus.cell[1],
        )
    )
    again = _frame(take, session, LOOP)
    film = _take(entry, style, size, 25 * SECONDS, 25)
    sequence = np.stack([_frame(film, session, number) for number in range(FILM)])
    return {
        "closure": closure.gap(frames[0], again),
        "closing_step": closure.step(frames),
        "variation": temporal.variation(frames),
        "trembling": temporal.trembling(sequence),
        "reversal": temporal.reversal(frames),
    }


def cost(entry: Entry, session: Session) -> Mapping[str, float]:
    """GFLOP and milliseconds of processor time of the network for a frame of 1920×1080, and the file's megabytes."""
    feeds = _take(entry, entry.card.styles[0].name, FULL, 1, 25).inputs(0)
    times = []
    for _ in range(4):
        began = time.process_time()
        session.run(feeds)
        times.append(time.process_time() - began)
    return {
        "gflop": flops.count(entry.path, {name: array.shape for name, array in feeds.items()}) / 1e9,
        "ms": 1000 * min(times),
        "mb": entry.path.stat().st_size / 1e6,
    }


def made(entry: Entry, session: Session, style: str, count: int, side: int = SIDE) -> list[Tensor]:
    """`count` pictures `[3,H,W]` in −1…1 of different seeds, about `side` px (whole courses).

    Over black if they have alpha.
    """
    takes = (_take(entry, style, (side, side), 1, 25, seed) for seed in range(count))
    return [torch.from_numpy(_image(take, session, 0)) * 2 - 1 for take in takes]


def _take(entry: Entry, style: str, size: tuple[int, int], frames: int, fps: float, seed: int = 0) -> TextureTake:
    recipe = Recipe("texture", entry.card.id, entry.card.digest, *size, frames, fps, seed, {"style": style})
    return KIND.take(recipe, entry.card)


def _image(take: TextureTake, session: Session, frame: int) -> Picture:
    """Return what the network returns, `[3,H,W]` in 0…1."""
    (port,) = take.card.outputs
    image = take.run(session, frame)[port.name][0, :3]
    return (image - np.float32(port.low)) / np.float32(port.high - port.low)


def _frame(take: TextureTake, session: Session, frame: int) -> Picture:
    """Return the frame as it is shown, `[3,height,width]`."""
    return np.concatenate(list(take.camera.frame(frame, _image(take, session, frame))), axis=1)


def beside(path: Path) -> Entry:
    """Return a generator file that is in no library."""
    from ...cards.card import Card

    return Entry(path, Card.read(path))
