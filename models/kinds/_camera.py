"""A camera over a plane of latent cells that wraps around: what textures and mattes have in common.

The generator turns a torus of cells into a picture that tiles exactly. A frame is a window on it: `drift` moves the
window, `scale` changes its size, `speed` walks the latents (see `latents`), `mix` blends two style vectors. So a drift
is a rigid movement of the picture, not a texture that swims, and a tileable strip tiles by construction. Styles that
move by nature, such as fire that rises, say so in the card; `speed` scales that too.

Recipes seen through it have the settings `loop`, `tile_x`, `tile_y` and the tracks `mix`, `speed`, `drift_x`,
`drift_y`, `scale` and `intensity`, and maybe `scale_by`: a scale by "frame" counts in parts of the frame's height, so
that frames of all resolutions are windows on one torus; one by "pixels" is that of a frame of `HEIGHT` px.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from ..cards.card import Card
from ..cards.style import Style
from ..imaging.resample import bands
from ..latents import Pieces, Walk
from ..recipe import Recipe
from ._base import Array

#: Cells made around a window that is smaller than the torus: as far as the networks that ship look, and are carried.
MARGIN = 13
#: The same of patches, which see as far as the next ones.
NEXT = 2
#: Numbers of a patch: its two places in the photograph, and how far the second has come.
PATCH = 5


#: Height of the frame, px, in which both ways to count scale are the same.
HEIGHT = 1080


@dataclass(frozen=True)
class View:
    """What a frame depends on: time in latent keys, the window in px of the torus, the mix, the brightness."""

    time: float
    top: float
    left: float
    step_y: float
    step_x: float
    mix: float
    intensity: float


@dataclass(frozen=True)
class Grid:
    """What all frames of a strip share: the torus in cells, and the closed walk's keys and drift."""

    rows: int
    columns: int
    keys: int | None
    drift: tuple[int, int]


@dataclass(frozen=True)
class Torus:
    """A plane that wraps around: rows and columns of cells, the px of a cell (down, across), and the scale."""

    rows: int
    columns: int
    cell: tuple[int, int]
    scale: float

    @property
    def pixels(self) -> int:
        """How many px it has in all."""
        return self.rows * self.cell[0] * self.columns * self.cell[1]


