"""Animated textures: a camera over a plane of latent cells that wraps around.

The generator turns a torus of cells into a picture that tiles exactly. A frame is a window on it: `drift` moves the
window, `scale` changes its size, `speed` walks the latents (see `latents`), `mix` blends two style vectors. So a drift
is a rigid movement of the picture, not a texture that swims, and a tileable strip tiles by construction.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ..card import Card
from ..errors import GeneratorError, RecipeError
from ..latents import Walk
from ..parameters import Choice, Parameter
from ..recipe import Recipe
from ..resample import bands
from ._kind import Array, Kind, Take

#: Latent keys passed in a second at speed 1.
KEYS_PER_SECOND = 0.5
#: The most pixels that the network makes for one frame: about 3.5 GB of memory.
MAX_PIXELS = 5120 * 2880
#: Cells made around a window that is smaller than the torus, for the network's receptive field.
MARGIN = 5

PARAMETERS = (
    Parameter("style", "style", "", "Style", "The material or element to make"),
    Parameter("style_b", "style", "", "Morph to", "A second style that the mix blends towards"),
    Parameter(
        "mix", "float", 0.0, "Mix", "How far the picture is from the first style (0) to the second (1)",
        0.0, 1.0, unit="factor", animatable=True,
    ),
    Parameter(
        "speed", "float", 1.0, "Speed", "How fast the texture evolves; 0 stands still",
        0.0, 20.0, 0.0, 4.0, animatable=True, group="motion",
    ),
    Parameter(
        "drift_x", "float", 0.0, "Drift X", "Movement to the right, in frame widths a second",
        -4.0, 4.0, -0.5, 0.5, animatable=True, group="motion",
    ),
    Parameter(
        "drift_y", "float", 0.0, "Y", "Movement upwards, in frame heights a second",
        -4.0, 4.0, -0.5, 0.5, animatable=True, group="motion",
    ),
    Parameter(
        "loop", "bool", True, "Exact loop",
        "The last frame leads into the first. Speed and drift are rounded so that the circle closes", group="motion",
    ),
    Parameter(
        "scale", "float", 1.0, "Scale", "Size of the texture's features; small values take longer to make",
        0.25, 8.0, 0.5, 4.0, animatable=True, group="layout",
    ),
    Parameter(
        "tile_x", "bool", True, "Tile X", "The left edge continues the right one", group="layout",
    ),
    Parameter(
        "tile_y", "bool", True, "Y", "The top edge continues the bottom one", group="layout",
    ),
    Parameter(
        "intensity", "float", 1.0, "Intensity", "Brightness of the picture; for emissive styles, strength of the light",
        0.0, 4.0, 0.0, 2.0, animatable=True, group="output",
    ),
    Parameter(
        "alpha", "choice", "auto", "Alpha", "Where the picture is transparent", group="output",
        choices=(
            Choice("auto", "Automatic", "By luminance for emissive styles such as fire, else opaque"),
            Choice("opaque", "Opaque", "No transparency"),
            Choice("luminance", "Luminance", "Black is transparent: light that adds to what is below"),
        ),
    ),
    Parameter(
        "depth", "choice", "8", "Colour depth", "Bits for each channel of the PNG files", group="output",
        choices=(
            Choice("8", "8 bit", "Smaller files, made faster"),
            Choice("16", "16 bit", "No banding under heavy grading"),
        ),
    ),
)  # fmt: skip


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
class Layout:
    """What all frames of a strip share: the torus in cells, and the closed walk's keys and drift."""

    rows: int
    columns: int
    keys: int | None
    drift: tuple[int, int]


