"""Animated pictures from generators of the user's own: DCGAN, StyleGAN and their like: a vector becomes a picture.

The vector walks (see `latents`), morphs to another seed or class, and is cut short by `truncation`; numbers that the
network takes are knobs. The picture, mostly square and of a fixed size, is brought into the frame (see `fit`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, cast

import numpy as np

from ..cards.card import Card
from ..cards.port import Port
from ..errors import GeneratorError, RecipeError
from ..imaging.fit import Fit, cut, fitted
from ..imaging.png import png
from ..inference import arrays
from ..parameters import Choice, Parameter
from ..recipe import Recipe
from ._base import Array, Kind, Take
from ._latent_inputs import (
    LATENTS,
    MORPH,
    MOTION,
    TRUNCATION,
    TURNED,
    Feeds,
    WalkPlan,
    check_given,
    labeled,
    place,
    shown,
)

#: The most pixels that a network of open size makes for one frame.
MAX_PIXELS = 5120 * 2880

PARAMETERS = (
    *MORPH,
    Parameter(
        "layers", "choice", "all", "Morph Layers", "Layers of a StyleGAN that morph (style mixing)", group="morph",
        choices=(
            Choice("all", "All", "Morph everything"),
            Choice("coarse", "Coarse", "Morph shape and arrangement, keep colors and texture"),
            Choice("fine", "Fine", "Morph colors and texture, keep shape and arrangement"),
        ),
    ),
    TRUNCATION, *MOTION, *TURNED,
    Parameter(
        "fit", "choice", "fill", "Fit", "How to fit a picture of another size into the frame", group="layout",
        choices=(
            Choice("fill", "Fill", "Cover the frame and crop the rest"),
            Choice("stretch", "Stretch", "Cover the frame and ignore the aspect ratio"),
            Choice("whole", "Whole", "Show the whole picture with transparent borders"),
            Choice("tile", "Tile", "Repeat the picture"),
        ),
    ),
    Parameter(
        "tile_scale", "float", 1.0, "Tile Scale", "Size of the repeated picture. 1 is pixel for pixel",
        0.05, 16.0, 0.25, 4.0, group="layout", needs=("fit", "tile"),
    ),
    Parameter(
        "depth", "choice", "8", "Color Depth", "Bits per channel of the PNG files", group="output",
        choices=(
            Choice("8", "8-Bit", "Smaller files, faster to generate"),
            Choice("16", "16-Bit", "No banding under heavy color grading"),
        ),
    ),
)  # fmt: skip


class ImageTake(Take):
    """A recipe of a vector generator, ready to be made. See `Take`."""

    def __init__(self, recipe: Recipe, card: Card) -> None:
        self.recipe, self.card = recipe, card
        self.output = _output(card)
        self.plan = WalkPlan.of(recipe, card)
        cells = (math.ceil(recipe.height / card.stride), math.ceil(recipe.width / card.stride))
        self.feeds = Feeds(recipe, card, self.plan.keys, cells)

    def key(self, frame: int) -> str:
        r, moment, labels = self.recipe, self.plan.moments[frame], self.feeds.labels
        second = [labels[1], r.settings["seed_b"], r.settings["layers"]] if moment.mix else []
        size = [r.width, r.height, r.settings["fit"], r.settings["depth"]]
        size += [r.settings["tile_scale"]] if r.settings["fit"] == "tile" else []
        shared = [r.kind, r.digest, r.seed, size, labels[0], second, self.plan.keys]
        return json.dumps([*shared, asdict(moment)], separators=(",", ":"))

    def inputs(self, frame: int) -> Mapping[str, Array]:
        return self.feeds.at(self.plan.moments[frame])

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        image = arrays.picture(self.output, outputs[self.output.name])
        if len(image) == 1:
            image = np.repeat(image, 3, axis=0)
        size = self.recipe.height, self.recipe.width
        if _is_open(self.card) and image.shape[1] >= size[0] and image.shape[2] >= size[1]:
            frame_image = cut(image, size)
        else:
            fit = cast(Fit, self.recipe.settings["fit"])
            frame_image = fitted(image, size, fit, float(self.recipe.settings["tile_scale"]))
        return [png(frame_image, int(str(self.recipe.settings["depth"])))]


class Image(Kind):
    """Animated pictures from generators of the user's own."""

    name = "image"
    label = "Image"
    description = "Animated picture made by an imported generator (ONNX file)"
    suffix = ".png"
    parameters = PARAMETERS
    ships = False
    chosen_by = "label"
    place = 9

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        if not any(port.role in LATENTS for port in card.inputs):
            raise GeneratorError(f"{card.label} can't generate images: it has no latent input. Edit its roles.")
        check_given(card, "images")
        _output(card)
        recipe = super().checked(replace(recipe, settings=labeled(recipe.settings, card)), card)
        for name in ("label", "label_b"):
            place(card, str(recipe.settings[name]))
        if _is_open(card) and (recipe.width + card.stride) * (recipe.height + card.stride) > MAX_PIXELS:
            raise RecipeError(
                f"{recipe.width}×{recipe.height} px is too large for one frame. Make the frame smaller, and let "
                "Blender scale the strip."
            )
        return recipe

    def take(self, recipe: Recipe, card: Card) -> ImageTake:
        return ImageTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        label = str(recipe.settings["label"])
        name = f"{card.label}: {card.style(label).label}" if label else card.label
        alpha = recipe.settings["fit"] == "whole" or _output(card).channels == 4
        return {"name": name, "blend": "ALPHA_OVER", "alpha": alpha}

    def shown(self, parameter: Parameter, card: Card | None) -> str:
        if card is None:
            return ""
        if parameter.name == "layers" and not card.ports("latent_layers"):
            return ""
        return shown(parameter, card)


KIND = Image()


def _output(card: Card) -> Port:
    for role in ("image", "mask"):
        for port in card.outputs:
            if port.role == role:
                return port
    raise GeneratorError(f"{card.label} can't generate images: none of its outputs is a picture. Edit its roles.")


def _is_open(card: Card) -> bool:
    """Whether pictures are as large as the map of latents that is given, which may have any size."""
    return any(port.role == "latent_field" and -1 in port.shape[2:] for port in card.inputs)
