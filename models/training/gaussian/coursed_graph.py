"""A generator of materials with courses as one ONNX graph: see `coursed` for what is drawn and `texton_graph` for how.

Inputs: the noise of `texton_graph`, `units [1,NUMBERS·PLACES²,h,w]`, white noise for the bricks, `waves [1,4,h,w]`
(see `networks.waves`) and `style [1,S]`, one 1 among nothing but 0, or a mixture of two. Output: `image [1,3,32h,32w]`
in 0…1. What the model draws (see `coursed_drawing`) a network corrects that was learned. Everything wraps around.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper
from torch import Tensor, nn

from ..graphs.half_precision import PICTURES, halve
from ..textures.networks import STRIDE, waves
from . import coursed_drawing, texton_graph
from .coursed import NUMBERS, PLACES, CoursedGenerator, noises
from .refined import packed, textons
from .refined_graph import fields, spliced


def inputs() -> list[dict[str, Any]]:
    """Return what a card says of the noise and the waves that come in."""
    bricks = {"name": "units", "role": "latent_field", "channels": NUMBERS * PLACES**2, "stride": STRIDE}
    place = {"name": "waves", "role": "waves", "channels": 4, "stride": STRIDE}
    return [*texton_graph.fields(3), bricks, place]


class _Correction(nn.Module):
    """The model's picture `[1,48,h,w]`, its mean course, the bricks' numbers, the style → the refined one, in 0…1."""

    def __init__(self, generator: CoursedGenerator) -> None:
        super().__init__()
        self.refiner = generator.refiner

    def forward(self, picture: Tensor, mean: Tensor, numbers: Tensor, style: Tensor) -> Tensor:
        image: Tensor = self.refiner(picture, mean, numbers, style)
        return (image * 0.5 + 0.5).clamp(0, 1)


def build(generator: CoursedGenerator) -> onnx.ModelProto:
    """Return the network, without a card."""
    state = {name.removeprefix("base."): value for name, value in generator.state_dict().items()}
    model = texton_graph.build(textons(state))
    rest = model.graph.node.pop()
    assert rest.output[0] == "image"
    for name, channels in (("units", NUMBERS * PLACES**2), ("waves", 4)):
        shape = (1, channels, "rows", "columns")
        model.graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    coursed_drawing.draw(model, state)
    halve(model.graph)

    learned = _learned(generator)
    model.graph.node.extend(learned.node)
    model.graph.initializer.extend(learned.initializer)
    last = {"blocksize": texton_graph.FINER, "mode": "CRD"}
    model.graph.node.append(helper.make_node("DepthToSpace", ["learned_image"], ["image"], "image", **last))
    onnx.checker.check_model(model)
    return model


def _learned(generator: CoursedGenerator) -> onnx.GraphProto:
    """Return the correction's graph, named so that it fits between `picture` and `learned_image`; weights in half
    precision.
    """
    example = (torch.zeros(1, 48, 16, 24), torch.zeros(1, 48, 16, 24), torch.zeros(1, NUMBERS, 8, 12))
    rows, columns = (torch.export.Dim(name, min=1, max=8192) for name in ("rows", "columns"))
    fine, coarse = {2: 4 * rows, 3: 4 * columns}, {2: 2 * rows, 3: 2 * columns}
    program = torch.onnx.export(
        _Correction(generator).eval(), (*example, torch.eye(len(generator.styles.weight))[:1]), dynamo=True,
        external_data=False, opset_version=texton_graph.OPSET, verbose=False,
        dynamic_shapes={"picture": fine, "mean": fine, "numbers": coarse, "style": {}},
        input_names=["picture", "mean", "numbers", "style"], output_names=["image"],
    )  # fmt: skip
    assert program is not None
    graph = spliced(program.model_proto, {name: name for name in ("picture", "mean", "numbers", "style")})
    halve(graph, PICTURES)
    return graph


@torch.no_grad()
def parity(generator: CoursedGenerator, path: Path) -> float:
    """Return the mean absolute difference between torch and onnxruntime over a picture of each style, of 1."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rng, differences = torch.Generator().manual_seed(0), []
    for number, style in enumerate(generator.styles.weight.split(1)):
        repeat = generator.base.repeat(number)
        rows, columns = (3 * side if side < 3 else side for side in repeat)
        z = torch.randn(1, noises(), rows, columns, generator=rng)
        place = waves([repeat], rows, columns)
        made = session.run(None, {name: value.numpy() for name, value in feeds(z, style, place).items()})[0]
        expected = (generator(z, style, place) * 0.5 + 0.5).clamp(0, 1)
        differences.append(np.abs(made - expected.numpy()).mean())
    return float(max(differences))


def feeds(z: Tensor, style: Tensor, place: Tensor) -> dict[str, Tensor]:
    """Return the file's inputs, from those of `CoursedGenerator`."""
    noise, bricks = z.split((sum(packed(3)), NUMBERS * PLACES**2), dim=1)
    return fields(noise, 3) | {"units": bricks, "waves": place, "style": style}
