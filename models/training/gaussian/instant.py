"""Make an instant texture generator: a Gaussian model for each style, fitted in seconds, no training.

`python -m models.training.gaussian.instant SET.toml --data DATA --to models/shipped`

The model and what it can't do are told in `texton`: it has the photograph's colors, grain and correlations, but no
edges, cracks or objects. That is enough for micro-textures, which is what the shipped set holds. A style with `stars`
has these in front (see `starlight`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from tqdm import tqdm

from ...cards.card import KEY, VERSION
from ...cards.style import Style as Shown
from ..data import Crops, Manifest
from ..graphs.half_precision import halve
from . import texton_graph
from .texton import QUANTILES, RADII, REACH, Texton, fit

#: A set that names no rank is offered behind those that are trained.
RANK = 10


def card(manifest: Manifest) -> dict[str, Any]:
    """Return the card of the generator, ready for JSON. A style's vector has a 1 in its own place."""
    settings = {"radii": RADII, "reach": REACH, "quantiles": QUANTILES}
    named = f"models/training/sets/{manifest.id}.toml"
    described = json.dumps({"settings": settings, "manifest": repr(manifest)}, sort_keys=True)
    return {
        "card": VERSION,
        "id": manifest.id,
        "kind": "texture",
        "label": manifest.label,
        "licence": manifest.license,
        "rank": manifest.rank or RANK,
        "inputs": [
            *texton_graph.fields(manifest.channels),
            {"name": "style", "role": "style", "channels": len(manifest.styles)},
        ],
        "outputs": [{"name": "image", "role": "image", "channels": 3, "range": [0.0, 1.0]}],
        "styles": [
            Shown(
                style.name,
                style.label,
                tuple(np.eye(len(manifest.styles))[number].tolist()),
                style.emissive,
                drift=style.drift,
                rate=style.rate,
            ).json()
            for number, style in enumerate(manifest.styles)
        ],
        "sources": [
            {"style": style.name, "origin": source.origin, "licence": source.license}
            for style in manifest.styles
            for source in style.sources
        ],
        "training": {
            "method": "texton noise: Gaussian textures by convolution, with the histograms of the pictures",
            "command": f"python -m models.training.gaussian.instant {named} --data DATA --to FOLDER",
            "settings": settings,
            "settings_sha256": hashlib.sha256(described.encode()).hexdigest(),
            "steps": 0,
        },
    }


def write(manifest: Manifest, textons: list[Texton], path: Path) -> None:
    """Write the ONNX file with its card, weights halved. The same textons always give the same bytes."""
    proto = texton_graph.build(textons)
    halve(proto.graph)
    onnx.helper.set_model_props(proto, {KEY: json.dumps(card(manifest), separators=(",", ":"))})
    path.write_bytes(proto.SerializeToString(deterministic=True))


def main(arguments: list[str] | None = None) -> None:
    """Fit and export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="a TOML manifest, or a folder of images (one style each)")
    parser.add_argument("--data", type=Path, help="the folder that the manifest's paths start from")
    parser.add_argument("--to", type=Path, required=True, help="the folder for the .onnx file")
    options = parser.parse_args(arguments)
    if options.set.is_dir():
        manifest, root = Manifest.of_folder(options.set, options.set.name), options.set
    else:
        manifest, root = Manifest.read(options.set), options.data or options.set.parent
    crops = Crops(manifest, root, 64)
    textons = [
        fit([(image.numpy().astype(np.float64) + 1) / 2 for image in images], style.soft, style.stars)
        for images, style in zip(tqdm(crops.images, unit="style"), manifest.styles, strict=True)
    ]
    options.to.mkdir(parents=True, exist_ok=True)
    path = options.to / f"{manifest.id}.onnx"
    write(manifest, textons, path)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {len(textons)} styles")


if __name__ == "__main__":
    main()
