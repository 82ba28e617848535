"""Export the mask network with its card: `python -m models.training.footage_mask.export --run RUN --to models/shipped`.

Around the trained network the file has what lets it take pictures of any size: it works on a small copy, and a guided
filter (He et al., ECCV 2010, in its fast form) brings the mask to the picture's own size along the picture's own edges.
A state may be a single zero: then the network begins afresh.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from ...cards.card import VERSION
from ..graphs.export import write
from ..graphs.half_precision import halve
from .network import MULTIPLE, Masker
from .train import load

#: Shorter side of the small copy, px; a multiple of `MULTIPLE`.
SHORT = 112
#: The guided filter: side of its window on the small copy, px, and the variance that counts as an edge.
WINDOW, EDGE = 5, 2e-3
STATES = ("before", "deep", "middle")
#: How much smaller than the copy each state is.
SMALLER = 1, 16, 8
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32).reshape(1, 3, 1, 1)


def core(network: Masker) -> onnx.ModelProto:
    """Return the trained part: `small`, three whole states → `logits` and the new states."""
    network = network.eval()
    sides = 3 * MULTIPLE, 4 * MULTIPLE
    example = tuple(
        torch.rand(1, channels, *(side // smaller for side in sides))
        for channels, smaller in zip((3, *network.states()), (1, *SMALLER), strict=True)
    )
    rows, columns = torch.export.Dim("rows", min=2, max=256), torch.export.Dim("columns", min=2, max=256)
    names = ("small", *(f"{name}_whole" for name in STATES))
    dynamic = tuple(
        {2: rows * (MULTIPLE // smaller), 3: columns * (MULTIPLE // smaller)}
        if smaller != MULTIPLE
        else {2: rows, 3: columns}
        for smaller in (1, *SMALLER)
    )
    program = torch.onnx.export(
        network, example, dynamo=True, external_data=False, opset_version=20, dynamic_shapes=dynamic,
        input_names=list(names), output_names=["logits", *(f"{name}_new" for name in STATES)], verbose=False,
    )  # fmt: skip
    assert program is not None
    return program.model_proto


def whole(
    trained: onnx.ModelProto, channels: tuple[int, ...], guided: bool = True, short: int = SHORT
) -> onnx.ModelProto:
    """`image [1,3,H,W]` in 0…1 and the states → `mask [1,1,H,W]` in 0…1 and the new states.

    The trained part sees a copy whose shorter side has `short` px. Without `channels` it has no states.
    """
    states = list(zip(STATES, channels, SMALLER, strict=True)) if channels else []
    node = helper.make_node
    nodes = [
        node("Shape", ["image"], ["sides"], start=2, end=4),
        node("Cast", ["sides"], ["sides_f"], to=TensorProto.FLOAT),
        node("ReduceMin", ["sides_f"], ["shorter"], keepdims=0),
        node("Div", ["short", "shorter"], ["factor"]),
        node("Mul", ["sides_f", "factor"], ["cells_exact"]),
        node("Round", ["cells_exact"], ["cells_whole"]),
        node("Max", ["cells_whole", "two"], ["cells_f"]),
        node("Cast", ["cells_f"], ["cells"], to=TensorProto.INT64),
        node("Mul", ["cells", "unit_1"], ["small_sides"]),
        node("Concat", ["rgb", "small_sides"], ["small_shape"], axis=0),
        node("Resize", ["image", "", "", "small_shape"], ["small"], mode="linear", antialias=1),
    ]
    constants: dict[str, np.ndarray] = {
        "short": np.array(short / MULTIPLE, np.float32), "two": np.array(2, np.float32),
        "rgb": np.array([1, 3], np.int64), "luma": LUMA,
        ("pair" if guided else "single"): np.array([1, 2 if guided else 1], np.int64),
        "edge": np.array(EDGE, np.float32), "zero": np.array(0, np.float32), "one": np.array(1, np.float32),
    }  # fmt: skip
    for name, count, smaller in states:
        unit = f"unit_{smaller}"
        constants[unit] = np.array([MULTIPLE // smaller] * 2, np.int64)
        constants[f"{name}_channels"] = np.array([1, count], np.int64)
        nodes += [
            node("Mul", ["cells", unit], [f"{name}_sides"]),
            node("Concat", [f"{name}_channels", f"{name}_sides"], [f"{name}_shape"], axis=0),
            node("Expand", [name, f"{name}_shape"], [f"{name}_whole"]),
        ]
    constants.setdefault("unit_1", np.array([MULTIPLE] * 2, np.int64))
    nodes += [*trained.graph.node, node("Sigmoid", ["logits"], ["coarse"])]
    nodes += _guided() if guided else _enlarged()
    nodes += [node("Clip", ["soft", "zero", "one"], ["mask"])]

    def value(name: str, count: int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, count, f"{name}_rows", f"{name}_columns"])

    graph = helper.make_graph(
        nodes,
        "masker",
        [value("image", 3), *(value(name, count) for name, count, _ in states)],
        [value("mask", 1), *(value(f"{name}_new", count) for name, count, _ in states)],
        [*trained.graph.initializer, *(numpy_helper.from_array(array, name) for name, array in constants.items())],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def _guided() -> list[onnx.NodeProto]:
    """`coarse` at the sides of `image`, as `soft`: in each window a line from brightness to mask, then smoothed."""
    make = helper.make_node
    half = WINDOW // 2

    def mean(given: str, made: str) -> onnx.NodeProto:
        return make("AveragePool", [given], [made], kernel_shape=[WINDOW] * 2, pads=[half] * 4, count_include_pad=0)

    return [
        make("Conv", ["small", "luma"], ["light"]),
        make("Mul", ["light", "light"], ["light_2"]),
        make("Mul", ["light", "coarse"], ["both"]),
        mean("light", "light_m"), mean("light_2", "light_2m"), mean("coarse", "coarse_m"), mean("both", "both_m"),
        make("Mul", ["light_m", "light_m"], ["light_m2"]),
        make("Sub", ["light_2m", "light_m2"], ["variance"]),
        make("Add", ["variance", "edge"], ["variance_e"]),
        make("Mul", ["light_m", "coarse_m"], ["product"]),
        make("Sub", ["both_m", "product"], ["covariance"]),
        make("Div", ["covariance", "variance_e"], ["slope"]),
        make("Mul", ["slope", "light_m"], ["slope_light"]),
        make("Sub", ["coarse_m", "slope_light"], ["offset"]),
        make("Concat", ["slope", "offset"], ["line"], axis=1),
        mean("line", "line_m"),
        make("Concat", ["pair", "sides"], ["line_shape"], axis=0),
        make("Resize", ["line_m", "", "", "line_shape"], ["line_full"], mode="linear"),
        make("Split", ["line_full"], ["slope_full", "offset_full"], axis=1, num_outputs=2),
        make("Conv", ["image", "luma"], ["light_full"]),
        make("Mul", ["slope_full", "light_full"], ["sloped"]),
        make("Add", ["sloped", "offset_full"], ["soft"]),
    ]  # fmt: skip


def _enlarged() -> list[onnx.NodeProto]:
    """`coarse` at the sides of `image`, as `soft`, smoothly and no more: to compare with."""
    return [
        helper.make_node("Concat", ["single", "sides"], ["soft_shape"], axis=0),
        helper.make_node("Resize", ["coarse", "", "", "soft_shape"], ["soft"], mode="linear"),
    ]


def card(network: Masker, steps: int) -> dict[str, object]:
    """Return the network's card, ready for JSON."""

    def state(name: str, count: int) -> dict[str, object]:
        return {"name": name, "role": "state", "channels": count, "shape": [1, count, -1, -1]}

    return {
        "card": VERSION,
        "id": "latent_subjects",
        "kind": "footage_mask",
        "label": "Latent subjects",
        "licence": "CC0-1.0",
        "rank": 10,
        "inputs": [
            {"name": "image", "role": "image", "channels": 3, "shape": [1, 3, -1, -1]},
            *(state(name, count) for name, count in zip(STATES, network.states(), strict=True)),
        ],
        "outputs": [
            {"name": "mask", "role": "mask", "channels": 1, "shape": [1, 1, -1, -1]},
            *(state(f"{name}_new", count) for name, count in zip(STATES, network.states(), strict=True)),
        ],
        "styles": [],
        "sources": [
            {"style": "", "origin": "intel-iot-devkit/sample-videos: people who walk and sign", "licence": "CC-BY-4.0"},
            {"style": "", "origin": "Textures: ambientCG, Poly Haven, ShareTextures", "licence": "CC0-1.0"},
            {"style": "", "origin": "Skies and space: Screaming Brain Studios", "licence": "CC0-1.0"},
        ],
        "training": {
            "method": "composites of people and shapes; cross entropy, Dice, and the change from frame to frame",
            "command": "python -m models.training.footage_mask.train --data DATA --out RUN",
            "steps": steps,
            "parameters": sum(p.numel() for p in network.parameters()),
        },
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """Export from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="the training folder")
    parser.add_argument("--to", type=Path, required=True, help="the folder for the .onnx file")
    options = parser.parse_args(arguments)
    network, steps = load(options.run)
    path = options.to / "latent_subjects.onnx"
    model = whole(core(network), network.states())
    halve(model.graph)
    write(model, card(network, steps), path)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {steps} steps")


if __name__ == "__main__":
    main()
