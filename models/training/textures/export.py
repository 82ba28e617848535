"""Export a trained generator to one ONNX file that carries its card.

`python -m models.training.textures.export SET.toml --run FOLDER --to models/shipped`
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ...cards.card import VERSION
from ..data import Manifest
from ..elements import network
from ..elements.flowing import FlowingGenerator
from ..elements.styles import STYLES
from ..gaussian import coursed, coursed_graph, refined_graph, texton_graph
from ..gaussian.refined import RefinedGenerator, textons
from ..graphs.export import differences, parity, trace, write
from ..graphs.half_precision import PICTURES
from .initialize import Trained
from .networks import STRIDE, Generator, Shape, noise, waves
from .run import TextureSettings


class Exported(nn.Module):
    """The generator as others see it: style vector in, picture in 0…1 out. A matte's values go beyond: see below."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, z: Tensor, style: Tensor, waves: Tensor | None = None) -> Tensor:
        image: Tensor = self.generator(z, style, waves)
        image = image * 0.5 + 0.5
        # The order of a matte's values counts, not their size, and what was clamped would have no order.
        return image.clamp(0, 1) if self.generator.shape.channels > 1 else image


def card(manifest: Manifest, generator: Trained, settings: dict[str, Any], steps: int, set_name: str) -> dict[str, Any]:
    """Return the card of a texture generator, ready for JSON."""
    vectors = generator.styles.weight.detach().float().tolist()
    described = json.dumps({"settings": settings, "manifest": repr(manifest)}, sort_keys=True)
    return {
        "card": VERSION,
        "id": manifest.id,
        "kind": manifest.kind,
        "label": manifest.label,
        "licence": manifest.license,
        "rank": manifest.rank,
        "inputs": [*_fields(generator), {"name": "style", "role": "style", "channels": len(vectors[0])}],
        "outputs": [{"name": "image", "role": "image", "channels": manifest.channels, "range": [0.0, 1.0]}],
        "styles": [
            {
                "name": style.name,
                "label": style.label,
                "emissive": style.emissive,
                "alpha": style.alpha,
                "drift": list(style.drift),
                "rate": style.rate,
                "repeat": list(style.repeat),
                "vector": [round(value, 6) for value in vector],
            }
            for style, vector in sorted(
                zip(manifest.styles, vectors, strict=True), key=lambda pair: pair[0].name != manifest.first
            )
            if style.ships
        ],
        "sources": [
            {"style": style.name, "origin": source.origin, "licence": source.license}
            for style in manifest.styles
            for source in style.sources
        ],
        "training": {
            "method": "relativistic pairing GAN with R1 and R2 penalties"
            + (", which refines " + _refined(generator) if manifest.refines else "")
            + (", which guides warped noise" if manifest.flows else ""),
            "command": command(set_name, settings),
            "settings": settings,
            "settings_sha256": hashlib.sha256(described.encode()).hexdigest(),
            "steps": steps,
            "parameters": sum(p.numel() for p in generator.parameters()),
        },
    }


def _fields(generator: Trained) -> list[dict[str, Any]]:
    """Return what the card says of the noise that comes in, and of where in their courses the cells lie."""
    if isinstance(generator, coursed.CoursedGenerator):
        return coursed_graph.inputs()
    if isinstance(generator, RefinedGenerator):
        return texton_graph.fields(generator.channels)
    if isinstance(generator, FlowingGenerator):
        return network.fields()
    waves = [{"name": "waves", "role": "waves", "channels": 4, "stride": STRIDE}] if generator.shape.waves else []
    return [{"name": "z", "role": "latent_field", "channels": generator.shape.latent, "stride": STRIDE}, *waves]


def _refined(generator: Trained) -> str:
    return "Gaussian textures" if isinstance(generator, RefinedGenerator) else "mean courses and Gaussian textures"


