"""How large everything in a graph becomes, worked out before anything runs.

A 137-byte file can ask for a gigabyte: `ConstantOfShape`, `Expand`, `Tile`, or two vectors that broadcast. `estimate`
carries shapes, and the small whole numbers that shapes are made of, through the graph. What it can't know (an operation
that is not in the table, sizes that depend on the picture) it counts as unknown: there the worker's memory limit holds.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import TooLarge
from .onnx_graph import MAX_RANK, Graph, Node, Number, Tensor

Shape = tuple[int, ...]
ADVICE = "Make the frame smaller, or raise the limit in the preferences."
#: Whole numbers followed through the graph at most, for one tensor.
MAX_VALUES = 64
#: Larger numbers than the runtime's own whole numbers lead nowhere, and Python's would grow without an end.
MAX_SIZE = 2**63
_BYTES = {"float64": 8, "int64": 8, "uint64": 8, "complex64": 8, "float16": 2, "bool": 1, "uint8": 1, "int8": 1}


@dataclass
class Estimate:
    """Shapes by name (None: unknown), the memory of the weights and of what lives at once, bytes, and unknown nodes."""

    shapes: dict[str, Shape | None] = field(default_factory=dict)
    peak: int = 0
    largest: int = 0
    unknown: int = 0


def estimate(graph: Graph, inputs: Mapping[str, Shape], limit: int, advice: str = ADVICE) -> Estimate:
    """Follow `graph` with inputs of these shapes. Raises TooLarge when it needs more than `limit` bytes.

    `advice` ends the message.
    """
    run = _Run(graph, inputs)
    found = Estimate(run.shapes, run.live, 0, 0)
    last = {name: place for place, node in enumerate(graph.nodes) for name in node.inputs}
    kept = {tensor.name for tensor in graph.outputs}
    for place, node in enumerate(graph.nodes):
        sizes = run.step(node)
        found.unknown += None in sizes
        made = [4 * math.prod(size) if size is not None else 0 for size in sizes]
        found.largest = max(found.largest, *made, 0)
        run.live += sum(made)
        found.peak = max(found.peak, run.live)
        if found.peak > limit:
            raise TooLarge(
                f"needs {found.peak / 2**30:.2f} GB of memory at the operation {node.op}; "
                f"{limit / 2**30:.2f} GB are allowed. {advice}"
            )
        for name in {*node.inputs, *node.outputs}:
            if last.get(name, -1) <= place and name not in kept and name not in graph.weights:
                size = run.shapes.get(name)
                run.live -= 4 * math.prod(size) if size is not None else 0
    return found


class _Run:
    """Shapes and known values while the graph is followed."""

    def __init__(self, graph: Graph, inputs: Mapping[str, Shape]) -> None:
        self.opset = graph.opset
        self.shapes: dict[str, Shape | None] = dict(inputs)
        self.values: dict[str, list[Number]] = {}
        for name, weight in graph.weights.items():
            self.keep(name, weight)
        self.live = sum(weight.bytes for weight in graph.weights.values())
        self.live += sum(4 * math.prod(size) for size in inputs.values())

    def keep(self, name: str, tensor: Tensor) -> None:
        self.shapes[name] = tensor.shape
        if tensor.values is not None:
            self.values[name] = list(tensor.values)

    def shape(self, node: Node, place: int = 0) -> Shape:
        """The shape of an input. Raises _Unknown."""
        name = node.inputs[place] if place < len(node.inputs) else ""
        size = self.shapes.get(name)
        if size is None:
            raise _Unknown
        return size

    def ints(self, node: Node, place: int, attribute: str = "") -> list[int]:
        """The known values of an input, or of the attribute that older operator sets have instead."""
        if attribute in node.attributes:
            return _ints(node.attributes[attribute])
        return [int(value) for value in self.reals(node, place)]

    def reals(self, node: Node, place: int) -> list[Number]:
        name = node.inputs[place] if place < len(node.inputs) else ""
        if name not in self.values:
            raise _Unknown
        return self.values[name]

    def given(self, node: Node, place: int) -> bool:
        return place < len(node.inputs) and node.inputs[place] != ""

    def step(self, node: Node) -> list[Shape | None]:
        """Work out a node's outputs."""
        try:
            rule = _RULES.get(node.op)
            sizes: Sequence[Shape | None] = rule(self, node) if rule else [None]
            if any(size is not None and (min(size, default=0) < 0 or len(size) > 2 * MAX_RANK) for size in sizes):
                raise _Unknown
            if any(size is not None and 0 in size and max(size) > MAX_SIZE for size in sizes):
                raise _Unknown  # takes no memory, however long
        except (_Unknown, IndexError, ValueError, ZeroDivisionError, OverflowError, TypeError):
            sizes = [None]  # wrong models end here too: the runtime will say what is wrong with them
        padded = [*sizes, *[None] * len(node.outputs)][: len(node.outputs)]
        for name, size in zip(node.outputs, padded, strict=True):
            if name:
                self.shapes[name] = size
        return [size for name, size in zip(node.outputs, padded, strict=True) if name]


