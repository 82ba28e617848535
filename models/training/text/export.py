"""Export a trained text-effect network, with the texture generator that it wears, to one ONNX file with its card.

`python -m models.training.text.export --run FOLDER --to models/shipped`
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.compose
import onnxruntime
import torch
from torch import Tensor

from ...cards.card import KEY, VERSION, Card
from ..graphs.half_precision import halve, rounded
from ..textures.networks import STRIDE
from .network import FIELDS, STYLE, Dresser, Dressing
from .targets import TARGETS


def described(card: Card, styles: Tensor, steps: int, judged: int = 0) -> dict[str, Any]:
    """Return the card of the text generator, ready for JSON; `judged` of the steps had a discriminator beside L1."""
    vectors = styles.tolist()
    return {
        "card": VERSION,
        "id": "latent_letters",
        "kind": "text_effect",
        "label": "Latent letters",
        "licence": "CC0-1.0",
        "inputs": [
            {"name": "z", "role": "latent_field", "channels": 48, "stride": STRIDE},
            {"name": "fields", "role": "text_fields", "channels": FIELDS},
            {"name": "style", "role": "style", "channels": STYLE + len(card.styles[0].vector)},
            {"name": "strength", "role": "strength", "channels": 1},
        ],
        "outputs": [{"name": "image", "role": "image", "channels": 4, "range": [0.0, 1.0]}],
        "styles": [
            {
                "name": target.name,
                "label": target.label,
                "emissive": target.emissive,
                "rate": 0.0 if target.still else 0.5,
                "vector": [round(v, 6) for v in (*vector, *card.style(target.surface).vector)],
            }
            for target, vector in zip(TARGETS, vectors, strict=True)
        ],
        "sources": list(card.sources),
        "training": {
            "method": "L1 on targets made from letters, noise and the surfaces of "
            + card.id
            + (f"; for the last {judged} steps beside a discriminator" if judged else ""),
            "command": "python -m models.training.text.train --data DATA --out RUN",
            "steps": steps,
            "fonts": "Inter, Noto Sans, Montserrat, Anton, Bangers, Bebas Neue, Bungee, Comic Neue, Noto Naskh Arabic, "
            "Zen Maru Gothic, Cubic 11 (OFL); Droid Sans Fallback (Apache-2.0)",
        },
    }


def export(dresser: Dresser, card: dict[str, Any], textures: Path, path: Path) -> float:
    """Write the ONNX file: the texture generator's own graph, its picture led into the dresser's.

    Weights are stored in half precision. Returns the largest difference to torch, with weights so rounded, on a small
    example.
    """
    rounded(dresser)
    dressing = Dressing(dresser).eval()
    example = (torch.rand(1, 3, 96, 128), torch.rand(1, FIELDS, 96, 128), torch.randn(1, STYLE), torch.ones(1, 1))
    rows, columns = torch.export.Dim("rows", min=1, max=512), torch.export.Dim("columns", min=1, max=512)
    size = {2: 8 * rows, 3: 8 * columns}
    program = torch.onnx.export(
        dressing, example, dynamo=True, external_data=False, opset_version=20,
        dynamic_shapes={"surface": size, "fields": size, "style": {}, "strength": {}},
        input_names=["surface", "fields", "dress_style", "strength"], output_names=["rgba"], verbose=False,
    )  # fmt: skip
    assert program is not None
    surfaces = onnx.load(str(textures))
    halve(surfaces.graph)
    upper = onnx.compose.add_prefix(surfaces, "texture_")
    lower = program.model_proto
    halve(lower.graph)
    lower.ir_version = upper.ir_version = max(lower.ir_version, upper.ir_version)
    for model in (upper, lower):
        del model.functions[:]
    merged = onnx.compose.merge_models(upper, lower, io_map=[("texture_image", "surface")])
    _join(merged.graph, len(card["styles"][0]["vector"]))
    del merged.metadata_props[:]
    onnx.helper.set_model_props(merged, {KEY: json.dumps(card, separators=(",", ":"))})
    graph = merged.graph
    for part in (*graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        del part.metadata_props[:]  # the exporter notes this machine's paths there
        part.doc_string = ""
    del graph.metadata_props[:], graph.value_info[:]
    onnx.checker.check_model(merged)
    path.write_bytes(merged.SerializeToString(deterministic=True))
    return _parity(dressing, surfaces, path, card)


def _join(graph: onnx.GraphProto, length: int) -> None:
    """One style vector for both parts, and the names that the card tells."""
    names = {"texture_z": "z", "rgba": "image"}
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    kept = [value for value in graph.input if value.name not in ("texture_style", "dress_style")]
    for value in (*kept, *graph.output):
        value.name = names.get(value.name, value.name)
    style = onnx.helper.make_tensor_value_info("style", onnx.TensorProto.FLOAT, [1, length])
    order = {"z": 0, "fields": 1, "style": 2, "strength": 3}
    inputs = sorted([*kept, style], key=lambda value: order[value.name])
    del graph.input[:]
    graph.input.extend(inputs)
    sizes = onnx.helper.make_tensor("style_sizes", onnx.TensorProto.INT64, [2], [STYLE, length - STYLE])
    graph.initializer.append(sizes)
    split = onnx.helper.make_node("Split", ["style", "style_sizes"], ["dress_style", "texture_style"], axis=1)
    graph.node.insert(0, split)


def _parity(dressing: Dressing, surfaces: onnx.ModelProto, path: Path, card: dict[str, Any]) -> float:
    rng = np.random.default_rng(0)
    z, fields = rng.standard_normal((1, 48, 3, 4), np.float32), rng.random((1, FIELDS, 96, 128), np.float32)
    vector = np.array([card["styles"][0]["vector"]], np.float32)
    surface = onnxruntime.InferenceSession(surfaces.SerializeToString()).run(
        None, {"z": z, "style": vector[:, STYLE:]}
    )[0]
    feeds = {"z": z, "fields": fields, "style": vector, "strength": np.ones((1, 1), np.float32)}
    made = onnxruntime.InferenceSession(str(path)).run(None, feeds)[0]
    with torch.no_grad():
        parts = (surface, fields, vector[:, :STYLE], feeds["strength"])
        wanted = dressing(*map(torch.from_numpy, parts)).numpy()
    return float(np.abs(made - wanted).max())


def main() -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="the training folder")
    parser.add_argument("--to", type=Path, required=True, help="the folder for the .onnx file")
    parser.add_argument("--surfaces", type=Path, required=True, help="as in training")
    options = parser.parse_args()
    state = torch.load(options.run / "checkpoint.pt", map_location="cpu", weights_only=True)
    dresser = Dresser()
    dresser.load_state_dict(state["average"])
    card = described(Card.read(options.surfaces), state["styles"]["weight"], state["step"], state.get("judged", 0))
    path = options.to / f"{card['id']}.onnx"
    difference = export(dresser.eval(), card, options.surfaces, path)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {state['step']} steps, differs by at most {difference:.2g}")


if __name__ == "__main__":
    main()
