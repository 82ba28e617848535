"""The ONNX graph that blends pieces of photographs: see `example` for what it holds of each.

Patches lie on a lattice of triangles: one at the corner of each cell and one in its middle. A pixel sees the three
patches around it, each a piece of the photograph from a place of its own; weights fall off from the middle of a patch.
All is done a half-row and half-column of cells at a time, called a block: two patches are the same for all of its
pixels, and the third is one of two.

Inputs: `patches [1,10,rows,columns]`, for the patch at the corner and the one in the middle: two places in the
photograph (down, across, down, across, each a share of its side) and how far the second has replaced the first (0…1);
`down [1,H]` and `across [1,W]`, the px of a cell, 0, 1, 2 … (even counts); `style [1,S]`, one 1, or two shares of which
the sum is 1. Output: `image [1,3,rows·H,columns·W]` in 0…1. Everything wraps around.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..onnx.writer import Graph
from .example import BLOCK, FAR, LIMIT, SIDE, Example, basis

#: Entries of a table while it is used.
TABLE = 8192
#: The smallest weight, so that no pixel divides by 0.
LEAST = 1e-3
#: Numbers of a patch.
NUMBERS = 5
#: Which patches a block sees, by (half-row, half-column): its kind (0 corner, 1 middle), cells down and across. First
#: the one at the block's own upper corner, then the one at its lower, then those beyond, above and below.
SEEN = {
    (0, 0): ((0, 0, 0), (1, 0, 0), (0, 0, 1), (1, 0, -1)),
    (0, 1): ((0, 0, 1), (1, 0, 0), (0, 0, 0), (1, 0, 1)),
    (1, 0): ((1, 0, 0), (0, 1, 0), (1, 0, -1), (0, 1, 1)),
    (1, 1): ((1, 0, 0), (0, 1, 1), (1, 0, 1), (0, 1, 0)),
}
#: Where those lie from a block's upper left corner, in blocks (down, across), by whether it is mirrored.
PLACES = {False: ((0, 0), (1, 1), (0, 2), (1, -1)), True: ((0, 1), (1, 0), (0, -1), (1, 2))}


class _Photo:
    """The graph as it grows: the steps, in the order of their use."""

    def __init__(self, examples: Sequence[Example], sharpness: Sequence[float]) -> None:
        self.g = Graph()
        self.examples, self.sharpness = examples, sharpness

    def styles(self) -> tuple[str, str, str]:
        """Return the numbers of the style that has the larger share and of the other, and the share of the other."""
        g = self.g
        first = g("ArgMax", "style", axis=1, keepdims=0)
        count = len(self.examples)
        chosen = g("OneHot", first, [count], np.array([1.0, 0.0], np.float32))  # what is left when it is taken away
        rest = g("Mul", "style", chosen)
        second = g("ArgMax", rest, axis=1, keepdims=0)
        share = g("Clip", g("ReduceMax", rest, [1], keepdims=0), 0.0, 1.0)
        return first, second, share

    def mixed(self, values: np.ndarray, styles: tuple[str, str, str]) -> str:
        """Return what the style has of `values [S, …]`, or the mean of two by their shares."""
        first, second, share = styles
        a, b = (self.g("Gather", values, each, axis=0) for each in (first, second))
        return self.g("Add", a, self.g("Mul", self.g("Sub", b, a), share))

    def photograph(self, styles: tuple[str, str, str], margins: str) -> list[str]:
        """Return the normal numbers of each axis of the photograph, over LIMIT, continued by `margins` (down, across).

        Flat, `[1,P]`.
        """
        g = self.g
        first, second, share = styles
        rest = g("Sub", 1.0, share)
        length = g("Sqrt", g("Add", g("Mul", share, share), g("Mul", rest, rest)))
        a, b = (self._planes(each) for each in (first, second))
        mean = g("Div", g("Add", g("Mul", a, rest), g("Mul", b, share)), length)
        whole = g("Pad", mean, g("Concat", [0, 0], margins, axis=0), "", [2, 3], mode="wrap")
        return [g("Reshape", g("Gather", whole, [axis], axis=1), [1, -1]) for axis in range(3)]

    def _planes(self, style: str) -> str:
        """Return the axes `[1,3,SIDE,SIDE]` in −1…1 of the photograph of the style of that number."""
        g = self.g
        stored = np.stack([example.coefficients for example in self.examples])
        steps = np.stack([example.steps for example in self.examples])[..., None] / np.float32(LIMIT)
        count = SIDE // BLOCK
        rounded = g("Reshape", g("Cast", g("Gather", stored, style, axis=0), to=1), [3, BLOCK**2, count**2])
        exact = g("Mul", rounded, g("Squeeze", g("Gather", steps, style, axis=0), [0]))
        blocks = g("Reshape", g("MatMul", basis().astype(np.float32), exact), [1, 3 * BLOCK**2, count, count])
        return g("Clip", g("DepthToSpace", blocks, blocksize=BLOCK, mode="CRD"), -1.0, 1.0)


def build(examples: Sequence[Example], sharpness: Sequence[float]) -> _Photo:
    """Return the graph of these photographs; `sharpness` is the power of each one's weights."""
    photo = _Photo(examples, sharpness)
    g = photo.g
    styles = photo.styles()

    # Sizes: `down [1,H]` as halves [2,H/2], and the pixels of a block.
    rows, row = _halves(g, "down")
    columns, column = _halves(g, "across")
    margins = g("Concat", g("Mul", row, [2]), g("Mul", column, [4]), axis=0)
    width = g("Cast", g("Add", g("Mul", column, [4]), [SIDE]), to=1)
    source = photo.photograph(styles, margins)
    high, wide = g("Cast", row, to=1), g("Cast", column, to=1)
    y = g("Reshape", rows, g("Concat", [2], row, [1, 1, 1], axis=0))
    x = g("Reshape", columns, g("Concat", [1, 1, 1, 2], column, axis=0))
    local = g("Cast", g("Add", g("Mul", y, width), x), to=6)

    # Where in a block a pixel lies, 0…1, mirrored in every other one; the weights of the patches that it sees.
    v = g("Div", g("Add", y, 0.5), high)
    h = g("Div", g("Add", x, 0.5), wide)
    flips = np.array([[0.0, 1.0], [1.0, 0.0]], np.float32).reshape(2, 1, 1, 2, 1)
    h = g("Add", g("Mul", h, (1 - 2 * flips)), flips)
    middle = g("Mul", g("Add", h, v), 0.5)
    above = g("Greater", h, v)
    weights = [
        g("Sub", 1.0, g("Max", v, middle)),
        g("Min", v, middle),
        g("Mul", g("Abs", g("Sub", h, v)), 0.5),
    ]
    power = photo.mixed(np.array(photo.sharpness, np.float32), styles)
    weights = [g("Pow", g("Max", each, LEAST), power) for each in weights]
    squares = [g("Mul", each, each) for each in weights]
    # To entries of the tables at once.
    step = LIMIT / (2 * FAR) * (TABLE - 1)
    scale = g("Div", step, g("Sqrt", g("Add", g("Add", squares[0], squares[1]), squares[2])))
    weights = [g("Mul", each, scale) for each in weights]

    totals = ["", "", ""]
    patches = _patches(g)
    for moment in range(2):
        bases = [_base(g, patch, moment, place, high, wide, width) for place, patch in enumerate(patches)]
        bases = [*bases[:2], g("Where", above, bases[2], bases[3])]
        shares = [_share(g, patch, moment) for patch in patches]
        shares = [*shares[:2], g("Where", above, shares[2], shares[3])]
        for base, share, weight in zip(bases, shares, weights, strict=True):
            # Picked by GatherElements: for single numbers, Gather takes seven times as long.
            places = g("Reshape", g("Add", base, local), [1, -1])
            weight = g("Reshape", g("Mul", weight, share), [1, -1])
            for axis, plane in enumerate(source):
                lit = g("Mul", g("GatherElements", plane, places, axis=1), weight)
                totals[axis] = g("Add", totals[axis], lit) if totals[axis] else lit

    # Through the tables to the values of the axes, and on to colors.
    knots = photo.mixed(np.stack([example.tables for example in photo.examples]), styles)
    sizes, fine = [1, 3, TABLE], {"mode": "linear", "coordinate_transformation_mode": "align_corners"}
    tables = g("Squeeze", g("Resize", knots, "", "", sizes, **fine), [0])
    begin = (TABLE - 1) / 2 + 0.5
    values = [
        g("GatherElements", g("Gather", tables, [axis], axis=0), g("Cast", g("Add", total, begin), to=6), axis=1)
        for axis, total in enumerate(totals)
    ]
    shape = g("Shape", "patches")
    lines = g("Mul", g("Gather", shape, [2], axis=0), g("Mul", row, [2]))
    across = g("Mul", g("Gather", shape, [3], axis=0), g("Mul", column, [2]))
    picture = g("Reshape", g("Concat", *values, axis=0), g("Concat", [1, 3], lines, across, axis=0))
    colors = photo.mixed(np.stack([example.colors for example in photo.examples]), styles)
    kernel = g("Reshape", colors, [3, 3, 1, 1])
    g.named("image", "Clip", g("Conv", picture, kernel), 0.0, 1.0)
    return photo