class _Unknown(Exception):
    """A shape that can't be known."""


Rule = Callable[[_Run, Node], Sequence["Shape | None"]]
_RULES: dict[str, Rule] = {}


def _rule(*names: str) -> Callable[[Rule], Rule]:
    def add(function: Rule) -> Rule:
        _RULES.update(dict.fromkeys(names, function))
        return function

    return add


def _ints(value: object) -> list[int]:
    if isinstance(value, tuple):
        return [int(n) for n in value]
    if isinstance(value, (int, float)):
        return [int(value)]
    raise _Unknown


def _int(node: Node, name: str, default: int) -> int:
    return _ints(node.attributes.get(name, default))[0]


def _set(run: _Run, node: Node, values: Sequence[Number]) -> None:
    if len(values) <= MAX_VALUES and all(abs(value) <= MAX_SIZE for value in values):
        run.values[node.outputs[0]] = list(values)


_ROUNDING: dict[str, Callable[[Any], Number]] = {
    "Floor": math.floor, "Ceil": math.ceil, "Round": round, "Neg": operator.neg,
}  # fmt: skip


@_rule(
    "Relu", "LeakyRelu", "PRelu", "Tanh", "Sigmoid", "HardSigmoid", "HardSwish", "Clip", "Elu", "Selu", "Celu", "Gelu",
    "Mish", "Swish", "Softplus", "Softsign", "Exp", "Log", "Sqrt", "Neg", "Abs", "Sign", "Reciprocal", "Erf", "Sin",
    "Cos", "Tan", "Atan", "Identity", "Dropout", "BatchNormalization", "InstanceNormalization", "LayerNormalization",
    "GroupNormalization", "RMSNormalization", "LpNormalization", "LRN", "MeanVarianceNormalization", "Softmax",
    "LogSoftmax", "Hardmax", "Not", "IsNaN", "IsInf", "CumSum", "ThresholdedRelu", "Shrink", "RandomNormalLike",
    "RandomUniformLike", "EyeLike", "Bernoulli", "Trilu", "Floor", "Ceil", "Round", "Cast", "CastLike",
    "QuantizeLinear", "DequantizeLinear",
)  # fmt: skip
def _same(run: _Run, node: Node) -> Sequence[Shape | None]:
    if node.op in ("Identity", "Cast", "Floor", "Ceil", "Round", "Neg") and node.inputs[0] in run.values:
        change = _ROUNDING.get(node.op)
        values = run.values[node.inputs[0]]
        if node.op == "Cast" and _int(node, "to", 1) in (2, 3, 4, 5, 6, 7, 12, 13):
            change = int
        _set(run, node, [change(value) for value in values] if change else values)
    return [run.shape(node)]


_MATH: dict[str, Callable[[Number, Number], Number]] = {
    "Add": operator.add, "Sub": operator.sub, "Mul": operator.mul, "Max": max, "Min": min,
}  # fmt: skip