class TextureTake(Take):
    """A texture recipe, ready to be made. See `Take`."""

    def __init__(self, recipe: Recipe, card: Card) -> None:
        self.recipe, self.card = recipe, card
        self.cell = card.stride
        self.styles = [card.style(str(recipe.settings[name])) for name in ("style", "style_b")]
        alpha = recipe.settings["alpha"]
        self.alpha = alpha == "luminance" or (alpha == "auto" and self.styles[0].emissive)
        self.layout, self.views = _plan(recipe, self.cell)
        self.fields = card.ports("latent_field")
        layers = [
            (port.channels, self.layout.rows * n, self.layout.columns * n, n)
            for port in self.fields
            for n in (self.cell // port.stride,)
        ]
        self.walk = Walk(recipe.seed, layers, self.layout.keys, self.layout.drift)

    def key(self, frame: int) -> str:
        r = self.recipe
        shared = [r.kind, r.digest, r.seed, r.width, r.height, self.alpha, r.settings["depth"]]
        styles = [style.name for style in self.styles]
        view = asdict(self.views[frame])
        if view["mix"] == 0:
            styles = styles[:1]  # the second style is not in the picture yet
        return json.dumps([*shared, styles, asdict(self.layout), view], separators=(",", ":"))

    def inputs(self, frame: int) -> dict[str, Array]:
        view = self.views[frame]
        a, b = (np.array(style.vector, np.float32) for style in self.styles)
        feeds = {port.name: (a + (b - a) * np.float32(view.mix))[None] for port in self.card.ports("style")}
        rows, columns = self._cells(view)
        for port, field in zip(self.fields, self.walk.at(view.time), strict=True):
            n = self.cell // port.stride
            for axis, cells in ((1, rows), (2, columns)):
                if cells is not None:
                    index = np.arange(cells[0] * n, cells[1] * n)
                    field = np.take(field, index, axis=axis, mode="wrap")
            feeds[port.name] = np.ascontiguousarray(field[None])
        return feeds

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> bytes:
        from .. import media  # only the worker encodes; Blender's own process never loads the codecs

        (port,) = self.card.outputs
        image = outputs[port.name][0]
        if not np.isfinite(image).all():
            raise GeneratorError(f"{self.card.label} returned values that are no numbers at frame {frame + 1}.")
        view = self.views[frame]
        rows, columns = self._cells(view)
        start = (
            view.top - (rows[0] if rows else 0) * self.cell,
            view.left - (columns[0] if columns else 0) * self.cell,
        )
        size, low = (self.recipe.height, self.recipe.width), np.float32(port.low)
        gain = np.float32(view.intensity / (port.high - port.low))
        picture = np.empty((port.channels + self.alpha, *size), np.float32)
        for first, band in bands(image, start, (view.step_y, view.step_x), size):
            light = (band - low) * gain
            picture[:, first : first + light.shape[1]] = _with_alpha(light) if self.alpha else light
        return media.png(picture, int(str(self.recipe.settings["depth"])))

    def _cells(self, view: View) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """The (first, end) rows and columns of cells to make; None where the whole torus is made."""

        def span(start: float, step: float, size: int, all_cells: int) -> tuple[int, int] | None:
            first = math.floor((start - 2 * step) / self.cell) - MARGIN
            end = math.ceil((start + (size + 2) * step) / self.cell) + MARGIN
            return (first, end) if end - first < all_cells else None

        return (
            span(view.top, view.step_y, self.recipe.height, self.layout.rows),
            span(view.left, view.step_x, self.recipe.width, self.layout.columns),
        )


class Texture(Kind):
    """Animated textures from spatial GANs."""

    name = "texture"
    label = "Texture"
    description = "An animated texture that loops and tiles"
    suffix = ".png"
    parameters = PARAMETERS

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        if not card.styles or not card.ports("latent_field") or len(card.outputs) != 1:
            raise GeneratorError(f"{card.label} is no texture generator: it lacks styles, latent fields or an image.")
        settings = dict(recipe.settings)
        settings["style"] = settings.get("style") or card.styles[0].name
        settings["style_b"] = settings.get("style_b") or settings["style"]
        recipe = super().checked(replace(recipe, settings=settings), card)
        for name in ("style", "style_b"):
            card.style(str(recipe.settings[name]))
        rows, columns, scale = _torus(recipe, card.stride)
        if rows * columns * card.stride**2 > MAX_PIXELS:
            raise RecipeError(
                f"{recipe.width}×{recipe.height} px at scale {scale:g} is more than one frame can hold. "
                "Make the frame smaller or the scale larger, and let Blender scale the strip."
            )
        return recipe

    def take(self, recipe: Recipe, card: Card) -> TextureTake:
        return TextureTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        take = card.style(str(recipe.settings["style"]))
        light = recipe.settings["alpha"] == "luminance" or (recipe.settings["alpha"] == "auto" and take.emissive)
        # Screen over luminance alpha is exactly the screen of the black-backed original.
        return {"name": take.label, "blend": "SCREEN" if light else "ALPHA_OVER", "alpha": light}


KIND = Texture()


def _with_alpha(image: Array) -> Array:
    """Light on black `[3,H,W]` → straight colour and alpha `[4,H,W]`, such that colour × alpha is the light."""
    light = np.clip(image, 0.0, 1.0)
    alpha = light.max(axis=0, keepdims=True)
    return np.concatenate((light / np.maximum(alpha, 1e-6), alpha))


def _torus(recipe: Recipe, cell: int) -> tuple[int, int, float]:
    """Rows and columns of cells, and the scale that they are laid out for: the smallest one of the strip.

    A tileable side holds whole cells that are fitted to the frame, so its scale stands still at the first frame's.
    """
    scales = recipe.tracks["scale"]
    tiled = recipe.settings["tile_x"] or recipe.settings["tile_y"]
    scale = scales[0] if tiled else min(scales)

    def cells(side: int, tile: bool) -> int:
        exact = side / (scale * cell)
        return max(1, round(exact) if tile else math.ceil(exact - 1e-9))

    rows = cells(recipe.height, bool(recipe.settings["tile_y"]))
    columns = cells(recipe.width, bool(recipe.settings["tile_x"]))
    return rows, columns, scale


def _plan(recipe: Recipe, cell: int) -> tuple[Layout, list[View]]:
    """The layout and all views of a checked recipe."""
    rows, columns, base = _torus(recipe, cell)
    tile_x, tile_y = recipe.settings["tile_x"], recipe.settings["tile_y"]
    frames, closed = recipe.frames, bool(recipe.settings["loop"])
    step_x = columns * cell / recipe.width if tile_x else None
    step_y = rows * cell / recipe.height if tile_y else None

    times = _running(recipe, "speed", KEYS_PER_SECOND / recipe.fps)
    left = _running(recipe, "drift_x", -recipe.width * (step_x or 1 / base) / recipe.fps)
    top = _running(recipe, "drift_y", recipe.height * (step_y or 1 / base) / recipe.fps)
    keys, drift = None, (0, 0)
    if closed:
        keys = max(3, round(times[-1])) if times[-1] else None
        whole = (rows, columns) if keys is None else (1, 1)  # what stands still closes only after a whole torus
        drift = _whole(top[-1] / cell, whole[0]), _whole(left[-1] / cell, whole[1])
        if keys is not None:
            times *= keys / times[-1]
        for path, cells in ((top, drift[0]), (left, drift[1])):
            path += (cells * cell - path[-1]) * np.arange(frames + 1) / frames
        if keys is None:
            drift = (0, 0)
    views = []
    for n in range(frames):
        free = 1 / (base if tile_x or tile_y else recipe.track("scale", n))
        step = (step_y or step_x or free, step_x or step_y or free)
        zoom = (1 / base / step[0] if not tile_y else 1.0, 1 / base / step[1] if not tile_x else 1.0)
        # Scale works about the middle of the frame.
        y = top[n] + (zoom[0] - 1) * step[0] * recipe.height / 2
        x = left[n] + (zoom[1] - 1) * step[1] * recipe.width / 2
        exact = (times[n], y, x, *step, recipe.track("mix", n), recipe.track("intensity", n))
        # Rounded here, not in the key alone: frames with equal keys are then equal to the last bit.
        views.append(View(*(round(float(value), 9) + 0.0 for value in exact)))
    return Layout(rows, columns, keys, drift), views


def _running(recipe: Recipe, name: str, factor: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The sum of a track up to each frame, times `factor`: `frames + 1` values that start at 0."""
    values = np.array([recipe.track(name, n) for n in range(recipe.frames)])
    return np.concatenate(([0.0], np.cumsum(values))) * factor


def _whole(cells: float, unit: int) -> int:
    """`cells` rounded to whole `unit`s, but not to 0 when there is a movement to be seen."""
    if abs(cells) < 0.01:
        return 0
    return (round(cells / unit) or int(math.copysign(1, cells))) * unit
