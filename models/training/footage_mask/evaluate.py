"""How good masks are: `python -m models.training.footage_mask.evaluate --data DATA FILE.onnx …`.

On clips that were held out: people in a room that training has seen with others, people in rooms that it has not, and
composites of those people and of shapes before grounds that it has not. For each generator of footage masks (and each
of its styles), and for a mask that keeps everything: intersection over union at one half, and flicker: how far, on
average, a mask's change from frame to frame is off the true one's, in 0…1 over the whole picture.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime

from ...cards.card import Card
from .composites import Material, clip

#: Height and width of the composites, px; how many, and frames in each.
SIZE, COMPOSITES, FRAMES = (216, 384), 24, 8
Array = np.ndarray
Clip = tuple[Array, Array]


def clips(data: Path) -> Iterator[tuple[str, Clip]]:
    """(Set, (pictures `[T,3,H,W]`, masks `[T,H,W]`)) of all that is held out, in 0…1."""
    material = Material(data, held_out=True)
    for name in sorted({subject.clip for subject in material.people}):
        frames = [subject for subject in material.people if subject.clip == name]
        images = np.stack([frame.image.numpy() for frame in frames]).astype(np.float32) / 255
        yield frames[0].set, (images, np.stack([frame.mask[0].numpy() for frame in frames]).astype(np.float32) / 255)
    for n in range(COMPOSITES):
        images, masks = clip(material, FRAMES, SIZE, np.random.default_rng((7, n)), as_filmed=False)
        yield "composites", (images.numpy(), masks[:, 0].numpy())


class Masks:
    """The masks that one generator makes of a clip, with one of its styles."""

    def __init__(self, path: Path, style: str = "") -> None:
        self.card = Card.read(path)
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self.vectors = [np.array([each.vector], np.float32) for each in self.card.styles if each.name == style]

    def __call__(self, images: Array) -> Array:
        """`[T,3,H,W]` → `[T,H,W]`, from an empty state."""
        states = {port.name: np.zeros((1, port.channels, 1, 1), np.float32) for port in self.card.ports("state")}
        names = [port.name for port in self.session.get_outputs()]
        made = []
        for image in images:
            feeds = {self.card.ports("image")[0].name: image[None], **states}
            feeds |= {port.name: vector for port, vector in zip(self.card.ports("style"), self.vectors, strict=True)}
            mask, *new = self.session.run(names, feeds)
            states = dict(zip(states, new, strict=True))
            made.append(mask[0, 0])
        return np.stack(made)


def overlap(masks: Array, true: Array) -> tuple[float, float]:
    """Px in both, and px in either, over a clip."""
    a, b = masks > 0.5, true > 0.5
    return float((a & b).sum()), float((a | b).sum())


def flicker(masks: Array, true: Array) -> float:
    """Mean absolute difference of the changes from frame to frame."""
    return float(np.abs(np.diff(masks, axis=0) - np.diff(true, axis=0)).mean()) if len(true) > 1 else 0.0


def measure(data: Path, files: list[Path]) -> None:
    """Print a JSON line for each generator, style and set."""
    made = {"everything": lambda images: np.ones((len(images), *images.shape[2:]), np.float32)}
    for path in files:
        for style in [style.name for style in Card.read(path).styles] or [""]:
            made[f"{path.stem} {style}".strip()] = Masks(path, style)
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for name, (images, true) in clips(data):
        for who, masks in made.items():
            guess = masks(images)
            found.setdefault((name, who), []).append((*overlap(guess, true), flicker(guess, true)))
    for (name, who), values in sorted(found.items()):
        inside, either, unsteady = np.array(values).T
        told = {"set": name, "generator": who, "clips": len(values), "iou": round(inside.sum() / either.sum(), 3)}
        print(json.dumps(told | {"flicker": round(float(unsteady.mean()), 4)}), flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Evaluate from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, help="generators of footage masks")
    parser.add_argument("--data", type=Path, required=True, help="folder with masks and textures; see composites.py")
    options = parser.parse_args(arguments)
    measure(options.data, options.files)


if __name__ == "__main__":
    main()