def command(set_name: str, settings: dict[str, Any]) -> str:
    """Return what to type to train this again: the set, and the settings that are not the defaults."""
    words = [f"python -m models.training.textures.train models/training/sets/{set_name} --data DATA --out RUN"]
    defaults = asdict(TextureSettings())
    words += [f"--{name.replace('_', '-')} {value}" for name, value in settings.items() if value != defaults[name]]
    return " ".join(words)


def export(generator: Trained, described: dict[str, Any], path: Path) -> float:
    """Write the ONNX file with its card. Returns the largest difference to torch over a test picture (0…1 scale)."""
    if isinstance(generator, coursed.CoursedGenerator):
        write(coursed_graph.build(generator), described, path)
        return coursed_graph.parity(generator, path)
    if isinstance(generator, RefinedGenerator):
        write(refined_graph.build(generator), described, path)
        return refined_graph.parity(generator, path)
    if isinstance(generator, FlowingGenerator):
        return _exact(generator, described, path)
    model = Exported(generator).eval()
    rng = torch.Generator().manual_seed(0)
    example: tuple[Tensor, ...] = (
        noise(generator.shape, 1, 3, 4, rng),
        torch.tensor([described["styles"][0]["vector"]]),
    )
    rows, columns = torch.export.Dim("rows", min=1, max=4096), torch.export.Dim("columns", min=1, max=4096)
    dynamic: dict[str, Any] = {"z": {2: rows, 3: columns}, "style": {}}
    if generator.shape.waves:
        example = (*example, waves([(1, 1)], 3, 4))
        dynamic["waves"] = {2: rows, 3: columns}
    program = torch.onnx.export(
        model, example, dynamo=True, external_data=False, opset_version=20, dynamic_shapes=dynamic,
        input_names=["z", "style", "waves"][: len(example)], output_names=["image"], verbose=False,
    )  # fmt: skip
    assert program is not None
    write(program.model_proto, described, path)
    return parity(model, path, example)


def _exact(generator: FlowingGenerator, described: dict[str, Any], path: Path) -> float:
    """Write elements as they run, large weights shortened. Returns the largest mean difference over pictures of styles.

    Not the largest of all: with half a network's digits, noise is carried a fraction of a pixel elsewhere.
    """
    model, styles = generator.flow.exact().eval(), len(generator.styles.weight)
    pictures = [network.example(style=number, styles=styles) for number in range(styles)]
    trace(model, pictures[0], network.FIELDS, described, path, PICTURES)
    return max(float(differences(model, path, picture).mean()) for picture in pictures)


def load(run: Path) -> tuple[Trained, int]:
    """Return the averaged generator of a training folder, and the steps it was trained for."""
    state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    weights, raw = state["average"], state["shape"]
    shape = Shape(**{**raw, "widths": tuple(raw["widths"])})
    generator: Trained
    if "gaussian.quantiles" in weights:
        generator = RefinedGenerator(textons(weights), shape.widths)
    elif "flow.tints" in weights:
        generator = FlowingGenerator(list(STYLES)[: shape.styles], shape.widths)  # then as they were taught
    elif "base.table" in weights:
        generator = coursed.CoursedGenerator(coursed.empty(shape.styles), shape.widths)
    else:
        generator = Generator(shape)
    generator.load_state_dict(weights)
    return generator.eval(), state["step"]


def main(arguments: list[str] | None = None) -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="the TOML manifest that the run was trained on")
    parser.add_argument("--run", type=Path, required=True, help="the training folder")
    parser.add_argument("--to", type=Path, required=True, help="the folder for the .onnx file")
    parser.add_argument("--only", nargs="+", metavar="STYLE", help="the styles that were trained, if not all")
    options = parser.parse_args(arguments)
    manifest = Manifest.read(options.set)
    manifest = manifest.only(options.only) if options.only else manifest
    generator, steps = load(options.run)
    settings = json.loads((options.run / "settings.json").read_text())
    path = options.to / f"{manifest.id}.onnx"
    options.to.mkdir(parents=True, exist_ok=True)
    difference = export(generator, card(manifest, generator, settings, steps, options.set.name), path)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {steps} steps, differs from torch by at most {difference:.2g}")


if __name__ == "__main__":
    main()
