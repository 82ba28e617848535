"""Write the clips: `python -m models.training.simulation --out DATA/simulated`."""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image
from torch import Tensor
from tqdm import tqdm

from .elements import ELEMENTS


def picture(frame: Tensor) -> Image.Image:
    """Premultiplied RGBA `[4,H,W]` in 0…1 → 8-bit RGBA with straight alpha, as PNG wants it."""
    color = frame[:3] / frame[3:].clamp(min=1e-4)
    straight = frame.new_empty(frame.shape).copy_(frame)
    straight[:3] = color.clamp(0, 1)
    return Image.fromarray((straight.permute(1, 2, 0) * 255).round().byte().numpy(), "RGBA")


def main(arguments: list[str] | None = None) -> None:
    """Simulate from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--frames", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=2, help="clips of each element")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, simulate in ELEMENTS.items():
        for seed in range(options.seeds):
            frames = tqdm(simulate(options.frames, seed), f"{name} {seed}", options.frames)
            first, *rest = [picture(frame) for frame in frames]
            path = options.out / f"{name}_{seed}.png"
            first.save(path, save_all=True, append_images=rest, duration=40, loop=0, disposal=0, blend=0)


if __name__ == "__main__":
    main()