def model(examples: Sequence[Example], sharpness: Sequence[float], metadata: dict[str, str]) -> bytes:
    """Return the file of these photographs."""
    inputs = {
        "patches": (1, 2 * NUMBERS, "rows", "columns"),
        "down": (1, "down"),
        "across": (1, "across"),
        "style": (1, len(examples)),
    }
    outputs = {"image": (1, 3, "height", "width")}
    return build(examples, sharpness).g.model("photo_textures", inputs, outputs, metadata)


def _halves(g: Graph, name: str) -> tuple[str, str]:
    """Return a cell's px as two halves, each counted from 0, and the px of a half `[1]`."""
    half = g("Div", g("Gather", g("Shape", name), [1], axis=0), [2])
    parts = g("Reshape", name, g("Concat", [2], half, axis=0))
    return g("Sub", parts, g("Gather", parts, [0], axis=1)), half


def _patches(g: Graph) -> list[str]:
    """Return the numbers of the patches that blocks see, in the order of SEEN: `[5,rows,2,1,columns,2,1]` each."""
    around = g("Pad", "patches", [0, 1, 1, 1], "", [2, 3], mode="wrap")  # a row below, a column on either side
    sizes = g("Shape", "patches")
    ends = g("Gather", sizes, [2, 3], axis=0)
    cut: dict[tuple[int, int, int], str] = {}

    def piece(kind: int, down: int, across: int) -> str:
        if (kind, down, across) not in cut:
            start = [kind * NUMBERS, down, across + 1]
            last = g("Add", g("Concat", [NUMBERS], ends, axis=0), start)
            whole = g("Slice", g("Squeeze", around, [0]), start, last, [0, 1, 2])
            cut[kind, down, across] = g("Unsqueeze", whole, [2, 3, 5, 6])  # [5,rows,1,1,columns,1,1]
        return cut[kind, down, across]

    found = []
    for place in range(4):
        rows = [g("Concat", *(piece(*SEEN[half, other][place]) for other in range(2)), axis=5) for half in range(2)]
        found.append(g("Concat", *rows, axis=2))
    return found


