"""Animated textures, opaque or with alpha, seen through a camera over a torus of latent cells (see `_camera`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..cards.card import Card
from ..cards.style import Direction, Style
from ..errors import GeneratorError, RecipeError
from ..imaging.png import png_of_bands
from ..parameters import Choice, Parameter
from ..recipe import Recipe
from ._base import Array, Kind, Take
from ._camera import Camera, torus

if TYPE_CHECKING:
    from ..inference.session import Session

#: The most pixels that the network makes for one frame: about 3.5 GB of memory.
MAX_PIXELS = 5120 * 2880

#: Ways to change a style, which a generator may have found in its style space: name, label, what −1 and 1 are.
LOOKS = (
    ("detail", "Detail", "smooth", "rich in fine detail"),
    ("contrast", "Contrast", "even", "strong in light and shadow"),
    ("hue", "Hue", "colder", "warmer"),
    ("size", "Grain", "fine", "coarse"),
)

PARAMETERS = (
    Parameter("style", "style", "", "Style", "Material or element to generate"),
    Parameter("style_b", "style", "", "Morph To", "Second style that Mix blends toward", group="morph"),
    Parameter(
        "mix", "float", 0.0, "Mix", "Blend from the first style (0) to the second (1)",
        0.0, 1.0, unit="factor", animatable=True, group="morph", needs=("style_b",),
    ),
    Parameter(
        "speed", "float", 1.0, "Speed", "Speed at which the texture evolves, rises or flows. 0 stands still",
        0.0, 20.0, 0.0, 4.0, animatable=True,
    ),
    Parameter(
        "drift_x", "float", 0.0, "Drift X", "Movement to the right in frame widths per second",
        -4.0, 4.0, -0.5, 0.5, animatable=True, group="motion",
    ),
    Parameter(
        "drift_y", "float", 0.0, "Y", "Upward movement in frame heights per second",
        -4.0, 4.0, -0.5, 0.5, animatable=True, group="motion",
    ),
    Parameter(
        "loop", "bool", True, "Seamless Loop",
        "Make the last frame lead into the first. Speed and drift are rounded so that the loop closes", group="motion",
    ),
    Parameter(
        "scale", "float", 1.0, "Scale", "Size of the texture's features. Small values take longer to generate",
        0.25, 8.0, 0.5, 4.0, animatable=True,
    ),
    Parameter(
        "tile_x", "bool", True, "Tile X", "Make the left edge continue the right one", group="layout",
    ),
    Parameter(
        "tile_y", "bool", True, "Y", "Make the top edge continue the bottom one", group="layout",
    ),
    Parameter(
        "intensity", "float", 1.0, "Intensity", "Brightness of the picture. For emissive styles, strength of the light",
        0.0, 4.0, 0.0, 2.0, animatable=True, group="output",
    ),
    *(
        Parameter(
            name, "float", 0.0, label, f"How the generator varies the style, from {low} (-1) to {high} (1)",
            -2.0, 2.0, -1.0, 1.0, animatable=True, group="look",
        )
        for name, label, low, high in LOOKS
    ),
    Parameter(
        "alpha", "choice", "auto", "Alpha", "Transparency of the picture", group="output",
        choices=(
            Choice("auto", "Automatic", "Chosen by the style: fire and smoke are transparent, stone is opaque"),
            Choice("opaque", "Opaque", "No transparency"),
            Choice("luminance", "Luminance", "Black is transparent, so that light adds to what is below"),
        ),
    ),
    Parameter(
        "depth", "choice", "8", "Color Depth", "Bits per channel of the PNG files", group="output",
        choices=(
            Choice("8", "8-Bit", "Smaller files, faster to generate"),
            Choice("16", "16-Bit", "No banding under heavy color grading"),
        ),
    ),
    Parameter(
        "scale_by", "choice", "pixels", "Scale By", "What a scale of 1 is", group="layout", later=True,
        choices=(
            Choice("frame", "Frame", "Part of the frame's height: the same picture at every resolution"),
            Choice("pixels", "Pixels", "A number of pixels: larger frames show more and smaller features"),
        ),
    ),
)  # fmt: skip


class TextureTake(Take):
    """A texture recipe, ready to be made. See `Take`."""

    def __init__(self, recipe: Recipe, card: Card) -> None:
        self.recipe, self.card = recipe, card
        self.styles = _styles(recipe, card)
        self.alpha = _alpha(recipe, self.styles)
        self.camera = Camera(recipe, card, self.styles)

    def key(self, frame: int) -> str:
        r = self.recipe
        shared = [r.kind, r.digest, r.seed, r.width, r.height, self.alpha, r.settings["depth"]]
        styles = [style.name for style in self.styles]
        view = asdict(self.camera.views[frame])
        if view["mix"] == 0:
            styles = styles[:1]  # the second style is not in the picture yet
        looks = {each.name: value for each, value in self._looks(frame)}
        return json.dumps([*shared, styles, looks, asdict(self.camera.layout), view], separators=(",", ":"))

    def inputs(self, frame: int) -> dict[str, Array]:
        feeds = self.camera.inputs(frame)
        for each, value in self._looks(frame):
            for port in self.card.ports("style"):
                feeds[port.name] = feeds[port.name] + np.float32(value) * np.array(each.vector, np.float32)
        return feeds

    def _looks(self, frame: int) -> list[tuple[Direction, float]]:
        """Return the generator's directions that a frame goes along, and how far."""
        known = {name for name, *_ in LOOKS}
        found = [(each, self.recipe.track(each.name, frame)) for each in self.card.directions if each.name in known]
        return [(each, value) for each, value in found if value]

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        size, depth = (self.recipe.height, self.recipe.width), int(str(self.recipe.settings["depth"]))
        return png_of_bands(self._lit(frame, outputs, size), size, 4 if self.alpha else 3, depth)

    def small(self, session: Session, frame: int, size: tuple[int, int]) -> Array:
        return np.concatenate(list(self._lit(frame, self.run(session, frame), size)), axis=1)

    def draft(self, session: Session, frame: int, size: tuple[int, int], parts: int) -> Array:
        """Return what a torus of fewer cells shows, side by side."""
        r = self.recipe
        tracks = {name: (r.track(name, frame),) for name in r.tracks}
        settings = {**r.settings, "tile_x": True, "tile_y": True}
        if settings.get("scale_by") == "frame":  # which is smaller by as much
            tracks["scale"] = (tracks["scale"][0] * parts,)
        sides = max(1, r.width // parts), max(1, r.height // parts)
        r = replace(r, width=sides[0], height=sides[1], frames=1, tracks=tracks, settings=settings, origin=0)
        part = TextureTake(r, self.card)
        picture = part.small(session, 0, (-(-size[0] // parts), -(-size[1] // parts)))
        return np.tile(picture, (1, parts, parts))[:, : size[0], : size[1]]

    def _lit(self, frame: int, outputs: Mapping[str, Array], size: tuple[int, int]) -> Iterator[Array]:
        """Yield a frame in a size, in bands."""
        (port,) = self.card.outputs
        low, gain = port.low, self.camera.views[frame].intensity / (port.high - port.low)
        for band in self.camera.frame(frame, outputs[port.name][0], size):
            if not np.isfinite(band.sum()):
                raise GeneratorError(
                    f"{self.card.label} returned invalid numbers (NaN or infinity) at frame "
                    f"{frame + 1}. Choose another generator."
                )
            light = band[:3] if (low, gain) == (0, 1) else (band[:3] - np.float32(low)) * np.float32(gain)
            yield _straight(light, band[3:] if self.alpha == "own" else None) if self.alpha else light


class Texture(Kind):
    """Animated textures from spatial GANs."""

    name = "texture"
    label = "Texture"
    description = "Animated texture that loops and tiles"
    suffix = ".png"
    parameters = PARAMETERS
    place = 0

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        moved = card.ports("latent_field") or card.ports("patch_field")
        if not card.styles or not moved or len(card.outputs) != 1:
            raise GeneratorError(
                f"{card.label} can't generate textures: it needs styles, latent fields and an image output."
            )
        settings = dict(recipe.settings)
        settings["style"] = settings.get("style") or card.styles[0].name
        settings["style_b"] = settings.get("style_b") or settings["style"]
        recipe = super().checked(replace(recipe, settings=settings), card)
        for name in ("style", "style_b"):
            card.style(str(recipe.settings[name]))
        plane = torus(recipe, card, _styles(recipe, card))
        if plane.pixels > MAX_PIXELS:
            raise RecipeError(
                f"{recipe.width}×{recipe.height} px at scale {plane.scale:g} is too large for one frame. "
                "Make the frame smaller or the scale larger, and let Blender scale the strip."
            )
        return recipe

    def shown(self, parameter: Parameter, card: Card | None) -> str:
        absent = {name for name, *_ in LOOKS} - {each.name for each in (card.directions if card else ())}
        return "" if parameter.name in absent else parameter.label

    def take(self, recipe: Recipe, card: Card) -> TextureTake:
        return TextureTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        styles = _styles(recipe, card)
        alpha = _alpha(recipe, styles)
        # Screen over luminance alpha is exactly the screen of the black-backed original.
        light = alpha == "luminance" or (alpha == "own" and styles[0].emissive)
        return {"name": styles[0].label, "blend": "SCREEN" if light else "ALPHA_OVER", "alpha": bool(alpha)}


KIND = Texture()


def _styles(recipe: Recipe, card: Card) -> tuple[Style, Style]:
    """Return the style and the one that it morphs to."""
    return card.style(str(recipe.settings["style"])), card.style(str(recipe.settings["style_b"]))


def _alpha(recipe: Recipe, styles: Sequence[Style]) -> str:
    """Where the alpha channel of a strip comes from: the generator's "own", "luminance", or "" for none."""
    if recipe.settings["alpha"] != "auto":
        return "luminance" if recipe.settings["alpha"] == "luminance" else ""
    if any(style.alpha for style in styles):
        return "own"
    return "luminance" if styles[0].emissive else ""


def _straight(image: Array, alpha: Array | None) -> Array:
    """Light `[3,H,W]`, multiplied by its `alpha [1,H,W]` → straight color and alpha `[4,H,W]`.

    Light on black has no alpha of its own: its brightest channel serves. Color × alpha is the light in either case.
    Colors may be out of 0…1 where the light was.
    """
    whole = np.empty((4, *image.shape[1:]), np.float32)
    light, brightest = whole[:3], whole[3]
    np.maximum(image[0], image[1], out=brightest)
    np.maximum(image[2], brightest, out=brightest)
    if alpha is not None:
        np.maximum(alpha[0], brightest, out=brightest)
    np.clip(brightest, 0.0, 1.0, out=brightest)
    np.multiply(image, 1 / np.maximum(brightest, np.float32(1e-6)), out=light)
    return whole