@_rule(
    "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Max", "Min", "Sum", "Mean", "Where", "And", "Or", "Xor", "Equal",
    "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "BitShift",
)  # fmt: skip
def _broadcast(run: _Run, node: Node) -> Sequence[Shape | None]:
    if len(node.inputs) == 2 and all(name in run.values for name in node.inputs):
        a, b = (run.values[name] for name in node.inputs)
        if len(a) == len(b) or 1 in (len(a), len(b)):
            count = max(len(a), len(b))
            pairs = list(zip(a * (count // len(a)), b * (count // len(b)), strict=True))
            if node.op in _MATH:
                _set(run, node, [_MATH[node.op](x, y) for x, y in pairs])
            elif node.op == "Div" and all(isinstance(n, int) for pair in pairs for n in pair):
                _set(run, node, [int(x // y) for x, y in pairs])
            elif node.op == "Div":
                _set(run, node, [x / y for x, y in pairs])
    return [_joined([run.shape(node, place) for place in range(len(node.inputs))])]


def _joined(shapes: Sequence[Shape]) -> Shape:
    rank = max(map(len, shapes))
    full = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    return tuple(0 if 0 in column else max(column) for column in zip(*full, strict=True))


@_rule("Shape")
def _shape(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = run.shape(node)
    end = node.attributes.get("end")
    size = size[_int(node, "start", 0) : _ints(end)[0] if end is not None else None]
    _set(run, node, size)
    return [(len(size),)]


@_rule("Size")
def _size(run: _Run, node: Node) -> Sequence[Shape | None]:
    _set(run, node, [math.prod(run.shape(node))])
    return [()]


@_rule("Constant")
def _constant(run: _Run, node: Node) -> Sequence[Shape | None]:
    tensor = node.attributes.get("value")
    if isinstance(tensor, Tensor):
        run.keep(node.outputs[0], tensor)
        return [tensor.shape]
    for name in ("value_int", "value_float", "value_ints", "value_floats"):
        value = node.attributes.get(name)
        if isinstance(value, (int, float)):
            _set(run, node, [value])
            return [()]
        if isinstance(value, tuple):
            _set(run, node, value)
            return [(len(value),)]
    return [()]


@_rule("ConstantOfShape")
def _constant_of_shape(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = tuple(run.ints(node, 0))
    tensor = node.attributes.get("value")
    fill = tensor.values[0] if isinstance(tensor, Tensor) and tensor.values else 0
    if math.prod(size) <= MAX_VALUES and len(size) < 2:
        _set(run, node, [fill] * math.prod(size))
    return [size]


@_rule("RandomNormal", "RandomUniform")
def _random(_run: _Run, node: Node) -> Sequence[Shape | None]:
    return [tuple(_ints(node.attributes["shape"]))]


@_rule("Expand")
def _expand(run: _Run, node: Node) -> Sequence[Shape | None]:
    return [_joined([run.shape(node), tuple(run.ints(node, 1))])]


@_rule("Tile")
def _tile(run: _Run, node: Node) -> Sequence[Shape | None]:
    return [tuple(n * times for n, times in zip(run.shape(node), run.ints(node, 1), strict=True))]


@_rule("Range")
def _range(run: _Run, node: Node) -> Sequence[Shape | None]:
    start, end, step = (run.reals(node, place)[0] for place in range(3))
    count = max(0, math.ceil((end - start) / step))
    if count <= MAX_VALUES:
        _set(run, node, [start + step * n for n in range(count)])
    return [(count,)]


@_rule("Reshape")
def _reshape(run: _Run, node: Node) -> Sequence[Shape | None]:
    size, wanted = run.shape(node), run.ints(node, 1)
    if not _int(node, "allowzero", 0):
        wanted = [size[place] if n == 0 else n for place, n in enumerate(wanted)]
    if -1 in wanted:
        rest = -math.prod(wanted)
        wanted[wanted.index(-1)] = math.prod(size) // rest
    if node.inputs[0] in run.values:
        _set(run, node, run.values[node.inputs[0]])
    return [tuple(wanted)]


@_rule("Flatten")
def _flatten(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = run.shape(node)
    axis = _int(node, "axis", 1)
    axis += len(size) if axis < 0 else 0
    return [(math.prod(size[:axis]), math.prod(size[axis:]))]


@_rule("Transpose")
def _transpose(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = run.shape(node)
    order = _ints(node.attributes.get("perm", tuple(reversed(range(len(size))))))
    return [tuple(size[place] for place in order)]


@_rule("Squeeze", "Unsqueeze")
def _squeeze(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = list(run.shape(node))
    if node.inputs[0] in run.values:
        _set(run, node, run.values[node.inputs[0]])
    if node.op == "Squeeze":
        if not run.given(node, 1) and "axes" not in node.attributes:
            return [tuple(n for n in size if n != 1)]
        gone = {axis % len(size) for axis in run.ints(node, 1, "axes")}
        return [tuple(n for place, n in enumerate(size) if place not in gone)]
    axes = run.ints(node, 1, "axes")
    rank = len(size) + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        size.insert(axis, 1)
    return [tuple(size)]


@_rule("Concat")
def _concat(run: _Run, node: Node) -> Sequence[Shape | None]:
    if all(name in run.values for name in node.inputs):
        _set(run, node, [value for name in node.inputs for value in run.values[name]])
    sizes = [run.shape(node, place) for place in range(len(node.inputs))]
    axis = _int(node, "axis", 0) % len(sizes[0])
    total = sum(size[axis] for size in sizes)
    return [(*sizes[0][:axis], total, *sizes[0][axis + 1 :])]


@_rule("Split")
def _split(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = run.shape(node)
    axis, count = _int(node, "axis", 0) % len(size), len(node.outputs)
    if run.given(node, 1) or "split" in node.attributes:
        parts = run.ints(node, 1, "split")
    else:
        whole = -(-size[axis] // count)
        parts = [min(whole, size[axis] - whole * n) for n in range(count)]
    return [(*size[:axis], part, *size[axis + 1 :]) for part in parts]


@_rule("Gather")
def _gather(run: _Run, node: Node) -> Sequence[Shape | None]:
    size, index = run.shape(node), run.shape(node, 1)
    axis = _int(node, "axis", 0) % len(size)
    if node.inputs[0] in run.values and node.inputs[1] in run.values and len(size) == 1:
        _set(run, node, [run.values[node.inputs[0]][int(n)] for n in run.values[node.inputs[1]]])
    return [(*size[:axis], *index, *size[axis + 1 :])]


@_rule("Slice")
def _slice(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = list(run.shape(node))
    old = "starts" in node.attributes
    starts, ends = run.ints(node, 1, "starts"), run.ints(node, 2, "ends")
    axes = run.ints(node, 3, "axes") if old or run.given(node, 3) else list(range(len(starts)))
    steps = run.ints(node, 4) if not old and run.given(node, 4) else [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        part = range(*slice(start, end if step > 0 or end > -(2**31) else None, step).indices(size[axis]))
        if len(size) == 1 and node.inputs[0] in run.values:
            values = run.values[node.inputs[0]]
            _set(run, node, [values[place] for place in part])
        size[axis] = len(part)
    return [tuple(size)]


@_rule("Pad")
def _pad(run: _Run, node: Node) -> Sequence[Shape | None]:
    size, pads = list(run.shape(node)), run.ints(node, 1, "pads")
    axes = [axis % len(size) for axis in run.ints(node, 3)] if run.given(node, 3) else list(range(len(size)))
    for place, axis in enumerate(axes):
        size[axis] += pads[place] + pads[place + len(axes)]
    return [tuple(size)]


@_rule("Resize", "Upsample")
def _resize(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = list(run.shape(node))
    if node.op == "Resize" and run.given(node, 3):
        wanted = run.ints(node, 3)
    else:
        scales = node.attributes.get("scales")
        place = 2 if node.op == "Resize" and run.opset > 10 else 1
        factors = list(scales) if isinstance(scales, tuple) else run.reals(node, place)
        wanted = [math.floor(n * float(s)) for n, s in zip(size[-len(factors) :], factors, strict=True)]
    axes = _ints(node.attributes["axes"]) if "axes" in node.attributes else range(len(size))
    for axis, n in zip(axes, wanted, strict=True):
        size[axis] = n
    return [tuple(size)]


@_rule("Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool")
def _conv(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = run.shape(node)
    rank = len(size) - 2
    kernel = run.shape(node, 1) if node.op.startswith("Conv") else (0, 0, *_ints(node.attributes["kernel_shape"]))
    ones = (1,) * rank
    strides, spread = (_ints(node.attributes.get(name, ones)) for name in ("strides", "dilations"))
    pads = _ints(node.attributes.get("pads", (0,) * (2 * rank)))
    auto = node.attributes.get("auto_pad", "NOTSET")
    more = _ints(node.attributes.get("output_padding", (0,) * rank))
    sides = []
    for axis in range(rank):
        reach = (kernel[axis + 2] - 1) * spread[axis] + 1
        n, both = size[axis + 2], pads[axis] + pads[axis + rank]
        if node.op == "ConvTranspose":
            same = n * strides[axis] if str(auto).startswith("SAME") else None
            shaped = node.attributes.get("output_shape")
            full = (n - 1) * strides[axis] + more[axis] + reach - both
            sides.append(_ints(shaped)[-rank:][axis] if shaped else full if same is None else same)
        elif str(auto).startswith("SAME"):
            sides.append(-(-n // strides[axis]))
        else:
            ceil = _int(node, "ceil_mode", 0)
            sides.append((n + both - reach + (strides[axis] - 1 if ceil else 0)) // strides[axis] + 1)
    channels = size[1]
    if node.op == "Conv":
        channels = kernel[0]
    elif node.op == "ConvTranspose":
        channels = kernel[1] * _int(node, "group", 1)
    return [(size[0], channels, *sides)]


@_rule("GlobalAveragePool", "GlobalMaxPool")
def _global(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = run.shape(node)
    return [(*size[:2], *(1,) * (len(size) - 2))]


@_rule("Gemm")
def _gemm(run: _Run, node: Node) -> Sequence[Shape | None]:
    a, b = run.shape(node), run.shape(node, 1)
    return [(a[1] if _int(node, "transA", 0) else a[0], b[0] if _int(node, "transB", 0) else b[1])]


@_rule("MatMul")
def _matmul(run: _Run, node: Node) -> Sequence[Shape | None]:
    a, b = run.shape(node), run.shape(node, 1)
    left, right = (1, *a) if len(a) == 1 else a, (*b, 1) if len(b) == 1 else b
    rest = _joined([left[:-2], right[:-2]]) if len(left) > 2 or len(right) > 2 else ()
    return [(*rest, *(left[-2:-1] if len(a) > 1 else ()), *(right[-1:] if len(b) > 1 else ()))]


@_rule("DepthToSpace", "SpaceToDepth")
def _blocks(run: _Run, node: Node) -> Sequence[Shape | None]:
    n, channels, height, width = run.shape(node)
    block = _int(node, "blocksize", 1)
    if node.op == "DepthToSpace":
        return [(n, channels // block**2, height * block, width * block)]
    return [(n, channels * block**2, height // block, width // block)]


@_rule(
    "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare",
    "ReduceLogSumExp", "ArgMax", "ArgMin",
)  # fmt: skip
def _reduce(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = run.shape(node)
    if node.op.startswith("Arg"):
        axes = [_int(node, "axis", 0)]
    elif "axes" in node.attributes or run.given(node, 1):
        axes = run.ints(node, 1, "axes")
    else:
        axes = [] if _int(node, "noop_with_empty_axes", 0) else list(range(len(size)))
    gone, keep = {axis % len(size) for axis in axes}, _int(node, "keepdims", 1)
    if node.op == "ReduceProd" and node.inputs[0] in run.values:
        _set(run, node, [math.prod(run.values[node.inputs[0]])])
    return [tuple(1 if place in gone else n for place, n in enumerate(size) if keep or place not in gone)]


@_rule("OneHot")
def _one_hot(run: _Run, node: Node) -> Sequence[Shape | None]:
    size = list(run.shape(node))
    axis = _int(node, "axis", -1)
    size.insert(axis if axis >= 0 else len(size) + 1 + axis, run.ints(node, 1)[0])
    return [tuple(size)]
