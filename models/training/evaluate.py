"""Measure a generator against its photographs.

`python -m models.training.evaluate GENERATOR.onnx SET.toml --data DATA`

Prints a Markdown table, a row a style: the Fréchet distance and the pyramid distance as ratios to that between two
halves of the real picture (1 would be as good as more of the same photograph), those of random-phase noise beside them,
and the seam. Crops of the two halves do not overlap.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..card import Card
from ..recipe import Recipe
from ..runtime import Session
from .data import Crops, Manifest
from .metrics import frechet, pyramid, seam

CROP, COUNT = 128, 64
Row = dict[str, float | str]


def evaluate(path: Path, manifest: Manifest, root: Path) -> list[Row]:
    """One row a style. Raises GeneratorError or DataError."""
    card, session = Card.read(path), Session(path)
    crops = Crops(manifest, root, CROP)
    rows: list[Row] = []
    for number, style in enumerate(manifest.styles):
        left, right = halves(crops.images[number])
        made = generated(card, session, style.name)
        noise = [random_phase(image, seed) for seed, image in enumerate(crops.images[number])]
        floor = frechet.distance(left, right), pyramid.distance(left, right)
        fake, phase = cut(made), cut(noise)
        rows.append(
            {
                "style": style.label,
                "fréchet": frechet.distance(left, fake) / floor[0],
                "random phase": frechet.distance(left, phase) / floor[0],
                "pyramid": pyramid.distance(left, fake) / floor[1],
                "random phase ": pyramid.distance(left, phase) / floor[1],
                "seam": max(
                    (seam.ratio(image.numpy(), axis) for image in made for axis in (1, 2)), key=lambda v: abs(v - 1)
                ),
            }
        )
    return rows


def halves(images: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Crops of the left and of the right halves of each picture."""
    pieces = [(image[:, :, : image.shape[2] // 2], image[:, :, image.shape[2] // 2 :]) for image in images]
    return cut([left for left, _ in pieces]), cut([right for _, right in pieces], seed=1)


def cut(images: list[Tensor], seed: int = 0) -> Tensor:
    """`COUNT` random crops `[COUNT,3,CROP,CROP]`, of all pictures in turn."""
    rng = np.random.default_rng(seed)
    crops = []
    for n in range(COUNT):
        image = images[n % len(images)]
        y, x = (int(rng.integers(side - CROP + 1)) for side in image.shape[1:])
        crops.append(image[:, y : y + CROP, x : x + CROP])
    return torch.stack(crops)


def generated(card: Card, session: Session, style: str, count: int = 4, side: int = 512) -> list[Tensor]:
    """Pictures `[3,side,side]` in −1…1 of different seeds."""
    from ..generators.texture import KIND

    pictures = []
    for seed in range(count):
        recipe = Recipe("texture", card.id, card.digest, side, side, 1, 25, seed, {"style": style})
        (image,) = session.run(KIND.take(recipe, card).inputs(0)).values()
        pictures.append(torch.from_numpy(image[0]) * 2 - 1)
    return pictures


def random_phase(image: Tensor, seed: int) -> Tensor:
    """The picture's power spectrum with random phases, its colours kept together (Galerne et al., 2011)."""
    noise = np.random.default_rng(seed).standard_normal(image.shape[1:])
    phase = torch.from_numpy(np.exp(1j * np.angle(np.fft.fft2(noise))))
    mean = image.mean(dim=(1, 2), keepdim=True)
    return torch.fft.ifft2(torch.fft.fft2(image - mean) * phase).real.float().add(mean).clamp(-1, 1)


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    names = list(rows[0])
    lines = ["| " + " | ".join(name.strip() for name in names) + " |", "|---" + "|---:" * (len(names) - 1) + "|"]
    for row in rows:
        cells = [value if isinstance(value, str) else f"{value:.2f}" for value in row.values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Evaluate from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("generator", type=Path)
    parser.add_argument("set", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args(arguments)
    print(table(evaluate(options.generator, Manifest.read(options.set), options.data)))


if __name__ == "__main__":
    main()
