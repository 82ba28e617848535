"""The ONNX graph that draws texton noise: see `texton` for the model.

Inputs: `coarse [1,12,h,w]`, one cell in 32 px, its twelve channels being three on a grid of 16 px; `middle
[1,3,8h,8w]`; `grain [1,16,8h,8w]`, its channels being one on a grid of 1 px; all white noise. `style [1,S]` picks the
kernels: one of them, or a mixture. Output: `image [1,3,32h,32w]` in 0…1. Every convolution wraps around.

White noise on a fine grid is taken as many channels on a coarse one, and kernels are spread out to match: so the
convolutions are few and large, which is what processors are fast at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from .texton import LIMIT, QUANTILES, RADII, Texton, enlargement

OPSET = 20
#: Entries of a channel's colour table: 1/512 of a standard deviation each.
TABLE = 4096
#: A fourfold finer grid has 16 pixels in a cell; kernels of up to 8 px reach two cells.
FINER, CELLS = 4, 5


class _Graph:
    """Nodes and constants, written down in order."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def node(self, operation: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(operation, inputs, [output], name=output, **attributes))
        return output

    def chosen(self, name: str, values: npt.NDArray[np.float32], shape: Sequence[int]) -> str:
        """What the style picks of `values [S, …]`, as a tensor of `shape`."""
        flat = self.node("MatMul", ["style", self.constant(f"{name}_of_styles", values)], f"{name}_flat")
        return self.node("Reshape", [flat, self.constant(f"{name}_shape", np.array(shape, np.int64))], name)

    def wrapped(self, name: str, radius: int) -> str:
        """`name [1,C,h,w]`, continued around by `radius` on each side."""
        sizes = self.constant(f"{name}_margins", np.full(4, radius, np.int64))
        return self.node("Pad", [name, sizes, "", "rows_and_columns"], f"{name}_wrapped", mode="wrap")


