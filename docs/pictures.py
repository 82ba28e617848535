"""Remake the pictures of the README from the shipped generators: `nox -s pictures`.

`docs/pictures/styles.png` shows nine styles at 1:1, `docs/pictures/motion.png` six frames of a loop of each of three.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from models import media
from models.generators.texture import KIND
from models.library import Entry, Library
from models.recipe import Recipe
from models.runtime import Session

OUT = Path(__file__).resolve().parent / "pictures"
Picture = npt.NDArray[np.float32]
#: What is shown, of each generator: styles, and those of them that are shown in motion.
SHOWN = {
    "latent_textures": (("lava", "clouds", "rust", "fire", "marble", "ice"), ("lava", "clouds", "fire")),
    "instant_textures": (("wood", "bronze", "grass"), ()),
}


def frames(entry: Entry, session: Session, style: str, size: tuple[int, int], numbers: list[int]) -> list[Picture]:
    """Frames `[3,H,W]` of a loop of 48, opaque."""
    recipe = Recipe(
        "texture", entry.card.id, entry.card.digest, *size, 48, 24, 7, {"style": style, "alpha": "opaque"}
    )  # fmt: skip
    take = KIND.take(recipe, entry.card)
    name = entry.card.outputs[0].name
    return [session.run(take.inputs(number))[name][0, :, : size[1], : size[0]] for number in numbers]


def grid(pictures: list[Picture], columns: int, gap: int = 4) -> Picture:
    """Lay pictures side by side, white between them."""
    padded = [np.pad(picture, ((0, 0), (0, gap), (0, gap)), constant_values=1.0) for picture in pictures]
    rows = [np.concatenate(padded[n : n + columns], axis=2) for n in range(0, len(padded), columns)]
    return np.concatenate(rows, axis=1)[:, :-gap, :-gap]


def main() -> None:
    """Write the pictures."""
    OUT.mkdir(exist_ok=True)
    styles, motion = [], []
    for name, (still, moving) in SHOWN.items():
        entry = Library().latest(name)
        session = Session(entry.path)
        for style in still:
            styles += frames(entry, session, style, (416, 288), [0])
        for style in moving:
            motion += frames(entry, session, style, (192, 192), [0, 8, 16, 24, 32, 40])
    (OUT / "styles.png").write_bytes(media.png(grid(styles, 3)))
    (OUT / "motion.png").write_bytes(media.png(grid(motion, 6)))


if __name__ == "__main__":
    main()
