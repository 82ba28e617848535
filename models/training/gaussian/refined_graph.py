"""A refined texture generator as one ONNX graph: the texton noise of `texton_graph`, and behind it what was learned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper
from torch import Tensor, nn

from ..graphs.half_precision import PICTURES, halve
from . import texton_graph
from .refined import RefinedGenerator, packed, textons


class _Correction(nn.Module):
    """The Gaussian texture `[1,16C,h,w]` in 0…1 and the style → the refined one; clamped if it is a picture.

    The order of a matte's values counts, not their size, and what was clamped would have no order.
    """

    def __init__(self, generator: RefinedGenerator) -> None:
        super().__init__()
        self.refiner, self.clamped = generator.refiner, generator.channels > 1

    def forward(self, gaussian: Tensor, style: Tensor) -> Tensor:
        image = self.refiner(gaussian * 2 - 1, style) * 0.5 + 0.5
        return image.clamp(0, 1) if self.clamped else image


def build(generator: RefinedGenerator) -> onnx.ModelProto:
    """Return the network, without a card. Inputs and output are those of `texton_graph`."""
    model = texton_graph.build(textons(generator.state_dict()))
    graph, learned = model.graph, _learned(generator)
    _told_apart(graph, *generator.styles.weight.shape)
    assert graph.node[-1].output[0] == "image"
    last = graph.node.pop()
    graph.node.extend(learned.node)
    graph.initializer.extend(learned.initializer)
    graph.node.append(
        helper.make_node(last.op_type, ["learned_image"], ["image"], "image", blocksize=texton_graph.FINER, mode="CRD")
    )
    halve(graph, PICTURES)
    onnx.checker.check_model(model)
    return model


def _told_apart(graph: onnx.GraphProto, styles: int, channels: int) -> None:
    """Let the Gaussian texture see the styles' own places alone, of all `channels` of the vector."""
    if styles == channels:
        return
    for node in graph.node:
        node.input[:] = ["named_style" if name == "style" else name for name in node.input]
    (port,) = (value for value in graph.input if value.name == "style")
    port.type.tensor_type.shape.dim[1].dim_value = channels
    bounds = [numpy_helper.from_array(np.array([n], np.int64), f"style_{n}") for n in (0, styles, 1)]
    graph.initializer.extend(bounds)
    names = [bound.name for bound in bounds]
    graph.node.insert(0, helper.make_node("Slice", ["style", *names], ["named_style"], "named_style"))


def _learned(generator: RefinedGenerator) -> onnx.GraphProto:
    """Return the correction's graph, named so that it fits between `colors` and `learned_image`."""
    example = (torch.zeros(1, 16 * generator.channels, 16, 24), generator.styles.weight[:1])
    # A pixel in 16 is the coarsest that it looks at.
    rows, columns = (torch.export.Dim(name, min=1, max=8192) for name in ("rows", "columns"))
    program = torch.onnx.export(
        _Correction(generator).eval(), example, dynamo=True, external_data=False, opset_version=texton_graph.OPSET,
        dynamic_shapes={"gaussian": {2: 4 * rows, 3: 4 * columns}, "style": {}}, verbose=False,
        input_names=["gaussian", "style"], output_names=["image"],
    )  # fmt: skip
    assert program is not None
    return spliced(program.model_proto, {"gaussian": "colours", "style": "style"})


def spliced(model: onnx.ModelProto, fitting: Mapping[str, str]) -> onnx.GraphProto:
    """Return a learned network's graph as a part of another one: its inputs are called so there, its output
    `learned_image`.
    """
    graph = onnx.compose.add_prefix(model, "learned_").graph
    names = {f"learned_{here}": there for here, there in fitting.items()}
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
    return graph


def fields(z: Tensor, channels: int) -> dict[str, Tensor]:
    """Return the noise that the file takes, from `packed` noise."""
    coarse, middle, grain = z.split(packed(channels), dim=1)
    return {
        "coarse": coarse,
        "middle": F.pixel_unshuffle(F.pixel_shuffle(middle, 8), 4),
        "grain": F.pixel_unshuffle(F.pixel_shuffle(grain, 32), 4),
    }


@torch.no_grad()
def parity(generator: RefinedGenerator, path: Path) -> float:
    """Return the mean absolute difference between torch and onnxruntime over a picture of each style, of 1.

    Not the largest one: the file's color tables have 4,096 steps, where torch interpolates.
    """
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    rng, channels = torch.Generator().manual_seed(0), generator.channels
    differences = []
    for style in generator.styles.weight.split(1):
        z = torch.randn(1, sum(packed(channels)), 3, 4, generator=rng)
        feeds = fields(z, channels) | {"style": style}
        made = session.run(None, {name: value.numpy() for name, value in feeds.items()})[0]
        expected = generator(z, style) * 0.5 + 0.5
        expected = expected.clamp(0, 1) if channels > 1 else expected
        differences.append(np.abs(made - expected.numpy()).mean())
    return float(max(differences))
