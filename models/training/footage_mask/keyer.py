"""Build the procedural footage mask that ships beside the trained ones: a keyer.

`python -m models.training.footage_mask.keyer models/shipped`

Nothing is learned: how green, how blue and how bright a pixel is are weighed by a style vector, `[green, blue,
brightness, offset]`, and cut at 0 and 1.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ...cards.card import KEY, VERSION

#: Name, label, weights. A pixel that is greener than its other colors by 0.08 begins to go, by 0.25 it is gone.
STYLES = (
    ("green_screen", "Before a green screen", (-6.0, 0.0, 0.0, 1.5)),
    ("blue_screen", "Before a blue screen", (0.0, -6.0, 0.0, 1.5)),
    ("bright", "What is bright", (0.0, 0.0, 3.0, -1.0)),
    ("dark", "What is dark", (0.0, 0.0, -3.0, 2.0)),
)


def network() -> onnx.ModelProto:
    """`image [1,3,H,W]` in 0…1 and `style [1,4]` → `mask [1,1,H,W]` in 0…1."""
    node = helper.make_node
    nodes = [
        node("Split", ["image"], ["r", "g", "b"], axis=1, num_outputs=3),
        node("Max", ["r", "b"], ["not_green"]),
        node("Max", ["r", "g"], ["not_blue"]),
        node("Sub", ["g", "not_green"], ["green"]),
        node("Sub", ["b", "not_blue"], ["blue"]),
        node("Conv", ["image", "luma"], ["bright"]),
        node("Split", ["style"], ["a", "c", "d", "e"], axis=1, num_outputs=4),
    ]
    for name, weight in (("green", "a"), ("blue", "c"), ("bright", "d")):
        nodes.append(node("Mul", [name, weight], [f"weighed_{name}"]))
    nodes += [
        node("Sum", ["weighed_green", "weighed_blue", "weighed_bright", "e"], ["total"]),
        node("Clip", ["total", "zero", "one"], ["mask"]),
    ]
    constants = {
        "luma": np.array([0.2126, 0.7152, 0.0722], np.float32).reshape(1, 3, 1, 1),
        "zero": np.array(0, np.float32),
        "one": np.array(1, np.float32),
    }
    graph = helper.make_graph(
        nodes,
        "keyer",
        [
            helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "rows", "columns"]),
            helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 4]),
        ],
        [helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 1, "rows", "columns"])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def card() -> dict[str, object]:
    """Return the keyer's card, ready for JSON."""
    return {
        "card": VERSION,
        "id": "keyer",
        "kind": "footage_mask",
        "label": "Keyer",
        "licence": "CC0-1.0",
        "inputs": [
            {"name": "image", "role": "image", "channels": 3, "shape": [1, 3, -1, -1]},
            {"name": "style", "role": "style", "channels": 4},
        ],
        "outputs": [{"name": "mask", "role": "mask", "channels": 1, "shape": [1, 1, -1, -1]}],
        "styles": [{"name": name, "label": label, "vector": list(vector)} for name, label, vector in STYLES],
    }


def main(arguments: list[str] | None = None) -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    model = network()
    helper.set_model_props(model, {KEY: json.dumps(card(), separators=(",", ":"))})
    onnx.checker.check_model(model)
    (folder / "keyer.onnx").write_bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
