"""Painted restyle filters as a procedural network: `python -m models.training.looks.network models/shipped`.

Nothing is learned. Paint, lines and the edges of a wash are filters (see `looks_filters`), reckoned at half size as is
all that is soft; here they are cut at full size, colored, and laid on paper and canvas (see `looks_tiles`). The uneven
pigment of a wash is after Bousseau et al. (2006). A style says how much there is of each (see `looks_styles`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import helper

from ...cards.card import KEY
from ..graphs.builder import Graph, Value
from .filters import LUMA, Filters, summed
from .styles import KNOBS, WEIGHTS, card
from .tiles import DOTS, SIDE, cloud, dots, tiles


class Looks:
    """The graph as it grows: `image [1,3,H,W]` in 0…1 (sides whole multiples of 2), `style [1,12]` and knobs `[1]`."""

    def __init__(self) -> None:
        self.g = Graph()
        parts = self.g.several("Split", len(WEIGHTS), "style", axis=1, num_outputs=len(WEIGHTS))
        self.style = {name: self.g("Reshape", part, [1, 1, 1, 1]) for name, part in zip(WEIGHTS, parts, strict=True)}
        self.knob = {name: self.g("Reshape", name, [1, 1, 1, 1]) for name, *_ in KNOBS}
        self.sides = self.g("Shape", "image", start=2)
        self.filters = Filters(self.g, self.knob, self.g("Div", self.sides, [2, 2]))

    def network(self) -> onnx.ModelProto:
        """Everything."""
        g = self.g
        half = g("AveragePool", "image", kernel_shape=[2, 2], strides=[2, 2])
        sine, cosine = self.filters.edges(half)
        paint = self.filters.paint(half, sine, cosine)
        tone, line = self.filters.lines(half, paint)
        settled = self.filters.settled(paint)
        stack = g("Concat", paint, tone, line, settled, sine, cosine, axis=1)
        large = g("Resize", stack, "", np.array([1, 1, 2, 2], np.float32), mode="linear")
        color, tone, line, settled, sine, cosine = g.several("Split", 6, large, [3, 1, 1, 1, 1, 1], axis=1)
        paper, canvas, *strokes = self.ground()
        picture = self.settling(self.colored(color), settled, paper)
        whole, white = self.drawn(tone, line, strokes)
        light = self.lit(canvas, strokes, sine, cosine)
        picture = g("Add", g("Mul", picture, g("Mul", whole, light)), white)
        g.nodes.append(helper.make_node("Clip", [picture, g.constant(0.0), g.constant(1.0)], ["styled"]))
        knobs = {name: [1] for name, *_ in KNOBS}
        size = [1, 3, "rows", "columns"]
        return g.model("looks", {"image": size, "style": [1, len(WEIGHTS)], **knobs}, {"styled": size})

    # At full size, where an operation on all three channels takes 3 ms of a 1080p frame: as much as can be is one's.

    def ground(self) -> list[str]:
        """Paper and canvas; strokes that lean to the right, to the left, level and upright ones; dots. All 0…1."""
        g = self.g
        paper, canvas, right, level = g.several("Split", 4, tiles(), axis=1, num_outputs=4)
        left = g("Slice", right, [-1], [-SIDE - 1], [3], [-1])
        many = g("Concat", paper, canvas, right, left, level, g("Transpose", level, perm=[0, 1, 3, 2]), axis=1)
        return [*g.several("Split", 6, self.laid(many, SIDE), axis=1, num_outputs=6), self.laid(dots(), DOTS)]

    def laid(self, tile: Value, side: int) -> str:
        """Return a tile of bytes, side by side, as numbers in 0…1."""
        g = self.g
        times = g("Concat", [1, 1], g("Add", g("Div", self.sides, [side] * 2), [1, 1]), axis=0)
        whole = g("Slice", g("Tile", tile, times), [0, 0], self.sides, [2, 3])
        return g("Mul", g("Cast", whole, to=onnx.TensorProto.FLOAT), 1 / 255)

    def colored(self, color: str) -> str:
        """Tones in steps (soft over a fifth of one), more or less color, nearer to white."""
        g, s = self.g, self.style
        light = summed(g, color, LUMA)
        scaled = g("Sub", g("Mul", light, self.knob["Tones"]), 0.5)
        floor = g("Floor", scaled)
        part = g.clip(g("Sub", g("Mul", g("Sub", scaled, floor), 5.0), 2.0))
        wanted = g("Div", g("Add", g("Add", floor, part), 0.5), self.knob["Tones"])
        gain = g.mixed(1.0, g("Div", g("Add", wanted, 0.03), g("Add", light, 0.03)), s["steps"])
        much, kept = g("Mul", s["colour"], self.knob["Colourfulness"]), g("Sub", 1.0, s["lift"])
        gray = g("Mul", g("Mul", light, gain), g("Mul", g("Sub", 1.0, much), kept))
        return g.clip(g("Add", g("Mul", color, g("Mul", gain, g("Mul", much, kept))), g("Add", gray, s["lift"])))

    def settling(self, picture: str, settled: str, paper: str) -> str:
        """Pigment that gathers at edges, in clouds and in the paper: colors between light and dark change most."""
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
        """Return what the picture is to be multiplied with, and what is to be added then."""
        g, s = self.g, self.style
        right, left, *_, dot = strokes
        gray = g("Sub", 1.0, g.clip(s["colour"]))
        kept = g("Sub", 1.0, gray)
        # A pencil: strokes to the right, and where it is darker to the left, too.
        dark = g("Sub", 1.0, tone)
        first = g.clip(g("Sub", g("Mul", dark, 2.2), g("Mul", right, 1.7)))
        second = g.clip(g("Sub", g("Mul", dark, 2.2), g("Add", g("Mul", left, 1.2), 0.9)))
        stroke = g("Sub", 1.0, g("Mul", g("Sub", 1.0, g("Mul", first, 0.75)), g("Sub", 1.0, g("Mul", second, 0.6))))
        whole = g("Add", g("Sub", 1.0, s["strokes"]), g("Mul", g("Mul", stroke, kept), s["strokes"]))
        blank = g("Sub", 1.0, g("Mul", stroke, g("Add", kept, g("Mul", gray, 0.9))))
        white = g("Mul", blank, s["strokes"])
        # Ink: all black where it is dark, hatched or dotted on the way to white.
        screen = g.mixed(right, dot, s["dots"])
        sharp = g("Add", tone, g("Mul", line, 10.0))
        ink = g.clip(g("Add", g("Mul", g("Sub", sharp, g("Add", g("Mul", screen, 0.34), 0.16)), 6.0), 0.5))
        through = g("Add", g("Sub", 1.0, s["ink"]), g("Mul", ink, g("Mul", s["ink"], kept)))
        edge = g.clip(g("Mul", g("Sub", g("Neg", line), 0.012), 55.0))
        paper = g("Sub", 1.0, g("Mul", edge, g.clip(g("Mul", s["line"], self.knob["Line strength"]))))
        through = g("Mul", through, paper)
        inked = g("Mul", g("Mul", ink, paper), g("Mul", s["ink"], gray))
        return g("Mul", whole, through), g("Add", g("Mul", white, through), inked)


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
