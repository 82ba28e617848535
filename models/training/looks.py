"""Painted looks, written down as a network: `python -m models.training.looks models/shipped`.

Nothing is learnt. Paint is a generalised Kuwahara filter (Papari et al., 2007; Kyprianidis et al., 2009): means of
eight places around each px, weighed by how even it is there, and more along an edge than across it (the structure
tensor says which is which). A place's mean is one blur, looked up beside the px: eight places cost one blur. Lines and
ink are XDoG (Winnemöller et al., 2012), the darker edges and uneven pigment of a wash after Bousseau et al. (2006).
All that is soft is reckoned at half size, and cut at full size. A style says how much there is of each.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper

from ..card import KEY, VERSION
from .looks_tiles import DOTS, SIDE, cloud, dots, tiles
from .onnx_build import Graph, Value

#: What the numbers of a style stand for, in their order, each about 0…1.
WEIGHTS = (
    "steps",  # tones in steps
    "line", "ink", "dots", "strokes",  # dark lines; ink where it is dark, hatched or dotted; a pencil's strokes
    "edge", "cloud", "grain",  # how pigment settles: at edges, unevenly, in paper
    "canvas", "brush",  # light on canvas and on the strokes of a brush
    "colour", "lift",  # colourfulness (1 as filmed); towards white
)  # fmt: skip
STYLES: dict[str, tuple[str, dict[str, float]]] = {
    "oil": ("Oil painting", {"canvas": 0.22, "brush": 1, "colour": 1.2}),
    "watercolour": (
        "Watercolour", {"edge": 1, "cloud": 0.9, "grain": 0.45, "colour": 1.3, "lift": 0.26, "line": 0.12},
    ),
    "cel": ("Cel animation", {"steps": 0.9, "line": 0.9, "colour": 1.3, "lift": 0.05}),
    "ink": ("Ink drawing", {"ink": 1, "line": 0.8}),
    "pencil": ("Pencil", {"strokes": 1, "line": 0.7, "grain": 0.4}),
    "crayon": ("Coloured pencil", {"strokes": 0.8, "line": 0.45, "grain": 0.4, "colour": 1.4, "lift": 0.08}),
    "comic": ("Comic", {"steps": 0.8, "ink": 0.7, "dots": 1, "line": 1, "colour": 1.5, "lift": 0.08}),
}  # fmt: skip
#: Knobs: name, lowest, usual and highest value.
KNOBS = (
    ("Brush size", 0.5, 1.0, 2.0),
    ("Line width", 0.6, 1.0, 2.0),
    ("Line strength", 0.0, 1.0, 2.0),
    ("Tones", 2.0, 6.0, 12.0),
    ("Texture", 0.0, 1.0, 2.5),
    ("Colourfulness", 0.0, 1.0, 2.0),
)
#: Px at half size: half a blur's width, and what is laid around the picture, so that it can be looked up beside.
HALF, AROUND = 10, 20
_LUMA = np.array([[0.299, 0.587, 0.114]], np.float32)


class Looks:
    """The graph as it grows: `image [1,3,H,W]` in 0…1 (sides whole multiples of 2), `style [1,12]` and knobs `[1]`."""

    def __init__(self) -> None:
        self.g = Graph()
        parts = self.g.several("Split", len(WEIGHTS), "style", axis=1, num_outputs=len(WEIGHTS))
        self.style = {name: self.g("Reshape", part, [1, 1, 1, 1]) for name, part in zip(WEIGHTS, parts, strict=True)}
        self.knob = {name: self.g("Reshape", name, [1, 1, 1, 1]) for name, *_ in KNOBS}
        self.sides = self.g("Shape", "image", start=2)
        self.half_sides = self.g("Div", self.sides, [2, 2])

    def network(self) -> onnx.ModelProto:
        """Everything."""
        g = self.g
        half = g("AveragePool", "image", kernel_shape=[2, 2], strides=[2, 2])
        sine, cosine = self.edges(half)
        paint = self.paint(half, sine, cosine)
        tone, line = self.lines(half, paint)
        settled = self.settled(paint)
        stack = g("Concat", paint, tone, line, settled, sine, cosine, axis=1)
        large = g("Resize", stack, "", np.array([1, 1, 2, 2], np.float32), mode="linear")
        colour, tone, line, settled, sine, cosine = g.several("Split", 6, large, [3, 1, 1, 1, 1, 1], axis=1)
        paper, canvas, *strokes = self.ground()
        picture = self.settling(self.coloured(colour), settled, paper)
        whole, white = self.drawn(tone, line, strokes)
        light = self.lit(canvas, strokes, sine, cosine)
        picture = g("Add", g("Mul", picture, g("Mul", whole, light)), white)
        g.nodes.append(helper.make_node("Clip", [picture, g.constant(0.0), g.constant(1.0)], ["styled"]))
        knobs = {name: [1] for name, *_ in KNOBS}
        size = [1, 3, "rows", "columns"]
        return g.model("looks", {"image": size, "style": [1, len(WEIGHTS)], **knobs}, {"styled": size})

    # At half size.

    def summed(self, image: str, weights: npt.NDArray[np.float32]) -> str:
        """`[1,C,h,w]` and weights `[1,C]` → `[1,1,h,w]`. (As a convolution, it would take five times as long.)"""
        g = self.g
        flat = g("MatMul", weights, g("Reshape", image, [0, 0, -1]))
        return g("Reshape", flat, g("Concat", [1, 1], g("Shape", image, start=2), axis=0))

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
        light = self.blurred(self.padded(self.summed(half, _LUMA), 2 * HALF + px), self.brush(0.8))

        def shifted(down: int, right: int) -> str:
            size = g("Add", self.half_sides, [2 * HALF] * 2)
            start = [px + down, px + right]
            return g("Slice", light, start, g("Add", size, start), [2, 3])

        x, y = g("Sub", shifted(0, 1), shifted(0, -1)), g("Sub", shifted(1, 0), shifted(-1, 0))
        xx, yy = g("Mul", x, x), g("Mul", y, y)
        tensor = g("Concat", g("Mul", g("Mul", x, y), 2.0), g("Sub", xx, yy), g("Add", xx, yy), axis=1)
        sine, cosine, whole = g.several("Split", 3, self.blurred(tensor, self.brush(2.0)), axis=1, num_outputs=3)
        whole = g("Add", whole, 0.0008)
        return g("Div", sine, whole), g("Div", cosine, whole)

    def paint(self, half: str, sine: str, cosine: str) -> str:
        """A picture at half size in paint."""
        g = self.g
        around = self.padded(half, AROUND)
        stack = g("Concat", around, self.summed(g("Mul", around, around), np.ones((1, 3), np.float32)), axis=1)
        mean, square = g.several("Split", 2, self.blurred(stack, self.brush(1.7)), [3, 1], axis=1)
        spread = g("Sub", square, self.summed(g("Mul", mean, mean), np.ones((1, 3), np.float32)))
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
            there = g("Slice", weighed, start, g("Add", start, self.half_sides), [2, 3])
            along = g.sum(g("Mul", cosine, -0.9 * math.cos(2 * angle)), g("Mul", sine, -0.9 * math.sin(2 * angle)), 1.0)
            places.append(g("Mul", there, along))
        total, weight = g.several("Split", 2, g.sum(*places), [3, 1], axis=1)
        return g("Div", total, weight)

    def lines(self, half: str, paint: str) -> tuple[str, str]:
        """How bright it is, and the difference of two blurs, below 0 where a line is; of what is half painted already,
        and so free of grain."""
        g = self.g
        drawn = self.padded(self.summed(g.mixed(half, paint, 0.7), _LUMA), HALF)
        width = g("Mul", self.knob["Line width"], 0.9)
        near, far = self.blurred(drawn, width), self.blurred(drawn, g("Mul", width, 1.6))
        return near, g("Sub", near, far)

    def settled(self, paint: str) -> str:
        """How much darker it is than what lies around."""
        g, light = self.g, self.padded(self.summed(paint, _LUMA), HALF)
        return g("Sub", self.blurred(light, self.brush(2.6)), self.blurred(light, self.brush(0.5)))

    # At full size, where an operation on all three channels takes 3 ms of a 1080p frame: as much as can be is one's.

    def ground(self) -> list[str]:
        """Paper and canvas; strokes that lean to the right, to the left, level and upright ones; dots. All 0…1."""
        g = self.g
        paper, canvas, right, level = g.several("Split", 4, tiles(), axis=1, num_outputs=4)
        left = g("Slice", right, [-1], [-SIDE - 1], [3], [-1])
        many = g("Concat", paper, canvas, right, left, level, g("Transpose", level, perm=[0, 1, 3, 2]), axis=1)
        return [*g.several("Split", 6, self.laid(many, SIDE), axis=1, num_outputs=6), self.laid(dots(), DOTS)]

    def laid(self, tile: Value, side: int) -> str:
        """A tile of bytes, side by side, as numbers in 0…1."""
        g = self.g
        times = g("Concat", [1, 1], g("Add", g("Div", self.sides, [side] * 2), [1, 1]), axis=0)
        whole = g("Slice", g("Tile", tile, times), [0, 0], self.sides, [2, 3])
        return g("Mul", g("Cast", whole, to=onnx.TensorProto.FLOAT), 1 / 255)

    def coloured(self, colour: str) -> str:
        """Tones in steps (soft over a fifth of one), more or less colour, nearer to white."""
        g, s, light = self.g, self.style, self.summed(colour, _LUMA)
        scaled = g("Sub", g("Mul", light, self.knob["Tones"]), 0.5)
        floor = g("Floor", scaled)
        part = g.clip(g("Sub", g("Mul", g("Sub", scaled, floor), 5.0), 2.0))
        wanted = g("Div", g("Add", g("Add", floor, part), 0.5), self.knob["Tones"])
        gain = g.mixed(1.0, g("Div", g("Add", wanted, 0.03), g("Add", light, 0.03)), s["steps"])
        much, kept = g("Mul", s["colour"], self.knob["Colourfulness"]), g("Sub", 1.0, s["lift"])
        grey = g("Mul", g("Mul", light, gain), g("Mul", g("Sub", 1.0, much), kept))
        return g.clip(g("Add", g("Mul", colour, g("Mul", gain, g("Mul", much, kept))), g("Add", grey, s["lift"])))

    def settling(self, picture: str, settled: str, paper: str) -> str:
        """Pigment that gathers at edges, in clouds and in the paper: colours between light and dark change most."""
        g, s = self.g, self.style
        soft = g("Resize", cloud(), "", np.array([1, 1, 8, 8], np.float32), mode="cubic")
        uneven = g("Resize", soft, "", "", g("Concat", [1, 1], self.sides, axis=0), mode="linear")
        pigment = g.sum(
            g("Mul", g("Abs", settled), g("Mul", s["edge"], 9.0)),
            g("Mul", uneven, g.product(s["cloud"], self.knob["Texture"], 0.16)),
            g("Mul", g("Sub", paper, 0.5), g.product(s["grain"], self.knob["Texture"], 1.0)),
        )
        return g("Mul", picture, g("Add", g("Mul", picture, pigment), g("Sub", 1.0, pigment)))

    def lit(self, canvas: str, strokes: list[str], sine: str, cosine: str) -> str:
        """Light on canvas and on strokes that run along the edges, about 1."""
        g, s = self.g, self.style
        right, left, level, upright, _ = strokes
        along = (
            (right, g("Relu", sine)), (left, g("Relu", g("Neg", sine))),
            (upright, g("Relu", cosine)), (level, g("Relu", g("Neg", cosine))),
        )  # fmt: skip
        bristles = g.sum(*(g("Mul", g("Sub", stroke, 0.5), share) for stroke, share in along))
        bristles = g("Add", bristles, g("Mul", g("Sub", right, 0.5), 0.25))
        light = g("Add", g("Mul", bristles, g("Mul", s["brush"], 0.2)), g("Mul", g("Sub", canvas, 0.5), s["canvas"]))
        return g("Add", g("Mul", light, self.knob["Texture"]), 1.0)

    def drawn(self, tone: str, line: str, strokes: list[str]) -> tuple[str, str]:
        """What the picture is to be multiplied with, and what is to be added then."""
        g, s = self.g, self.style
        right, left, *_, dot = strokes
        grey = g("Sub", 1.0, g.clip(s["colour"]))
        kept = g("Sub", 1.0, grey)
        # A pencil: strokes to the right, and where it is darker to the left, too.
        dark = g("Sub", 1.0, tone)
        first = g.clip(g("Sub", g("Mul", dark, 2.2), g("Mul", right, 1.7)))
        second = g.clip(g("Sub", g("Mul", dark, 2.2), g("Add", g("Mul", left, 1.2), 0.9)))
        stroke = g("Sub", 1.0, g("Mul", g("Sub", 1.0, g("Mul", first, 0.75)), g("Sub", 1.0, g("Mul", second, 0.6))))
        whole = g("Add", g("Sub", 1.0, s["strokes"]), g("Mul", g("Mul", stroke, kept), s["strokes"]))
        blank = g("Sub", 1.0, g("Mul", stroke, g("Add", kept, g("Mul", grey, 0.9))))
        white = g("Mul", blank, s["strokes"])
        # Ink: all black where it is dark, hatched or dotted on the way to white.
        screen = g.mixed(right, dot, s["dots"])
        sharp = g("Add", tone, g("Mul", line, 10.0))
        ink = g.clip(g("Add", g("Mul", g("Sub", sharp, g("Add", g("Mul", screen, 0.34), 0.16)), 6.0), 0.5))
        through = g("Add", g("Sub", 1.0, s["ink"]), g("Mul", ink, g("Mul", s["ink"], kept)))
        edge = g.clip(g("Mul", g("Sub", g("Neg", line), 0.012), 55.0))
        paper = g("Sub", 1.0, g("Mul", edge, g.clip(g("Mul", s["line"], self.knob["Line strength"]))))
        through = g("Mul", through, paper)
        inked = g("Mul", g("Mul", ink, paper), g("Mul", s["ink"], grey))
        return g("Mul", whole, through), g("Add", g("Mul", white, through), inked)


def card() -> dict[str, object]:
    """The card, ready for JSON."""
    size = [1, 3, -1, -1]
    knobs = [
        {"name": name, "role": "number", "channels": 1, "shape": [1], "range": [low, high], "default": usual}
        for name, low, usual, high in KNOBS
    ]
    return {
        "card": VERSION,
        "id": "painted_looks",
        "kind": "restyle",
        "label": "Painted looks",
        "licence": "CC0-1.0",
        "inputs": [
            {"name": "image", "role": "image", "channels": 3, "shape": size, "multiple": 2},
            {"name": "style", "role": "style", "channels": len(WEIGHTS)},
            *knobs,
        ],
        "outputs": [{"name": "styled", "role": "image", "channels": 3, "shape": size}],
        "styles": [
            {"name": name, "label": label, "vector": [float(weights.get(key, 0.0)) for key in WEIGHTS]}
            for name, (label, weights) in STYLES.items()
        ],
        "training": {"method": "none: filters and tiles", "weights": list(WEIGHTS)},
    }


def main(arguments: list[str] | None = None) -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    path = parser.parse_args(arguments).folder / "painted_looks.onnx"
    model = Looks().network()
    helper.set_model_props(model, {KEY: json.dumps(card(), separators=(",", ":"))})
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{path}: {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
