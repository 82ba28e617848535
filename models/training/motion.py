"""How the clips of a set move: `python -m models.training.motion models/training/sets/elements.toml --data DATA`.

For every style with clips it prints the `drift` that the manifest should name, found by phase correlation (Kuglin &
Hines, 1975), and the `rate`: how fast latents must walk for what the drift leaves to change as fast as in the clip.
What a walk of so many keys changes is what it changes of the latents themselves, or of the pictures of a generator.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from .data import CLIP_RATE, GAP, Crops, Manifest
from .train import correlation

#: Frames apart at which pictures are compared.
APART = (1, 2, 3, 4, 6, 8)
#: Likenesses below this say little: of what is left, much is chance.
LEAST = 0.3


def drift(clip: Tensor) -> tuple[float, float]:
    """Movement of a clip `[T,C,H,W]` that wraps around, down and to the right, px a second: how far the frames `GAP`
    apart must be shifted to be most alike, to fractions of a px by the parabolas through the peak's neighbours.
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
    first, second = clip[:-apart].roll(far, (2, 3)), clip[apart:]
    return alike(first, second)


def alike(first: Tensor, second: Tensor) -> float:
    """Correlation of two sequences of pictures `[T,C,H,W]`, about their common mean colour."""
    mean = torch.cat((first, second)).mean(dim=(0, 2, 3), keepdim=True)
    a, b = first - mean, second - mean
    return float((a * b).sum() / (a.square().sum() * b.square().sum()).sqrt())


def rate(clip: Tensor, moved: tuple[float, float], made: Callable[[float], float] = correlation) -> float:
    """Keys a second of the walk that changes as fast as a clip does: the best fit over all `APART`.

    `made` says how alike what a generator makes is after so many keys; usually, how alike its latents are.
    """
    found = {apart: likeness(clip, moved, apart) for apart in APART}
    found = {apart: value for apart, value in found.items() if value > LEAST} or {1: found[1]}
    curve = torch.tensor([made(float(keys)) for keys in GRID])

    def miss(keys: float) -> float:
        return sum((_read(curve, keys * apart / CLIP_RATE) - value) ** 2 for apart, value in found.items())

    return min((0.05 * n for n in range(1, 161)), key=miss)


#: Keys at which a generator's curve is measured.
GRID = tuple(0.05 * n for n in range(33))


def _read(curve: Tensor, keys: float) -> float:
    place = min(keys / GRID[1], len(GRID) - 1.001)
    below = int(place)
    return float(curve[below] + (curve[below + 1] - curve[below]) * (place - below))


def main(arguments: list[str] | None = None) -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="the TOML manifest")
    parser.add_argument("--data", type=Path, required=True, help="the folder that the manifest's paths start from")
    options = parser.parse_args(arguments)
    crops = Crops(Manifest.read(options.set), options.data, 1)
    for number, style in enumerate(crops.manifest.styles):
        if crops.moves(number):
            for clip in crops.clips[number]:
                moved = drift(clip)
                print(f"{style.name}: drift = [{moved[0]:.0f}, {moved[1]:.0f}], rate = {rate(clip, moved):.2f}",
                 [round(likeness(clip,moved,a),2) for a in APART], [round(likeness(clip,(0,0),a),2) for a in APART])


if __name__ == "__main__":
    main()
