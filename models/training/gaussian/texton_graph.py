"""The ONNX graph that draws texton noise: see `texton` for the model.

Inputs, all white noise, for pictures of C channels: `coarse [1,4C,h,w]`, one cell in 32 px, its channels being C on a
grid of 16 px; `middle [1,16C,2h,2w]`, C on a grid of 4 px; `grain [1,16,8h,8w]`, one on a grid of 1 px. `style [1,S]`
picks the kernels: one of them, or a mixture. Output: `image [1,C,32h,32w]` in 0…1. Every convolution wraps around.

White noise on a fine grid is taken as many channels on a coarse one, and kernels are spread out to match: so the
convolutions are few and large, which is what processors are fast at. Of styles with stars, `grain` is what these come
from.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from .stars import FAR, KNOTS, NEAR
from .texton import LIMIT, QUANTILES, RADII, Texton, enlargement

OPSET = 20
#: Entries of a channel's color table: 1/512 of a standard deviation each.
TABLE = 4096
#: Pixels along a cell, and the cells that an enlargement looks at.
FINER, CELLS = 4, 5


def fields(channels: int) -> list[dict[str, object]]:
    """Return what a card says of the noise that comes in."""
    sizes = (("coarse", 4 * channels, 32), ("middle", 16 * channels, 16), ("grain", 16, 4))
    return [{"name": name, "role": "latent_field", "channels": n, "stride": stride} for name, n, stride in sizes]


class _Graph:
    """Nodes and constants, in the order in which they run."""

    def __init__(self, textons: Sequence[Texton]) -> None:
        # Turned round: what ONNX calls a convolution is a correlation.
        self.kernels = {
            name: np.stack([getattr(one, name)[..., ::-1, ::-1].ravel() for one in textons]).astype(np.float32)
            for name in ("grain", "middle", "coarse")
        }
        self.channels = len(textons[0].quantiles)
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def node(self, operation: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(operation, inputs, [output], name=output, **attributes))
        return output

    def chosen(self, name: str, values: npt.NDArray[np.float32], shape: Sequence[int]) -> str:
        """Return what the style picks of `values [S, …]`, as a tensor of `shape`."""
        flat = self.node("MatMul", ["style", self.constant(f"{name}_of_styles", values)], f"{name}_flat")
        return self.node("Reshape", [flat, self.constant(f"{name}_shape", np.array(shape, np.int64))], name)

    def spread(self, name: str, ins: int, radius: int) -> str:
        """Return the kernels `[C,ins,k,k]` on a grid of pixels that the style picks, for cells of 4×4 of them as
        channels.
        """
        kernels = np.concatenate((self.kernels[name], np.zeros((len(self.kernels[name]), 1), np.float32)), axis=1)
        taps = self.node("MatMul", ["style", self.constant(f"{name}_of_styles", kernels)], f"{name}_taps")
        parts = zip(("kernels", "rows", "columns"), _places(self.channels, ins, radius), strict=True)
        kernel, row, column = (self.constant(f"{name}_{part}", values) for part, values in parts)
        places = self.node("Add", [self.node("Add", [kernel, row], f"{name}_starts"), column], f"{name}_inside")
        last = self.constant(f"{name}_outside", np.array(kernels.shape[1] - 1, np.int32))
        flat = self.node("Gather", [taps, self.node("Min", [places, last], f"{name}_places")], f"{name}_spread", axis=1)
        shape = np.array((self.channels * FINER**2, ins * FINER**2, _cells(radius), _cells(radius)), np.int64)
        return self.node("Reshape", [flat, self.constant(f"{name}_shape", shape)], f"{name}_kernel")

    def wrapped(self, name: str, radius: int) -> str:
        """`name [1,C,h,w]`, continued around by `radius` on each side."""
        sizes = self.constant(f"{name}_margins", np.full(4, radius, np.int64))
        return self.node("Pad", [name, sizes, "", "rows_and_columns"], f"{name}_wrapped", mode="wrap")


def build(textons: Sequence[Texton]) -> onnx.ModelProto:
    """Return the network of these styles, in their order."""
    graph = _Graph(textons)
    channels = graph.channels
    graph.constant("rows_and_columns", np.array([2, 3], np.int64))
    up = graph.constant("enlargement", _enlarging_weights(channels))

    graph.node("DepthToSpace", ["coarse"], "coarse_noise", blocksize=2, mode="CRD")
    side = 2 * RADII[2] + 1
    weights = graph.chosen("coarse_kernel", graph.kernels["coarse"], (channels, channels, side, side))
    graph.node("Conv", [graph.wrapped("coarse_noise", RADII[2]), weights], "large")
    graph.node("Conv", [graph.wrapped("large", CELLS // 2), up], "large_cells")
    graph.node("DepthToSpace", ["large_cells"], "large_enlarged", blocksize=FINER, mode="CRD")

    spread = graph.spread("middle", channels, RADII[1])
    graph.node("Conv", [graph.wrapped("middle", _cells(RADII[1]) // 2), spread], "middling_cells")
    graph.node("DepthToSpace", ["middling_cells"], "middling", blocksize=FINER, mode="CRD")
    graph.node("Add", ["large_enlarged", "middling"], "smooth")

    first = np.repeat(np.arange(channels, dtype=np.float32) * TABLE, 16)
    middle = graph.constant("table_middle", first + np.float32((TABLE - 1) / 2 + 0.5))
    steps = graph.constant("steps", np.array((TABLE - 1) / (2 * LIMIT), np.float32))
    starry = any(texton.lights.any() for texton in textons)
    if starry:
        smooth = graph.node("Mul", [up, steps], "fine_weights")
        graph.node("Conv", [graph.wrapped("smooth", CELLS // 2), smooth, middle], "place")
    else:
        # Grain and enlargement are one convolution, whose answers are places in the color tables.
        graph.node("Concat", [graph.spread("grain", 1, RADII[0]), up], "fine_kernel", axis=1)
        graph.node("Mul", ["fine_kernel", steps], "fine_weights")
        graph.node("Concat", ["grain", "smooth"], "all", axis=1)
        graph.node("Conv", [graph.wrapped("all", CELLS // 2), "fine_weights", middle], "place")
    graph.node("Max", ["place", graph.constant("table_first", first[None, :, None, None])], "place_low")
    last = graph.constant("table_last", first[None, :, None, None] + np.float32(TABLE - 1))
    graph.node("Min", ["place_low", last], "place_inside")
    graph.node("Cast", ["place_inside"], "entry", to=TensorProto.INT32)

    quantiles = np.stack([texton.quantiles for texton in textons]).astype(np.float32)
    graph.chosen("quantiles", quantiles.reshape(len(textons), -1), (1, channels, QUANTILES))
    sizes = graph.constant("table_sizes", np.array((1, channels, TABLE), np.int64))
    graph.node(
        "Resize", ["quantiles", "", "", sizes], "tables", mode="linear", coordinate_transformation_mode="align_corners"
    )
    graph.node("Reshape", ["tables", graph.constant("flat", np.array([-1], np.int64))], "table")
    graph.node("Gather", ["table", "entry"], "behind_stars" if starry else "colours", axis=0)
    if starry:
        _starlit(graph, np.stack([texton.lights for texton in textons]).astype(np.float32))
    graph.node("DepthToSpace", ["colours"], "image", blocksize=FINER, mode="CRD")
    return _model(graph, len(textons))


def _starlit(graph: _Graph, lights: npt.NDArray[np.float32]) -> None:
    """Stars on `behind_stars`: what `lights [S,2,KNOTS]` say of both tails of the grain (see `starlight.table`)."""
    graph.chosen("lights", lights.reshape(len(lights), -1), (1, 2, KNOTS))
    sizes = graph.constant("light_sizes", np.array((1, 2, TABLE), np.int64))
    graph.node(
        "Resize", ["lights", "", "", sizes], "light_tables", mode="linear",
        coordinate_transformation_mode="align_corners",
    )  # fmt: skip
    graph.node("Reshape", ["light_tables", "flat"], "light_table")
    step, first = (TABLE - 1) / (FAR - NEAR), np.array([0, TABLE], np.float32)[:, None, None, None]
    tails = graph.constant("tails", np.array([step, -step], np.float32)[:, None, None, None])
    begin = graph.constant("tails_begin", first + np.float32(0.5 - NEAR * step))
    out = graph.node("Add", [graph.node("Mul", ["grain", tails], "both_tails"), begin], "out_in_tails")
    low = graph.node("Max", [out, graph.constant("lights_first", first)], "out_at_least")
    high = graph.node("Min", [low, graph.constant("lights_last", first + np.float32(TABLE - 1))], "out_inside")
    graph.node("Cast", [high], "light_entry", to=TensorProto.INT32)
    graph.node("Gather", ["light_table", "light_entry"], "lit", axis=0)
    graph.nodes.append(helper.make_node("Split", ["lit"], ["points", "flares"], name="points", axis=0, num_outputs=2))
    one = graph.constant("one", np.array(1, np.float32))
    kernel = graph.spread("grain", 1, RADII[0])
    graph.node("Conv", [graph.wrapped("flares", CELLS // 2), kernel], "starlight")
    graph.node("Concat", ["points"] * graph.channels, "white_points", axis=1)
    stars = graph.node("Add", ["starlight", "white_points"], "stars")
    graph.node("Min", [graph.node("Add", ["behind_stars", stars], "sum_of_light"), one], "colours")


def _model(graph: _Graph, styles: int) -> onnx.ModelProto:
    def info(name: str, *shape: int | str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    inputs = [
        info("coarse", 1, 4 * graph.channels, "rows", "columns"),
        info("middle", 1, 16 * graph.channels, "middle_rows", "middle_columns"),
        info("grain", 1, 16, "grain_rows", "grain_columns"),
        info("style", 1, styles),
    ]
    whole = helper.make_graph(
        graph.nodes, "texton_noise", inputs, [info("image", 1, graph.channels, "height", "width")], graph.constants
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def _enlarging_weights(channels: int) -> npt.NDArray[np.float32]:
    """Fourfold enlargement of C channels as a convolution: `[16C,C,5,5]`."""
    line = enlargement()
    weights = np.zeros((channels, FINER, FINER, channels, CELLS, CELLS), np.float32)
    for place in np.ndindex(FINER, FINER, CELLS, CELLS):
        # A pixel at p in its cell sees the sample of a cell t further on at a distance of 4·t − p.
        distances = [FINER * (t - CELLS // 2) - p for p, t in zip(place[:2], place[2:], strict=True)]
        if max(map(abs, distances)) <= 8:
            for channel in range(channels):
                weights[channel, place[0], place[1], channel, place[2], place[3]] = np.prod(
                    [line[distance + 8] for distance in distances]
                )
    return weights.reshape(channels * FINER**2, channels, CELLS, CELLS)


def _cells(radius: int) -> int:
    """Cells that a kernel of `radius` reaches from all pixels of one, itself included."""
    return 2 * -(-radius // FINER) + 1


def _places(channels: int, ins: int, radius: int) -> tuple[npt.NDArray[np.int32], ...]:
    """Where each weight of a convolution of cells stands in the kernels `[C,ins,k,k]`, behind their end where nowhere.

    It is the sum of three arrays, for the kernel, the row and the column, of `[C,4,4,ins,4,4,cells,cells]`: a cell's
    pixels are rows and columns of 4.
    """
    side, cells = 2 * radius + 1, _cells(radius)
    p, q, t = np.ogrid[:FINER, :FINER, :cells]
    line = FINER * (t - cells // 2) + q - p + radius  # the tap by which pixel p sees pixel q of a cell t further on
    outside = (line < 0) | (line >= side)
    row, column = (np.where(outside, channels * ins * side**2, line * step).astype(np.int32) for step in (side, 1))
    kernel = np.arange(channels * ins, dtype=np.int32) * side**2
    return (
        kernel.reshape(channels, 1, 1, ins, 1, 1, 1, 1),
        row[None, :, None, None, :, None, :, None],
        column[None, None, :, None, None, :, None, :],
    )
