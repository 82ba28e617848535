"""Make the generator of *Photo Textures*: photographs into one file, in seconds, no training.

`python -m models.training.photo.build SET.toml --data DATA --to models/shipped`

What is in the file, and how it is drawn: `models/photo`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ...photo import example, generator
from ...photo.generator import Photo
from ..data import Crops, Manifest


def photos(manifest: Manifest, data: Path) -> list[Photo]:
    """Return the photographs of a set. Raises DataError."""
    crops, found = Crops(manifest, data, 128), []
    for images, style in zip(tqdm(crops.images, unit="style"), manifest.styles, strict=True):
        (image,), (source,) = images, style.sources
        fitted = example.fitted(image.numpy().astype(np.float64).transpose(1, 2, 0) / 2 + 0.5)
        found.append(Photo(style.name, style.label, fitted, source.origin, source.license, style.sharpness))
    return found


def card(manifest: Manifest, found: list[Photo]) -> dict[str, Any]:
    """Return the card of the generator."""
    named = f"models/training/sets/{manifest.id}.toml"
    command = f"python -m models.training.photo.build {named} --data DATA --to FOLDER"
    described = generator.card(manifest.id, manifest.label, manifest.license, found, command=command)
    return described | {"rank": manifest.rank}


def main(arguments: list[str] | None = None) -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="a TOML manifest")
    parser.add_argument("--data", type=Path, required=True, help="the folder that the manifest's paths start from")
    parser.add_argument("--to", type=Path, required=True, help="the folder for the .onnx file")
    options = parser.parse_args(arguments)
    manifest = Manifest.read(options.set)
    found = photos(manifest, options.data)
    options.to.mkdir(parents=True, exist_ok=True)
    path = options.to / f"{manifest.id}.onnx"
    path.write_bytes(generator.written(card(manifest, found), found))
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {len(found)} styles")


if __name__ == "__main__":
    main()