def build(textons: Sequence[Texton]) -> onnx.ModelProto:
    """The network of these styles, in their order."""
    graph = _Graph()
    graph.constant("rows_and_columns", np.array([2, 3], np.int64))
    up = graph.constant("enlargement", _enlarging_weights())

    def kernels(name: str) -> npt.NDArray[np.float32]:
        # Turned round: what ONNX calls a convolution is a correlation.
        turned = [getattr(texton, name)[..., ::-1, ::-1].ravel() for texton in textons]
        return np.stack(turned).astype(np.float32)

    graph.node("DepthToSpace", ["coarse"], "coarse_noise", blocksize=2, mode="CRD")
    side = 2 * RADII[2] + 1
    weights = graph.chosen("coarse_kernel", kernels("coarse"), (3, 3, side, side))
    graph.node("Conv", [graph.wrapped("coarse_noise", RADII[2]), weights], "large")
    graph.node("Conv", [graph.wrapped("large", CELLS // 2), up], "large_cells")
    graph.node("DepthToSpace", ["large_cells"], "large_enlarged", blocksize=FINER, mode="CRD")

    side = 2 * RADII[1] + 1
    weights = graph.chosen("middle_kernel", kernels("middle"), (3, 3, side, side))
    graph.node("Conv", [graph.wrapped("middle", RADII[1]), weights], "middling")
    graph.node("Add", ["large_enlarged", "middling"], "smooth")

    # Grain and enlargement are one convolution, whose answers are places in the colour tables.
    taps = graph.node("MatMul", ["style", graph.constant("grain_of_styles", _with_zero(kernels("grain")))], "taps")
    spread = graph.constant("grain_places", _grain_places())
    graph.node("Gather", [taps, spread], "grain_spread", axis=1)
    shape = graph.constant("grain_shape", np.array((48, 16, CELLS, CELLS), np.int64))
    graph.node("Reshape", ["grain_spread", shape], "grain_kernel")
    graph.node("Concat", ["grain_kernel", up], "fine_kernel", axis=1)
    steps = np.array((TABLE - 1) / (2 * LIMIT), np.float32)
    graph.node("Mul", ["fine_kernel", graph.constant("steps", steps)], "fine_weights")
    graph.node("Concat", ["grain", "smooth"], "all", axis=1)
    first = np.repeat(np.arange(3, dtype=np.float32) * TABLE, 16)
    middle = graph.constant("table_middle", first + np.float32((TABLE - 1) / 2 + 0.5))
    graph.node("Conv", [graph.wrapped("all", CELLS // 2), "fine_weights", middle], "place")
    graph.node("Max", ["place", graph.constant("table_first", first[None, :, None, None])], "place_low")
    last = graph.constant("table_last", first[None, :, None, None] + np.float32(TABLE - 1))
    graph.node("Min", ["place_low", last], "place_inside")
    graph.node("Cast", ["place_inside"], "entry", to=TensorProto.INT32)

    quantiles = np.stack([texton.quantiles for texton in textons]).astype(np.float32)
    graph.chosen("quantiles", quantiles.reshape(len(textons), -1), (1, 3, QUANTILES))
    sizes = graph.constant("table_sizes", np.array((1, 3, TABLE), np.int64))
    graph.node(
        "Resize", ["quantiles", "", "", sizes], "tables", mode="linear", coordinate_transformation_mode="align_corners"
    )
    graph.node("Reshape", ["tables", graph.constant("flat", np.array([-1], np.int64))], "table")
    graph.node("Gather", ["table", "entry"], "colours", axis=0)
    graph.node("DepthToSpace", ["colours"], "image", blocksize=FINER, mode="CRD")
    return _model(graph, len(textons))


def _model(graph: _Graph, styles: int) -> onnx.ModelProto:
    def info(name: str, *shape: int | str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    inputs = [
        info("coarse", 1, 12, "rows", "columns"),
        info("middle", 1, 3, "middle_rows", "middle_columns"),
        info("grain", 1, 16, "middle_rows", "middle_columns"),
        info("style", 1, styles),
    ]
    whole = helper.make_graph(
        graph.nodes, "texton_noise", inputs, [info("image", 1, 3, "height", "width")], graph.constants
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def _enlarging_weights() -> npt.NDArray[np.float32]:
    """Fourfold enlargement of three channels as a convolution: `[48,3,5,5]`."""
    line = enlargement()
    weights = np.zeros((3, FINER, FINER, 3, CELLS, CELLS), np.float32)
    for place in np.ndindex(FINER, FINER, CELLS, CELLS):
        # A pixel at p in its cell sees the sample of a cell t further on at a distance of 4·t − p.
        distances = [FINER * (t - CELLS // 2) - p for p, t in zip(place[:2], place[2:], strict=True)]
        if max(map(abs, distances)) <= 8:
            for channel in range(3):
                weights[channel, place[0], place[1], channel, place[2], place[3]] = np.prod(
                    [line[distance + 8] for distance in distances]
                )
    return weights.reshape(48, 3, CELLS, CELLS)


def _grain_places() -> npt.NDArray[np.int32]:
    """Where each of the 48·16·5·5 weights stands in a kernel `[3,1,17,17]`; behind its end where there is none."""
    side = 2 * RADII[0] + 1
    places = np.full((3, FINER, FINER, FINER, FINER, CELLS, CELLS), 3 * side**2, np.int32)
    for py, px, qy, qx, ty, tx in np.ndindex(*places.shape[1:]):
        y, x = (FINER * (t - CELLS // 2) + q - p + RADII[0] for t, q, p in ((ty, qy, py), (tx, qx, px)))
        if 0 <= y < side and 0 <= x < side:
            for channel in range(3):
                places[channel, py, px, qy, qx, ty, tx] = channel * side**2 + y * side + x
    return places.ravel()


def _with_zero(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.concatenate((values, np.zeros((len(values), 1), np.float32)), axis=1)