def _base(g: Graph, patch: str, moment: int, place: int, high: str, wide: str, width: str) -> str:
    """Return where in the flat photograph a block's first pixel is, of a patch: `int32 [1,rows,2,1,columns,2,1]`."""
    down, across = (g("Floor", g("Mul", g("Gather", patch, [2 * moment + n], axis=0), float(SIDE))) for n in range(2))
    # The piece begins a half-cell above the middle of its patch and a whole one, two blocks, to the left.
    lines, steps = (
        np.array([[PLACES[bool((p + q) % 2)][place][n] for q in range(2)] for p in range(2)], np.float32)
        for n in range(2)
    )
    lines, steps = ((off - each).reshape(2, 1, 1, 2, 1) for off, each in ((1, lines), (2, steps)))
    y = g("Add", down, g("Mul", high, lines))
    x = g("Add", across, g("Mul", wide, steps))
    return g("Cast", g("Add", g("Mul", y, width), x), to=6)


def _share(g: Graph, patch: str, moment: int) -> str:
    """Return how much of a patch is its first or second piece: the squares of both sum to 1."""
    second = g("Gather", patch, [NUMBERS - 1], axis=0)
    first = g("Sub", 1.0, second)
    length = g("Sqrt", g("Add", g("Mul", first, first), g("Mul", second, second)))
    return g("Div", second if moment else first, length)
