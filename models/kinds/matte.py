"""Animated mattes: shapes that cover just so much of the frame, and grow as their coverage is keyframed.

A network of one channel gives a field (see `_camera`); its brightest places are covered first (see `_coverage`).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..cards.card import Card
from ..errors import GeneratorError, RecipeError
from ..imaging.png import png_of_bands
from ..parameters import Choice, Parameter
from ..recipe import Recipe
from . import texture
from ._base import Array, Kind, Take
from ._camera import Camera, View, torus
from ._coverage import around, covered, from_edges, front, led, ranks, towards

if TYPE_CHECKING:
    from ..inference.session import Session

_SHARED = {parameter.name: parameter for parameter in texture.PARAMETERS}

PARAMETERS = (
    replace(_SHARED["style"], description="Shapes to generate"),
    _SHARED["style_b"],
    _SHARED["mix"],
    Parameter(
        "coverage", "float", 0.5, "Coverage",
        "Fraction of the frame that is covered, from 0 (empty) to 1 (full). Keyframe it and set Speed to 0 for a wipe",
        0.0, 1.0, unit="factor", animatable=True,
    ),
    Parameter(
        "softness", "float", 0.15, "Softness", "Softness of the edges, from hard to a haze over the whole frame",
        0.0, 1.0, unit="factor", animatable=True,
    ),
    Parameter("invert", "bool", False, "Invert", "Swap covered and uncovered areas"),
    Parameter(
        "growth", "choice", "none", "Grow From", "Where the shapes start as coverage grows", group="growth",
        choices=(
            Choice("none", "Everywhere", "Grow all over the frame"),
            Choice("direction", "Side", "Sweep over the frame in the direction of Angle"),
            Choice("point", "Point", "Spread from the origin"),
            Choice("edges", "Edges", "Close in from all four sides"),
        ),
    ),
    Parameter(
        "led", "float", 0.65, "Strength",
        "How strictly growth follows its origin, from 0 (not at all) to 1 (a plain wipe)",
        0.0, 1.0, unit="factor", group="growth", needs=("growth", "direction", "point", "edges"),
    ),
    Parameter(
        "angle", "float", 0.0, "Angle", "Direction of the sweep in degrees: 0 is right, 90 is up",
        -360.0, 360.0, -180.0, 180.0, group="growth", needs=("growth", "direction"),
    ),
    Parameter(
        "origin_x", "float", 0.5, "Origin X", "Horizontal origin, from 0 (left) to 1 (right)",
        -1.0, 2.0, 0.0, 1.0, group="growth", needs=("growth", "point"),
    ),
    Parameter(
        "origin_y", "float", 0.5, "Y", "Vertical origin, from 0 (bottom) to 1 (top)",
        -1.0, 2.0, 0.0, 1.0, group="growth", needs=("growth", "point"),
    ),
    _SHARED["speed"],
    _SHARED["drift_x"],
    _SHARED["drift_y"],
    _SHARED["loop"],
    replace(_SHARED["scale"], default=2.0, description="Size of the shapes. Small values take longer to generate"),
    replace(_SHARED["tile_x"], default=False),
    replace(_SHARED["tile_y"], default=False),
    Parameter(
        "shown", "choice", "luma", "Picture", "Content of the image files", group="output",
        choices=(
            Choice("luma", "White on Black", "Luminance, as Mask modifiers read it"),
            Choice("alpha", "White with Alpha", "Transparent where nothing is covered"),
            Choice("glow", "Edge Glow", "Light with alpha along the edge, such as the embers of a burn"),
        ),
    ),
    Parameter(
        "glow", "choice", "ember", "Glow", "Color of the glow along the edge", group="output",
        needs=("shown", "glow"),
        choices=(
            Choice("ember", "Ember", "White to yellow to dark red"),
            Choice("electric", "Electric", "White to deep blue"),
            Choice("white", "White", "White"),
        ),
    ),
    Parameter(
        "glow_width", "float", 0.12, "Width", "Width of the glow. Wider is also brighter at the edge",
        0.01, 1.0, 0.02, 0.5, unit="factor", animatable=True, group="output", needs=("shown", "glow"),
    ),
    _SHARED["depth"],
    _SHARED["scale_by"],
)  # fmt: skip

#: How fast red, green and blue fall off with a glow's strength: larger exponents are darker.
_GLOWS = {"ember": (0.55, 1.5, 4.0), "electric": (3.0, 1.4, 0.6), "white": (1.0, 1.0, 1.0)}


class MatteTake(Take):
    """A matte recipe, ready to be made. See `Take`."""

    def __init__(self, recipe: Recipe, card: Card) -> None:
        self.recipe, self.card = recipe, card
        self.styles = card.style(str(recipe.settings["style"])), card.style(str(recipe.settings["style_b"]))
        self.camera = Camera(_seen(recipe), card, self.styles)
        self.size = recipe.height, recipe.width
        self._lock = threading.Lock()
        self._returned: tuple[View | None, dict[str, Array]] = None, {}
        self._order: tuple[View | None, Array] = None, np.empty((0, 0), np.float32)

    @cached_property
    def _lead(self) -> Array | None:
        return _lead(self.recipe, self.size)

    def key(self, frame: int) -> str:
        r, view = self.recipe, asdict(self.camera.views[frame])
        styles = [style.name for style in self.styles]
        if view["mix"] == 0:
            styles = styles[:1]
        names = ("growth", "led", "angle", "origin_x", "origin_y", "invert", "shown", "glow", "depth")
        edge = [r.track(name, frame) for name in ("coverage", "softness", "glow_width")]
        shared = [r.kind, r.digest, r.seed, r.width, r.height, *(r.settings[name] for name in names)]
        return json.dumps([*shared, styles, asdict(self.camera.layout), view, edge], separators=(",", ":"))

    def inputs(self, frame: int) -> dict[str, Array]:
        return self.camera.inputs(frame)

    def run(self, session: Session, frame: int) -> dict[str, Array]:
        """Return what the network returns; while the field stands still, what it returned before."""
        view = self.camera.views[frame]
        if self._returned[0] != view:
            self._returned = view, session.run(self.inputs(frame))
        return self._returned[1]

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        depth, is_glow = int(str(self.recipe.settings["depth"])), self.recipe.settings["shown"] == "glow"
        return _pieces(self._picture(frame, self.order(frame, outputs)), depth, packed=not is_glow)

    def small(self, session: Session, frame: int, size: tuple[int, int]) -> Array:
        order = self._ranks(frame, self.run(session, frame), size, _lead(self.recipe, size))
        return self._picture(frame, order)

    def _picture(self, frame: int, order: Array) -> Array:
        """Return a frame `[C,H,W]` from the rank of each px."""
        r = self.recipe
        coverage = r.track("coverage", frame)
        if r.settings["shown"] == "glow":
            if r.settings["invert"]:
                order, coverage = 1 - order, 1 - coverage
            return _light(front(order, coverage, r.track("glow_width", frame)), str(r.settings["glow"]))
        shape = covered(order, coverage, r.track("softness", frame))
        if r.settings["invert"]:
            shape = 1 - shape
        return np.stack([np.ones_like(shape), shape]) if r.settings["shown"] == "alpha" else shape[None]

    def order(self, frame: int, outputs: Mapping[str, Array]) -> Array:
        """Return the rank of each px of a frame, `[H,W]` in 0…1; 0 is covered first. Raises GeneratorError."""
        view = self.camera.views[frame]
        with self._lock:  # two frames are encoded at a time, and mostly of the same field
            if self._order[0] != view:
                self._order = view, self._ranks(frame, outputs, self.size, self._lead)
            return self._order[1]

    def _ranks(self, frame: int, outputs: Mapping[str, Array], size: tuple[int, int], lead: Array | None) -> Array:
        (port,) = self.card.outputs
        image = outputs[port.name][0]
        if not np.isfinite(image).all():
            raise GeneratorError(
                f"{self.card.label} returned invalid numbers (NaN or infinity) at frame {frame + 1}. "
                "Choose another generator."
            )
        field = np.concatenate([band[0] for band in self.camera.frame(frame, image, size)])
        order = ranks(-field)
        return order if lead is None else led(order, lead, float(self.recipe.settings["led"]))


class Matte(Kind):
    """Animated mattes from a spatial GAN of one channel."""

    name = "matte"
    label = "Matte"
    description = "Animated matte of ink, smoke, frost and other shapes that cover any fraction of the frame"
    suffix = ".png"
    place = 1
    parameters = PARAMETERS

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        outputs = card.outputs
        if not card.styles or not card.ports("latent_field") or len(outputs) != 1 or outputs[0].channels != 1:
            raise GeneratorError(
                f"{card.label} can't generate mattes: it needs styles, latent fields and a one-channel image output."
            )
        settings = dict(recipe.settings)
        settings["style"] = settings.get("style") or card.styles[0].name
        settings["style_b"] = settings.get("style_b") or settings["style"]
        recipe = super().checked(replace(recipe, settings=settings), card)
        styles = [card.style(str(recipe.settings[name])) for name in ("style", "style_b")]
        plane = torus(_seen(recipe), card, styles)
        if plane.pixels > texture.MAX_PIXELS:
            raise RecipeError(
                f"{recipe.width}×{recipe.height} px at scale {plane.scale:g} is too large for one frame. "
                "Make the frame smaller or the scale larger, and let Blender scale the strip."
            )
        return recipe

    def take(self, recipe: Recipe, card: Card) -> MatteTake:
        return MatteTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        shown, style = recipe.settings["shown"], card.style(str(recipe.settings["style"]))
        name = f"{style.label} {'glow' if shown == 'glow' else 'matte'}"
        return {"name": name, "blend": "ADD" if shown == "glow" else "ALPHA_OVER", "alpha": shown != "luma"}


KIND = Matte()


def _pieces(picture: Array, depth: int, packed: bool = False) -> Iterable[bytes]:
    """Return a PNG file of `[C,H,W]`, in bands, so that one may stop between them."""
    bands = np.array_split(picture, max(1, picture.shape[1] // 64), axis=1)
    return png_of_bands(bands, picture.shape[1:], len(picture), depth, packed)


def _seen(recipe: Recipe) -> Recipe:
    """Return the recipe as the camera knows it: a matte has no brightness of its own."""
    return replace(recipe, tracks={**recipe.tracks, "intensity": (1.0,)})


def _lead(recipe: Recipe, size: tuple[int, int]) -> Array | None:
    """Return the rank of each px by its place alone, in a frame of `size`, or None where growth is not led."""
    settings = recipe.settings
    match settings["growth"]:
        case "direction":
            return ranks(towards(size, float(settings["angle"])))
        case "point":
            return ranks(around(size, float(settings["origin_x"]), float(settings["origin_y"])))
        case "edges":
            return ranks(from_edges(size))
    return None


def _light(glow: Array, color: str) -> Array:
    """Return a glow's strength `[H,W]` → straight color and alpha `[4,H,W]`."""
    light = np.stack([glow ** np.float32(exponent) for exponent in _GLOWS[color]])
    alpha = light.max(axis=0)
    return np.concatenate((light / np.maximum(alpha, 1e-6), alpha[None]))