class Camera:
    """What the network is given for each frame of a recipe, and the window that is cut from what it returns."""

    def __init__(self, recipe: Recipe, card: Card, styles: tuple[Style, Style]) -> None:
        self.recipe, self.card, self.styles = recipe, card, styles
        self.torus = torus(recipe, card, styles)
        self.layout, self.views = _plan(recipe, self.torus, styles)
        self.fields, self.patches = card.ports("latent_field"), card.ports("patch_field")
        rows, columns, keys, drift = astuple(self.layout)
        layers = [
            (port.channels, rows * n, columns * n, n) for port in self.fields for n in (card.stride // port.stride,)
        ]
        self.walk = Walk(recipe.seed, layers, keys, drift)
        still = all(view.time == 0 for view in self.views)
        self.pieces = [
            Pieces(recipe.seed, port.channels // PATCH, rows, columns, keys, drift, still) for port in self.patches
        ]

    def inputs(self, frame: int) -> dict[str, Array]:
        """Return the network's inputs: style vector, latent fields, waves."""
        view = self.views[frame]
        a, b = (np.array(style.vector, np.float32) for style in self.styles)
        feeds = {port.name: (a + (b - a) * np.float32(view.mix))[None] for port in self.card.ports("style")}
        rows, columns = self._cells(view)
        for port, field in zip(self.fields, self.walk.at(view.time), strict=True):
            feeds[port.name] = _windowed(field, rows, columns, self.card.stride // port.stride)
        for port, pieces in zip(self.patches, self.pieces, strict=True):
            feeds[port.name] = _windowed(pieces.at(view.time), rows, columns)
        for axis, role in enumerate(("cell_rows", "cell_columns")):
            for port in self.card.ports(role):
                feeds[port.name] = np.arange(self.torus.cell[axis], dtype=np.float32)[None]
        for port in self.card.ports("waves"):
            spans = rows or (0, self.layout.rows), columns or (0, self.layout.columns)
            a, b = (_waves(style.repeat, *spans) for style in self.styles)
            feeds[port.name] = a + (b - a) * np.float32(view.mix)
        return feeds

    def frame(self, frame: int, image: Array, size: tuple[int, int] | None = None) -> Iterator[Array]:
        """Cut the frame out of the network's `image [C,H,W]`, in bands `[C,rows,width]` from the top.

        `size` is its height and width: those of the recipe, unless the same picture is wanted in others.
        """
        view, size = self.views[frame], size or (self.recipe.height, self.recipe.width)
        rows, columns = self._cells(view)
        start = (
            view.top - (rows[0] if rows else 0) * self.torus.cell[0],
            view.left - (columns[0] if columns else 0) * self.torus.cell[1],
        )
        step = view.step_y * (self.recipe.height / size[0]), view.step_x * (self.recipe.width / size[1])
        return bands(image, start, step, size)

    def _cells(self, view: View) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """Return the (first, end) rows and columns of cells to make; None where the whole torus is made."""

        margin = NEXT if self.patches else MARGIN

        def span(start: float, step: float, size: int, all_cells: int, cell: int) -> tuple[int, int] | None:
            first = math.floor((start - 2 * step) / cell) - margin
            end = math.ceil((start + (size + 2) * step) / cell) + margin
            return (first, end) if end - first < all_cells else None

        cell = self.torus.cell
        return (
            span(view.top, view.step_y, self.recipe.height, self.layout.rows, cell[0]),
            span(view.left, view.step_x, self.recipe.width, self.layout.columns, cell[1]),
        )


def _windowed(field: Array, rows: tuple[int, int] | None, columns: tuple[int, int] | None, divided: int = 1) -> Array:
    """Return `[1,C,h,w]`, the (first, end) rows and columns of a field that wraps; None: all of them."""
    for axis, cells in ((1, rows), (2, columns)):
        if cells is not None:
            index = np.arange(cells[0] * divided, cells[1] * divided)
            field = np.take(field, index, axis=axis, mode="wrap")
    return np.ascontiguousarray(field[None])


def _waves(repeat: tuple[int, int], rows: tuple[int, int], columns: tuple[int, int]) -> Array:
    """`[1,4,h,w]`: sine and cosine down and across of cells in (first, end) `rows` and `columns`, once a `repeat`."""
    turns = [2 * math.pi * (np.arange(*span) % n) / n for span, n in zip((rows, columns), repeat, strict=True)]
    down, across = np.meshgrid(*turns, indexing="ij")
    return np.stack((np.sin(down), np.cos(down), np.sin(across), np.cos(across)))[None].astype(np.float32)


def torus(recipe: Recipe, card: Card, styles: Sequence[Style]) -> Torus:
    """Return the plane of a recipe, whose scale is the one that it is laid out for: the smallest one of the strip.

    A tileable side holds whole cells that are fitted to the frame, so its scale stands still at the first frame's. The
    cells of latent fields are as large as the network makes them; those of patches are fitted, too.
    """
    units, scales = _units(styles), recipe.tracks["scale"]
    tiled = recipe.settings["tile_x"] or recipe.settings["tile_y"]
    scale = (recipe.track("scale", recipe.zero) if tiled else min(scales)) * _per_scale(recipe)
    patches = max((port.stride for port in card.ports("patch_field")), default=0)
    # The two patches of a cell make a lattice of triangles that have three equal sides.
    usual = (2 * round(patches * math.sqrt(3) / 2), patches) if patches else (card.stride, card.stride)

    def cells(side: int, tile: bool, unit: int, usual: int) -> tuple[int, int]:
        exact = side / (scale * usual * unit)
        if patches and tile:
            return fitted(side / scale, usual)
        return unit * max(1, round(exact) if tile else math.ceil(exact - 1e-9)), usual

    rows, high = cells(recipe.height, bool(recipe.settings["tile_y"]), units[0], usual[0])
    columns, wide = cells(recipe.width, bool(recipe.settings["tile_x"]), units[1], usual[1])
    return Torus(rows, columns, (high, wide), scale)


def fitted(length: float, usual: int) -> tuple[int, int]:
    """Return how many cells a `length` in px is divided into, and their px: even, near `usual`, whole if possible."""
    most = max(1, math.floor(length / (0.8 * usual)))
    least = min(most, max(1, math.ceil(length / (1.25 * usual))))
    found = [(count, max(2, 2 * round(length / count / 2))) for count in range(least, most + 1)]
    return min(found, key=lambda each: (round(abs(each[0] * each[1] - length), 6), abs(each[1] - usual)))


def _per_scale(recipe: Recipe) -> float:
    """Px of the frame for a px of the torus at a scale of 1."""
    return recipe.height / HEIGHT if recipe.settings.get("scale_by") == "frame" else 1.0


def _units(styles: Sequence[Style]) -> tuple[int, int]:
    """Return the rows and columns of cells after which the courses of all styles come round."""
    return math.lcm(*(style.repeat[0] for style in styles)), math.lcm(*(style.repeat[1] for style in styles))


def _plan(recipe: Recipe, plane: Torus, styles: Sequence[Style]) -> tuple[Grid, list[View]]:
    """Return the layout and all views of a checked recipe."""
    rows, columns, base, (high, wide) = plane.rows, plane.columns, plane.scale, plane.cell
    tile_x, tile_y = recipe.settings["tile_x"], recipe.settings["tile_y"]
    frames, closed = recipe.frames, bool(recipe.settings["loop"])
    step_x = columns * wide / recipe.width if tile_x else None
    step_y = rows * high / recipe.height if tile_y else None

    times = _by_nature(recipe, [style.rate for style in styles])
    left = _running(recipe, "drift_x", -recipe.width * (step_x or 1 / base) / recipe.fps)
    top = _running(recipe, "drift_y", recipe.height * (step_y or 1 / base) / recipe.fps)
    left -= _by_nature(recipe, [style.drift[1] for style in styles])
    top -= _by_nature(recipe, [style.drift[0] for style in styles])
    keys, drift = None, (0, 0)
    if closed:
        keys = max(3, round(times[-1])) if times[-1] else None
        # What stands still closes only after a whole torus.
        whole = (rows, columns) if keys is None else _units(styles)
        drift = _whole(top[-1] / high, whole[0]), _whole(left[-1] / wide, whole[1])
        if keys is not None:
            times *= keys / times[-1]
        for path, cells, cell in ((top, drift[0], high), (left, drift[1], wide)):
            path += (cells * cell - path[-1]) * np.arange(frames + 1) / frames
        if keys is None:
            drift = (0, 0)
    times, top, left = (path - path[recipe.zero] for path in (times, top, left))
    views = []
    for n in range(frames):
        free = 1 / (base if tile_x or tile_y else recipe.track("scale", n) * _per_scale(recipe))
        step = (step_y or step_x or free, step_x or step_y or free)
        zoom = (1 / base / step[0] if not tile_y else 1.0, 1 / base / step[1] if not tile_x else 1.0)
        # Scale works about the middle of the frame.
        y = top[n] + (zoom[0] - 1) * step[0] * recipe.height / 2
        x = left[n] + (zoom[1] - 1) * step[1] * recipe.width / 2
        exact = (times[n], y, x, *step, recipe.track("mix", n), recipe.track("intensity", n))
        # Rounded here, not in the key alone: frames with equal keys are then equal to the last bit.
        views.append(View(*(round(float(value), 9) + 0.0 for value in exact)))
    return Grid(rows, columns, keys, drift), views


def _running(recipe: Recipe, name: str, factor: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the sum of a track up to each frame, times `factor`: `frames + 1` values that start at 0."""
    values = np.array([recipe.track(name, n) for n in range(recipe.frames)])
    return np.concatenate(([0.0], np.cumsum(values))) * factor


def _by_nature(recipe: Recipe, amounts: Sequence[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the sum up to each frame of what the two styles do per second, by mix and speed: see `_running`."""
    a, b = amounts
    each = [
        recipe.track("speed", n) * (a + (b - a) * recipe.track("mix", n)) / recipe.fps for n in range(recipe.frames)
    ]
    return np.concatenate(([0.0], np.cumsum(each)))


def _whole(cells: float, unit: int) -> int:
    """`cells` rounded to whole `unit`s, but not to 0 when there is a movement to be seen."""
    if abs(cells) < 0.01:
        return 0
    return (round(cells / unit) or int(math.copysign(1, cells))) * unit
