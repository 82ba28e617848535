"""Make *People* from MediaPipe's two selfie segmentation networks, which are not ours: see SOURCE.

`python -m models.training.footage_mask.selfie --models FOLDER --to models/shipped`, where FOLDER holds the two files
of the wheel `mediapipe` 0.10.21 (`mediapipe/modules/selfie_segmentation/`). Needs the package `tflite`.

Both networks look at the same small copy of the frame, whose sides keep their proportions, and what they find is
averaged: on people that neither was made for that is steadier than each of them alone (docs/mattes.md). A guided
filter brings the mask to the frame's own size, as for *Latent Subjects*.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import onnx

from ...cards.card import VERSION
from ..graphs.builder import Graph
from ..graphs.export import write
from ..graphs.half_precision import halve
from ..graphs.tflite import Reader
from .export import whole

SOURCE = "MediaPipe selfie segmentation, general and landscape, © The MediaPipe Authors"
FILES = "selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite"
#: Shorter side of the copy that the networks see, px.
SHORT = 208


def core(folder: Path) -> onnx.ModelProto:
    """Return both networks: `small [1,3,h,w]` in 0…1 → `logits [1,1,h,w]`. Raises OSError, NotImplementedError."""
    graph = Graph()
    logits = []
    for name in FILES:
        Reader(folder / name, graph).added("small")
        logits.append(graph.nodes.pop().input[0])  # before the last sigmoid
    mean = graph.product(graph.sum(*logits), 0.5)
    graph.nodes[-1].output[0] = "logits"
    assert mean
    return graph.model("people", {"small": [1, 3, "rows", "columns"]}, {"logits": [1, 1, "rows", "columns"]})


def card() -> dict[str, object]:
    """Return the generator's card, ready for JSON."""
    return {
        "card": VERSION,
        "id": "people",
        "kind": "footage_mask",
        "label": "People",
        "licence": "Apache-2.0",
        "rank": -1,
        "inputs": [{"name": "image", "role": "image", "channels": 3, "shape": [1, 3, -1, -1]}],
        "outputs": [{"name": "mask", "role": "mask", "channels": 1, "shape": [1, 1, -1, -1]}],
        "styles": [],
        "sources": [{"style": "", "origin": SOURCE, "licence": "Apache-2.0"}],
        "training": {
            "method": "converted, not trained here: weights in half precision, as in the original files",
            "command": "python -m models.training.footage_mask.selfie --models FOLDER --to models/shipped",
        },
    }


def main(arguments: list[str] | None = None) -> None:
    """Convert from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, required=True, help="folder of the two .tflite files")
    parser.add_argument("--to", type=Path, required=True, help="the folder for the .onnx file")
    options = parser.parse_args(arguments)
    path = options.to / "people.onnx"
    model = whole(core(options.models), (), short=SHORT)
    halve(model.graph)
    write(model, card(), path)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
