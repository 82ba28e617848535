"""The sheet of docs/before-and-after.md: photograph, what shipped before, what ships now, at 1:1.

`python -m models.training.evaluation.ruler.sheet --data DATA`
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from ....inference.session import Session
from ....library.catalog import Entry, Library
from ...data import Crops, Manifest
from ...textures.contact_sheet import to_pil
from .. import measure
from ..evaluate import ROOT

#: Generators that are held against each other, by id, and the side of each picture in px.
BEFORE, AFTER, SIDE = "latent_materials", "photo_textures", 300
GAP, TITLE = 6, 18


def drawn(entry: Entry, style: str) -> Tensor | None:
    """Return a picture of a style of a generator, if it has that style."""
    if all(style != one.name for one in entry.card.styles):
        return None
    return measure.made(entry, Session(entry.path), style, 1, 512)[0]


def main(arguments: list[str] | None = None) -> None:
    """Draw the sheet from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder that the sets' paths start from")
    parser.add_argument("--to", type=Path, default=ROOT / "docs/pictures/before-and-after.jpg")
    options = parser.parse_args(arguments)
    before, after = (Library().latest(id) for id in (BEFORE, AFTER))
    manifest = Manifest.read(ROOT / f"models/training/sets/{AFTER}.toml")
    photographs = Crops(manifest, options.data, SIDE).images
    width, height = 3 * (SIDE + GAP) - GAP, SIDE + TITLE + GAP
    sheet = Image.new("RGB", (2 * width + 4 * GAP, -(-len(manifest.styles) // 2) * height), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (style, (photograph, *_)) in enumerate(zip(manifest.styles, photographs, strict=True)):
        x, y = number % 2 * (width + 4 * GAP), number // 2 * height
        draw.text((x + 2, y + 2), style.label, fill="black", font=ImageFont.load_default(12))
        for place, picture in enumerate((photograph, drawn(before, style.name), drawn(after, style.name))):
            if picture is not None:
                sheet.paste(to_pil(picture[:, :SIDE, :SIDE]), (x + place * (SIDE + GAP), y + TITLE))
    sheet.save(options.to, quality=85)


if __name__ == "__main__":
    main()
