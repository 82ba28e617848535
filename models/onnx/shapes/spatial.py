"""Operations on the rows and columns of a picture `[N,C,H,W]`, or the steps of a sound `[N,C,T]`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..graph import Node
from .known import Known, Rules, Shape, attribute, ints

RULES = Rules()


@RULES.of("Resize", "Upsample")
def _resize(known: Known, node: Node) -> Sequence[Shape | None]:
    size = list(known.shape(node))
    if node.op == "Resize" and known.given(node, 3):
        wanted = known.ints(node, 3)
    else:
        scales = node.attributes.get("scales")
        place = 2 if node.op == "Resize" and known.opset > 10 else 1
        factors = list(scales) if isinstance(scales, tuple) else known.reals(node, place)
        wanted = [math.floor(n * float(s)) for n, s in zip(size[-len(factors) :], factors, strict=True)]
    axes = ints(node.attributes["axes"]) if "axes" in node.attributes else range(len(size))
    for axis, n in zip(axes, wanted, strict=True):
        size[axis] = n
    return [tuple(size)]


@RULES.of("Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool")
def _conv(known: Known, node: Node) -> Sequence[Shape | None]:
    size = known.shape(node)
    rank = len(size) - 2
    kernel = known.shape(node, 1) if node.op.startswith("Conv") else (0, 0, *ints(node.attributes.get("kernel_shape")))
    ones = (1,) * rank
    strides, spread = (ints(node.attributes.get(name, ones)) for name in ("strides", "dilations"))
    pads = ints(node.attributes.get("pads", (0,) * (2 * rank)))
    auto = node.attributes.get("auto_pad", "NOTSET")
    more = ints(node.attributes.get("output_padding", (0,) * rank))
    sides = []
    for axis in range(rank):
        reach = (kernel[axis + 2] - 1) * spread[axis] + 1
        n, both = size[axis + 2], pads[axis] + pads[axis + rank]
        if node.op == "ConvTranspose":
            same = n * strides[axis] if str(auto).startswith("SAME") else None
            shaped = node.attributes.get("output_shape")
            full = (n - 1) * strides[axis] + more[axis] + reach - both
            sides.append(ints(shaped)[-rank:][axis] if shaped else full if same is None else same)
        elif str(auto).startswith("SAME"):
            sides.append(-(-n // strides[axis]))
        else:
            ceil = attribute(node, "ceil_mode", 0)
            sides.append((n + both - reach + (strides[axis] - 1 if ceil else 0)) // strides[axis] + 1)
    channels = size[1]
    if node.op == "Conv":
        channels = kernel[0]
    elif node.op == "ConvTranspose":
        channels = kernel[1] * attribute(node, "group", 1)
    return [(size[0], channels, *sides)]


@RULES.of("GlobalAveragePool", "GlobalMaxPool")
def _global(known: Known, node: Node) -> Sequence[Shape | None]:
    size = known.shape(node)
    return [(*size[:2], *(1,) * (len(size) - 2))]


@RULES.of("DepthToSpace", "SpaceToDepth")
def _blocks(known: Known, node: Node) -> Sequence[Shape | None]:
    n, channels, height, width = known.shape(node)
    block = attribute(node, "blocksize", 1)
    if node.op == "DepthToSpace":
        return [(n, channels // block**2, height * block, width * block)]
    return [(n, channels * block**2, height // block, width // block)]
