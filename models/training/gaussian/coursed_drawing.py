"""The nodes that draw the model of a material with courses: see `coursed` for what is drawn.

`waves` tell which cell of the period each one is, a table what is drawn there, and `units` the numbers of the bricks
that lie there; together with the Gaussian rest they are the picture. Which cell of a period is where is a softmax so
steep that it is one 1 among nothing but 0; so what is looked up by a product with it is exact, and a picture drifts to
the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from .coursed import BLOCKS, LESS, NEAR, NUMBERS, PERIOD, PLACES, SCALE, STEEP
from .courses import REACH

#: Places of bricks that a block of 8 px may belong to.
SOURCES = len(NEAR) * PLACES**2


class _Graph:
    """Nodes and constants that are added to a model."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.graph = model.graph

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.graph.initializer.append(numpy_helper.from_array(value, name))
        return name

    def node(self, operation: str, inputs: list[str], output: str, **attributes: object) -> str:
        self.graph.node.append(helper.make_node(operation, inputs, [output], name=output, **attributes))
        return output

    def chosen(self, name: str, values: npt.NDArray[np.float32], shape: tuple[int, ...]) -> str:
        """Return what the style picks of `values [S,…]`, as a tensor of `shape`."""
        table = self.constant(f"{name}_of_styles", values.reshape(len(values), -1))
        return self.reshaped(self.node("MatMul", ["style", table], f"{name}_flat"), name, shape)

    def reshaped(self, value: str, output: str, shape: tuple[int, ...]) -> str:
        return self.node("Reshape", [value, self.constant(f"{output}_shape", np.array(shape, np.int64))], output)

    def turned(self, value: str, output: str, order: tuple[int, ...]) -> str:
        return self.node("Transpose", [value], output, perm=order)


def draw(model: onnx.ModelProto, state: Mapping[str, Tensor]) -> None:
    """Add to a model with `style`, `waves`, `units` and `colors` (the Gaussian rest) what makes `picture` of them.

    `state` is that of a `CoursedGenerator`. `mean` and `numbers` are what the correction takes beside `picture`.
    """
    graph = _Graph(model)
    _cells(graph, state["directions"].numpy())
    _tables(graph, state["table"].numpy())
    _numbers(graph, state["owners"].numpy())
    _picture(graph, state["colors"].numpy())


def _cells(graph: _Graph, directions: npt.NDArray[np.float32]) -> None:
    """`waves` → `cell [1,PERIOD²,h,w]`: a 1 for the cell of the period that each one is."""
    weights = np.zeros((len(directions), 2, PERIOD, 4), np.float32)
    for axis in (0, 1):
        weights[:, axis, :, 2 * axis : 2 * axis + 2] = directions[:, axis, :, :2]
    kernel = graph.chosen("directions", STEEP * weights, (2 * PERIOD, 4, 1, 1))
    bias = graph.chosen("absent", STEEP * directions[..., 2], (2 * PERIOD,))
    graph.node("Conv", ["waves", kernel, bias], "likeness")
    graph.node("Split", ["likeness"], "rows_likeness", axis=1, num_outputs=2)
    graph.graph.node[-1].output.append("columns_likeness")
    for lines, beside in (("rows", 2), ("columns", 1)):
        graph.node("Softmax", [f"{lines}_likeness"], f"{lines}_told", axis=1)
        new = graph.constant(f"{lines}_axis", np.array([beside], np.int64))
        graph.node("Unsqueeze", [f"{lines}_told", new], f"{lines}_apart")
    graph.node("Mul", ["rows_apart", "columns_apart"], "cell_apart")
    sizes = graph.node("Shape", ["waves"], "waves_sizes", start=2)
    cells = graph.constant("cell_channels", np.array([1, PERIOD**2], np.int64))
    graph.node("Concat", [cells, sizes], "cell_sizes", axis=0)
    graph.node("Reshape", ["cell_apart", "cell_sizes"], "cell")


def _tables(graph: _Graph, table: npt.NDArray[np.float32]) -> None:
    """`cell` → `mean [1,48,8h,8w]`, `gain` and `spread [1,16,8h,8w]`.

    Only those cells are stored, as bytes, that a style has.
    """
    stored = np.round((table + LESS[:, None, None, None]) * SCALE[:, None, None, None]).astype(np.uint8)
    flat = stored.reshape(-1, 5 * 1024)
    used = np.flatnonzero(stored.reshape(len(flat), 5, 1024)[:, -1].any(axis=1))  # what is there spreads a little
    places = np.zeros((len(table) * PERIOD**2, len(used)), np.float32)
    places[used, np.arange(len(used))] = 1
    where = graph.chosen("places", places.reshape(len(table), -1), (PERIOD**2, len(used)))
    graph.node("Cast", [graph.constant("table_of_styles", flat[used])], "table_whole", to=TensorProto.FLOAT)
    graph.node("MatMul", [where, "table_whole"], "table_chosen")
    scale, less = (np.repeat(values, 1024).astype(np.float32) for values in (SCALE, LESS))
    graph.node("Div", ["table_chosen", graph.constant("table_scale", scale)], "table_scaled")
    graph.node("Sub", ["table_scaled", graph.constant("table_less", less)], "table_of_style")
    turned = graph.turned("table_of_style", "table_turned", (1, 0))
    kernel = graph.reshaped(turned, "table_kernel", (5 * 1024, -1, 1, 1))
    graph.node("Conv", ["cell", kernel], "layers_flat")
    graph.node("DepthToSpace", ["layers_flat"], "layers", blocksize=8, mode="CRD")
    sizes = graph.constant("layers_sizes", np.array([48, 16, 16], np.int64))
    graph.node("Split", ["layers", sizes], "mean", axis=1)
    graph.graph.node[-1].output.extend(["gain", "spread"])


