"""The filters of painted looks, reckoned at half size: which way edges run, paint, lines, pigment that settles.

Paint is a generalized Kuwahara filter (Papari et al., 2007; Kyprianidis et al., 2009): means of eight places around
each px, weighed by how even it is there, and more along an edge than across it (the structure tensor says which is
which). A place's mean is one blur, looked up beside the px: eight places cost one blur. Lines and ink are XDoG
(Winnemöller et al., 2012), the darker edges of a wash after Bousseau et al. (2006).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import onnx

from ..graphs.builder import Graph

#: Px at half size: half a blur's width, and what is laid around the picture, so that it can be looked up beside.
HALF, AROUND = 10, 20
#: How much of each color is in how bright it is.
LUMA = np.array([[0.299, 0.587, 0.114]], np.float32)


def summed(g: Graph, image: str, weights: npt.NDArray[np.float32]) -> str:
    """`[1,C,h,w]` and weights `[1,C]` → `[1,1,h,w]`. (As a convolution, it would take five times as long.)"""
    flat = g("MatMul", weights, g("Reshape", image, [0, 0, -1]))
    return g("Reshape", flat, g("Concat", [1, 1], g("Shape", image, start=2), axis=0))


class Filters:
    """Nodes of `g` that take pictures `[1,C,h,w]` of half the size, `[h,w]` being `sides`; knobs are `[1,1,1,1]`."""

    def __init__(self, g: Graph, knobs: Mapping[str, str], sides: str) -> None:
        self.g, self.knob, self.sides = g, knobs, sides

    def padded(self, x: str, px: int) -> str:
        """With so many px around, as its edges are."""
        return self.g("Pad", x, [0, 0, px, px, 0, 0, px, px], mode="edge")

    def blurred(self, x: str, sigma: str) -> str:
        """`[1,C,h,w]`, each channel blurred by `sigma` px; loses HALF px at each side."""
        g = self.g
        far = -0.5 * np.arange(-HALF, HALF + 1, dtype=np.float32).reshape(1, 1, -1, 1) ** 2
        heights = g("Exp", g("Div", far, g("Mul", sigma, sigma)))
        down = g("Div", heights, g("ReduceSum", heights, [2], keepdims=1))
        alone = g("Transpose", x, perm=[1, 0, 2, 3])
        blurred = g("Conv", g("Conv", alone, down), g("Transpose", down, perm=[0, 1, 3, 2]))
        return g("Transpose", blurred, perm=[1, 0, 2, 3])

    def brush(self, px: float) -> str:
        """So many px at the usual size of a brush."""
        return self.g("Mul", self.knob["Brush size"], px)

    def edges(self, half: str) -> tuple[str, str]:
        """Sine and cosine of twice the angle across edges, times how much of an edge there is."""
        g, px = self.g, 1
        light = self.blurred(self.padded(summed(g, half, LUMA), 2 * HALF + px), self.brush(0.8))

        def shifted(down: int, right: int) -> str:
            size = g("Add", self.sides, [2 * HALF] * 2)
            start = [px + down, px + right]
            return g("Slice", light, start, g("Add", size, start), [2, 3])

        x, y = g("Sub", shifted(0, 1), shifted(0, -1)), g("Sub", shifted(1, 0), shifted(-1, 0))
        xx, yy = g("Mul", x, x), g("Mul", y, y)
        tensor = g("Concat", g("Mul", g("Mul", x, y), 2.0), g("Sub", xx, yy), g("Add", xx, yy), axis=1)
        sine, cosine, whole = g.several("Split", 3, self.blurred(tensor, self.brush(2.0)), axis=1, num_outputs=3)
        whole = g("Add", whole, 0.0008)
        return g("Div", sine, whole), g("Div", cosine, whole)

    def paint(self, half: str, sine: str, cosine: str) -> str:
        """Return a picture at half size in paint."""
        g = self.g
        around = self.padded(half, AROUND)
        stack = g("Concat", around, summed(g, g("Mul", around, around), np.ones((1, 3), np.float32)), axis=1)
        mean, square = g.several("Split", 2, self.blurred(stack, self.brush(1.7)), [3, 1], axis=1)
        spread = g("Sub", square, summed(g, g("Mul", mean, mean), np.ones((1, 3), np.float32)))
        # Below a deviation of about 0.03 all is noise, and all places count alike: nothing flickers there.
        even = g("Reciprocal", g("Add", g("Max", g("Mul", spread, 1 / 0.0016), 0.0), 1.0))
        for _ in range(3):
            even = g("Mul", even, even)
        even = g("Add", even, 1e-12)
        weighed = g("Concat", g("Mul", mean, even), even, axis=1)
        reach = g("Reshape", self.brush(3.8), [1])
        places = []
        for n in range(8):
            angle = math.pi * n / 4
            offset = g("Mul", np.array([math.sin(angle), math.cos(angle)], np.float32), reach)
            start = g("Add", g("Cast", g("Round", offset), to=onnx.TensorProto.INT64), [AROUND - HALF] * 2)
            there = g("Slice", weighed, start, g("Add", start, self.sides), [2, 3])
            along = g.sum(g("Mul", cosine, -0.9 * math.cos(2 * angle)), g("Mul", sine, -0.9 * math.sin(2 * angle)), 1.0)
            places.append(g("Mul", there, along))
        total, weight = g.several("Split", 2, g.sum(*places), [3, 1], axis=1)
        return g("Div", total, weight)

    def lines(self, half: str, paint: str) -> tuple[str, str]:
        """How bright it is, and the difference of two blurs, below 0 where a line is; of what is half painted already,
        and so free of grain."""
        g = self.g
        drawn = self.padded(summed(g, g.mixed(half, paint, 0.7), LUMA), HALF)
        width = g("Mul", self.knob["Line width"], 0.9)
        near, far = self.blurred(drawn, width), self.blurred(drawn, g("Mul", width, 1.6))
        return near, g("Sub", near, far)

    def settled(self, paint: str) -> str:
        """How much darker it is than what lies around."""
        g = self.g
        light = self.padded(summed(g, paint, LUMA), HALF)
        return g("Sub", self.blurred(light, self.brush(2.6)), self.blurred(light, self.brush(0.5)))
