"""Contact sheets: each style's photograph beside what the generator makes of it, at 1:1."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from .networks import noise, waves

if TYPE_CHECKING:
    from .run import TextureTraining


@torch.no_grad()
def contact_sheet(run: TextureTraining, out: Path, cells: int = 8, columns: int = 2) -> None:
    """Write photo | result pairs of `32·cells` px, `columns` pairs a row, into the folder `out`.

    Draws from its own seed, not the run's.
    """
    side = 32 * cells
    rng = torch.Generator(run.device).manual_seed(1)
    rows = -(-run.shape.styles // columns)
    sheet = Image.new("RGB", (columns * 2 * side, rows * side))
    for number in range(run.shape.styles):
        style = torch.tensor([number], device=run.device)
        z = noise(run.shape, 1, cells, cells, rng)
        repeat = run.crops.manifest.styles[number].repeat
        lattice = waves([repeat], cells, cells).to(z) if run.shape.waves else None
        made = run.average(z, run.average.styles(style), lattice)[0]
        real = run.crops.images[number][0][:, :side, :side]
        for column, image in enumerate((real, made)):
            x = (number % columns * 2 + column) * side
            sheet.paste(to_pil(image), (x, number // columns * side))
    sheet.save(out / f"sheet-{run.step:06d}.png")


def to_pil(image: torch.Tensor) -> Image.Image:
    """`[C,H,W]` in −1…1 → an 8-bit RGB image. What has alpha is laid over gray-blue."""
    if len(image) == 4:
        ground = torch.tensor([-0.6, -0.5, -0.3], device=image.device)[:, None, None]
        image = image[:3] + (ground + 1) * (1 - image[3:].clamp(-1, 1)) / 2
    array = ((image.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).cpu().numpy()
    return Image.fromarray(np.ascontiguousarray(array.repeat(3 // array.shape[2], axis=2)))