def _numbers(graph: _Graph, owners: npt.NDArray[np.int64]) -> None:
    """`cell`, `units` → `numbers [1,NUMBERS,4h,4w]`: those of the brick that each block of 8 px belongs to."""
    down, across = (max(step[axis] for step in NEAR) for axis in (0, 1))
    margins = graph.constant("units_margins", np.array([down, across, down, across], np.int64))
    graph.node("Pad", ["units", margins, "", "rows_and_columns"], "units_wrapped", mode="wrap")
    for number, (y, x) in enumerate(NEAR):
        first = graph.constant(f"near_{number}_first", np.array([down + y, across + x], np.int64))
        # To the end, less what the margin has there.
        ends = [v if v < 0 else np.iinfo(np.int64).max for v in (y - down, x - across)]
        last = graph.constant(f"near_{number}_last", np.array(ends, np.int64))
        graph.node("Slice", ["units_wrapped", first, last, "rows_and_columns"], f"near_{number}")
    graph.node("Concat", [f"near_{number}" for number in range(len(NEAR))], "near", axis=1)
    # [1,NEAR·NUMBERS·PLACES²,h,w] → [h·w,SOURCES,NUMBERS]
    graph.reshaped("near", "near_apart", (len(NEAR), NUMBERS, PLACES**2, -1))
    graph.reshaped(graph.turned("near_apart", "near_turned", (3, 0, 2, 1)), "sources", (-1, SOURCES, NUMBERS))

    styles = len(owners)
    graph.constant("owners_of_styles", owners.astype(np.uint8))
    graph.node("Cast", ["owners_of_styles"], "owners_whole", to=TensorProto.INT64)
    depth, values = np.array(SOURCES, np.int64), np.array([0, 1], np.float32)
    marks = [graph.constant("owners_depth", depth), graph.constant("owners_values", values)]
    graph.node("OneHot", ["owners_whole", *marks], "owners_marked", axis=-1)
    graph.reshaped("owners_marked", "owners_table", (styles, -1))
    graph.node("MatMul", ["style", "owners_table"], "owners_flat")
    graph.reshaped("owners_flat", "owners", (PERIOD**2, BLOCKS**2 * SOURCES))
    # [1,PERIOD²,h,w] → [h·w,BLOCKS²,SOURCES]
    graph.turned(graph.reshaped("cell", "cell_list", (PERIOD**2, -1)), "cell_turned", (1, 0))
    graph.node("MatMul", ["cell_turned", "owners"], "owning_flat")
    graph.reshaped("owning_flat", "owning", (-1, BLOCKS**2, SOURCES))
    graph.node("MatMul", ["owning", "sources"], "numbers_apart")
    graph.turned("numbers_apart", "numbers_turned", (2, 1, 0))
    channels = graph.constant("numbers_channels", np.array([1, NUMBERS * BLOCKS**2], np.int64))
    graph.node("Concat", [channels, "waves_sizes"], "numbers_sizes", axis=0)
    graph.node("Reshape", ["numbers_turned", "numbers_sizes"], "numbers_cells")
    graph.node("DepthToSpace", ["numbers_cells"], "numbers", blocksize=BLOCKS, mode="CRD")


def _picture(graph: _Graph, colors: npt.NDArray[np.float32]) -> None:
    """Return the model's picture `[1,48,8h,8w]` in −1…1, of its parts and of `colors`, the Gaussian rest in 0…1."""
    kernel = graph.chosen("unit_colours", colors, (3, NUMBERS, 1, 1))
    graph.node("Conv", ["numbers", kernel], "shades_coarse")
    scales = graph.constant("twice", np.array([1, 1, 2, 2], np.float32))
    graph.node("Resize", ["shades_coarse", "", scales], "shades", mode="nearest")
    graph.graph.node[-1].attribute.extend(
        [
            helper.make_attribute("coordinate_transformation_mode", "asymmetric"),
            helper.make_attribute("nearest_mode", "floor"),
        ]
    )
    # Each color's 16 pixels of a block: [1,3,16,8h,8w].
    axis_1, axis_2 = (graph.constant(f"axis_{n}", np.array([n], np.int64)) for n in (1, 2))
    graph.node("Unsqueeze", ["gain", axis_1], "gain_apart")
    graph.node("Unsqueeze", ["spread", axis_1], "spread_apart")
    graph.node("Unsqueeze", ["shades", axis_2], "shades_apart")
    graph.node("Mul", ["gain_apart", "shades_apart"], "shaded")
    graph.node("Mul", ["colours", graph.constant("rest_steps", np.array(2 * REACH, np.float32))], "rest_scaled")
    graph.node("Sub", ["rest_scaled", graph.constant("rest_less", np.array(REACH, np.float32))], "rest")
    sizes = graph.node("Shape", ["rest"], "rest_sizes", start=2)
    graph.node("Concat", [graph.constant("three", np.array([1, 3, 16], np.int64)), sizes], "rest_shape", axis=0)
    graph.node("Reshape", ["rest", "rest_shape"], "rest_apart")
    graph.node("Mul", ["spread_apart", "rest_apart"], "spreading")
    graph.node("Add", ["shaded", "spreading"], "unlike_apart")
    graph.node("Concat", [graph.constant("all_48", np.array([1, 48], np.int64)), sizes], "whole_shape", axis=0)
    graph.node("Reshape", ["unlike_apart", "whole_shape"], "unlike")
    graph.node("Add", ["mean", "unlike"], "picture")
