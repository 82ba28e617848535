"""Ways to spoil what an ONNX file says: sizes, types, operations, connections, constants, graphs within graphs.

What comes out is a whole file that can be parsed, so that what is wrong with it is found late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random

import numpy as np
from google.protobuf.message import DecodeError
from onnx import AttributeProto, GraphProto, ModelProto, TensorProto, ValueInfoProto, helper, numpy_helper

from models.importing import feeds, trial

#: Sizes that break something somewhere.
SIZES = (-(2**63), -1, 0, 1, 2, 3, 4, 5, 7, 16, 64, 128, 784, 2048, 12288, 16384, 65536, 10**5, 2**24, 2**31 - 1, 2**31,
         2**40, 2**62, 2**63 - 1)  # fmt: skip
NUMBERS = (*SIZES, 0.0, -0.5, 1e-30, 1e30, float("inf"), float("nan"))
OPERATIONS = (
    "Relu", "Tanh", "Sigmoid", "Log", "Sqrt", "Identity", "Transpose", "Flatten", "Softmax", "Shape", "Size",
    "Abs", "Cast", "Exp", "Squeeze", "ReduceMean", "ReduceMax", "ArgMax", "GlobalAveragePool", "DepthToSpace",
    "MaxPool", "AveragePool", "InstanceNormalization", "Add", "Mul", "Div", "Pow", "Sub", "MatMul", "Gemm",
    "Conv", "ConvTranspose", "Concat", "Expand", "Tile", "Reshape", "Resize", "Pad", "Slice", "Gather", "Range",
    "ConstantOfShape", "Einsum", "TopK", "NonZero", "Unique", "Where", "OneHot", "CumSum", "Loop", "If", "Scan",
    "RandomNormal", "LSTM", "Nonsense", "Constant", "Split", "StringNormalizer",
)  # fmt: skip
ATTRIBUTES = (
    "axis", "axes", "perm", "to", "kernel_shape", "strides", "pads", "dilations", "group", "auto_pad", "output_padding",
    "mode", "keepdims", "blocksize", "allowzero", "value", "shape", "alpha", "equation", "output_shape", "nonsense",
)  # fmt: skip
NAMES = (
    "", "z", "noise", "image", "mask", "audio", "psi", "c", "r1i", "state", "x" * 2000, "\u202egnp", "a\nb",
    "\x1b[2J",
)  # fmt: skip

Spoil = Callable[[Random, ModelProto], None]


@contextmanager
def small_trials() -> Iterator[None]:
    """Let trials inside give and take few numbers: what is slow then is the reading of a file, not its network."""
    before = feeds.FED, trial.FED, trial.RETURNED
    feeds.FED, trial.FED, trial.RETURNED = 2**20, 2**20, 2**21
    try:
        yield
    finally:
        feeds.FED, trial.FED, trial.RETURNED = before


def spoiled(random: Random, model: ModelProto, most: int = 4) -> ModelProto:
    """Return a copy of a model with up to `most` things changed in it."""
    new = ModelProto()
    new.CopyFrom(model)
    for _ in range(random.randint(min(1, most), most)):
        with suppress(DecodeError):  # deeper than the format itself allows
            random.choice(_WAYS)(random, new)
    return new


def _value(random: Random, graph: GraphProto) -> ValueInfoProto | None:
    values = [*graph.input, *graph.output]
    return random.choice(values) if values else None


def _sizes(random: Random, model: ModelProto) -> None:
    """Change a side of an input, an output, or leave the shape out."""
    value = _value(random, model.graph)
    if value is None:
        return
    shape = value.type.tensor_type.shape
    way = random.randrange(5)
    if way == 0:
        value.type.tensor_type.ClearField("shape")
    elif way == 1:
        shape.dim.add().dim_value = random.choice(SIZES)
    elif way == 2 and shape.dim:
        del shape.dim[random.randrange(len(shape.dim))]
    elif shape.dim:
        random.choice(shape.dim).dim_value = random.choice(SIZES)


def _types(random: Random, model: ModelProto) -> None:
    value = _value(random, model.graph)
    if value is not None and random.random() < 0.6:
        value.type.tensor_type.elem_type = random.randrange(26)
    elif model.graph.initializer:
        random.choice(model.graph.initializer).data_type = random.randrange(26)


def _weights(random: Random, model: ModelProto) -> None:
    """Change the sides of a weight, with or without its numbers."""
    if not model.graph.initializer:
        return
    weight = random.choice(model.graph.initializer)
    if weight.dims and random.random() < 0.5:
        weight.dims[random.randrange(len(weight.dims))] = random.choice(SIZES)
    elif random.random() < 0.5:
        weight.raw_data = weight.raw_data[: random.randint(0, len(weight.raw_data))]
    else:
        shape = [random.choice((0, 1, 2, 3, 8)) for _ in range(random.randrange(6))]
        made = np.full(shape, random.choice((0, 1, -1, 1e4)), random.choice((np.float32, np.float64, np.float16)))
        weight.CopyFrom(numpy_helper.from_array(made, weight.name))


def _constants(random: Random, model: ModelProto) -> None:
    """Change numbers of which shapes are made."""
    own = [weight for weight in model.graph.initializer if weight.data_location != TensorProto.EXTERNAL]
    whole = [weight for weight in own if np.prod(weight.dims, dtype=float) <= 64]
    if not whole:
        return
    weight = random.choice(whole)
    try:
        numbers = numpy_helper.to_array(weight).copy()
        numbers.reshape(-1)[random.randrange(max(numbers.size, 1))] = random.choice(NUMBERS)
    except (ValueError, IndexError, OverflowError, TypeError, KeyError):
        return
    weight.CopyFrom(numpy_helper.from_array(numbers, weight.name))


def _operations(random: Random, model: ModelProto) -> None:
    if model.graph.node:
        random.choice(model.graph.node).op_type = random.choice(OPERATIONS)


def _connections(random: Random, model: ModelProto) -> None:
    """Let an operation take something else: often what is computed later, and so a circle."""
    nodes = [node for node in model.graph.node if node.input]
    names = [name for node in model.graph.node for name in (*node.input, *node.output)]
    if nodes and names:
        node = random.choice(nodes)
        node.input[random.randrange(len(node.input))] = random.choice(names)


def _between(random: Random, model: ModelProto) -> None:
    """Put an operation before an output."""
    if not model.graph.output:
        return
    value = random.choice(model.graph.output)
    old, names = value.name, [weight.name for weight in model.graph.initializer] or [""]
    for node in model.graph.node:
        for place, name in enumerate(node.output):
            if name == old:
                node.output[place] = f"{old}_before"
    more = [random.choice(names) for _ in range(random.choice((0, 0, 1, 2)))]
    model.graph.node.append(helper.make_node(random.choice(OPERATIONS), [f"{old}_before", *more], [old]))
    if random.random() < 0.5:
        value.type.tensor_type.ClearField("shape")


def _attributes(random: Random, model: ModelProto) -> None:
    if not model.graph.node:
        return
    node = random.choice(model.graph.node)
    if node.attribute and random.random() < 0.4:
        del node.attribute[random.randrange(len(node.attribute))]
        return
    name = random.choice((*ATTRIBUTES, *(each.name for each in node.attribute)))
    whole = [random.choice(SIZES) for _ in range(random.choice((1, 2, 4, 70)))]
    values = (
        whole[0],
        whole,
        1e30,
        [0.5] * 4,
        "SAME_UPPER",
        "linear",
        numpy_helper.from_array(np.array([2**40])),
        b"\xff",
    )
    attribute = helper.make_attribute(name or "a", random.choice(values))
    kept = [each for each in node.attribute if each.name != name]
    del node.attribute[:]
    node.attribute.extend([*kept, attribute])


def _names(random: Random, model: ModelProto) -> None:
    """Give an input, an output or an operation another name, everywhere or in one place."""
    value, new = _value(random, model.graph), random.choice(NAMES)
    if value is None:
        return
    old, value.name = value.name, new
    if random.random() < 0.8:
        for node in model.graph.node:
            for names in (node.input, node.output):
                for place, name in enumerate(names):
                    names[place] = new if name == old else name


def _parts(random: Random, model: ModelProto) -> None:
    """Double or drop an operation, a weight, an input or an output."""
    lists = (model.graph.node, model.graph.initializer, model.graph.input, model.graph.output)
    some = random.choice([each for each in lists if len(each)] or [[]])  # type: ignore[list-item]
    if not len(some):
        return
    place = random.randrange(len(some))
    if random.random() < 0.5:
        del some[place]
    else:
        some.extend([some[place]] * random.choice((1, 1, 3, 300)))


def _nested(random: Random, model: ModelProto) -> None:
    """Put graphs within graphs into an operation, deeper than is allowed or not."""
    inner = GraphProto()
    inner.CopyFrom(model.graph)
    for _ in range(random.choice((0, 1, 3, 5, 20))):
        node = helper.make_node(random.choice(("If", "Loop", "Scan", "Relu")), ["z"], ["i"])
        node.attribute.append(AttributeProto(name="body", type=AttributeProto.GRAPH, g=inner))
        inner = helper.make_graph([node], "g", [], [])
    if model.graph.node:
        node = random.choice(model.graph.node)
        node.op_type = random.choice((node.op_type, "If", "Loop", "Scan"))
        node.attribute.append(AttributeProto(name="then_branch", type=AttributeProto.GRAPH, g=inner))


def _outside(random: Random, model: ModelProto) -> None:
    """Other versions, other files, functions, and what else a model may say of itself."""
    way = random.randrange(6)
    if way == 0 and model.opset_import:
        model.opset_import[0].version = random.choice((*range(1, 30), *SIZES))
    elif way == 1:
        model.ir_version = random.choice(SIZES)
    elif way == 2 and model.graph.initializer:
        weight = random.choice(model.graph.initializer)
        weight.data_location = TensorProto.EXTERNAL
        weight.external_data.add(key="location", value=random.choice(("/etc/passwd", "../x", "")))
    elif way == 3:
        model.metadata_props.add(
            key=random.choice(("sample_rate", "sr")), value=random.choice(("44100", "9" * 5000, "-1"))
        )
    elif way == 4:
        model.functions.add(name="f", domain="local")
    elif model.graph.node:
        random.choice(model.graph.node).domain = random.choice(("com.microsoft", "ai.onnx.ml", "ai.onnx", "x"))


_WAYS: tuple[Spoil, ...] = (
    _sizes, _sizes, _types, _weights, _constants, _constants, _operations, _connections, _between, _attributes, _names,
    _parts, _nested, _outside,
)  # fmt: skip
