"""Measure how the clips of a set move.

`python -m models.training.textures.motion models/training/sets/elements.toml --data DATA`

For every style with clips it prints the `drift` and the `rate` that the manifest should name: how far the whole moves,
and how fast latents must walk for the rest to change as fast as in the clip. A generator's pictures change faster than
its latents do, if thin lines are carried far. So the walk's changes are those of pictures: of the written-down elements
that a set begins with, or of a generator in training (`--run FOLDER`), which tells whether it has learned to keep step.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn

from ..data import CLIP_RATE, GAP, Crops, Manifest
from ..elements.flowing import PACKED, FlowingGenerator
from .export import load
from .run import correlation

#: Frames apart at which pictures are compared.
APART = (1, 2, 3, 4, 6, 8)
#: Likenesses below this say little: of what is left, much is chance.
LEAST = 0.3
#: Keys a second that are tried.
RATES = tuple(0.1 * n for n in range(1, 81))
#: Keys between the points at which a generator is measured.
STEP = 0.1


def drift(clip: Tensor) -> tuple[float, float]:
    """Movement of a clip `[T,C,H,W]` that wraps around, down and to the right, px a second.

    How far the frames `GAP` apart must be shifted to be most alike, to fractions of a px by the parabolas through the
    peak's neighbors.
    """
    spectrum = torch.fft.fft2(clip - clip.mean(dim=(0, 2, 3), keepdim=True))
    peaks = torch.fft.ifft2((spectrum[GAP:] * spectrum[:-GAP].conj()).sum(dim=(0, 1))).real  # [H,W]
    place = divmod(int(peaks.argmax()), peaks.shape[1])
    found = []
    for axis, (at, side) in enumerate(zip(place, peaks.shape, strict=True)):
        line = peaks[:, place[1]] if axis == 0 else peaks[place[0]]
        low, peak, high = (float(line[(at + k) % side]) for k in (-1, 0, 1))
        shift = at + 0.5 * (low - high) / min(low - 2 * peak + high, -1e-9)
        found.append((shift - side if shift > side / 2 else shift) * CLIP_RATE / GAP)
    return found[0], found[1]


def likeness(clip: Tensor, moved: tuple[float, float], apart: int) -> float:
    """Mean correlation, −1…1, of the frames `apart` of a clip that wraps, without its movement in px a second."""
    far = [round(v * apart / CLIP_RATE) for v in moved]
    return alike(clip[:-apart].roll(far, (2, 3)), clip[apart:])


def alike(first: Tensor, second: Tensor) -> float:
    """Correlation of two sequences of pictures `[T,C,H,W]`, about their common mean color."""
    mean = torch.cat((first, second)).mean(dim=(0, 2, 3), keepdim=True)
    a, b = first - mean, second - mean
    return float((a * b).sum() / (a.square().sum() * b.square().sum()).sqrt().clamp(min=1e-12))


def rate(clip: Tensor, moved: tuple[float, float], made: Callable[[float], float] = correlation) -> float:
    """Keys a second of the walk that changes as fast as a clip does: the best fit over all `APART`.

    `made` says how alike what is made of latents is after so many keys; usually, how alike they are themselves.
    """
    found = {apart: likeness(clip, moved, apart) for apart in APART}
    found = {apart: value for apart, value in found.items() if value > LEAST} or {1: found[1]}
    return min(
        RATES, key=lambda keys: sum((made(keys * apart / CLIP_RATE) - value) ** 2 for apart, value in found.items())
    )


@torch.no_grad()
def pictures(generator: nn.Module, style: Tensor, count: int = 4, cells: int = 8) -> Callable[[float], float]:
    """How alike a generator's pictures are before and after a walk of so many keys; `style [1,S]`."""
    rng = torch.Generator().manual_seed(0)
    now, fresh = (torch.randn(count, sum(PACKED.values()), cells, cells, generator=rng) for _ in range(2))
    styles = style.expand(count, -1)
    first = generator(now, styles)

    @cache
    def after(step: int) -> float:
        kept = correlation(STEP * step)
        with torch.no_grad():
            return alike(first, generator(now * kept + fresh * (1 - kept**2) ** 0.5, styles))

    def made(keys: float) -> float:
        """Between measured points, which lie `STEP` keys apart, a straight line."""
        place = keys / STEP
        below = int(place)
        return after(below) + (after(below + 1) - after(below)) * (place - below)

    return made


def main(arguments: list[str] | None = None) -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="the TOML manifest of a set that flows")
    parser.add_argument("--data", type=Path, required=True, help="the folder that the manifest's paths start from")
    parser.add_argument("--run", type=Path, help="a training folder, whose generator is measured")
    options = parser.parse_args(arguments)
    crops = Crops(Manifest.read(options.set), options.data, 1)
    styles = crops.manifest.styles
    generator = load(options.run)[0] if options.run else FlowingGenerator([one.begins or one.name for one in styles])
    for number, style in enumerate(styles):
        if crops.moves(number):
            made = pictures(generator.eval(), torch.eye(len(styles))[number : number + 1])
            for clip in crops.clips[number]:
                down, right = moved = drift(clip)
                print(f"{style.name}: drift = [{round(down)}, {round(right)}], rate = {rate(clip, moved, made):.1f}")


if __name__ == "__main__":
    main()
