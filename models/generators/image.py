"""Animated pictures from generators of the user's own: DCGAN, StyleGAN and their like: a vector becomes a picture.

The vector walks (see `latents`), morphs to another seed or class, and is cut short by `truncation`; numbers that the
network takes are knobs. The picture, mostly square and of a fixed size, is brought into the frame (see `fit`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

import numpy as np

from .. import ports
from ..card import Card, Port
from ..errors import GeneratorError, RecipeError
from ..fit import Fit, cut, fitted
from ..latents import Walk, noise
from ..parameters import Choice, Parameter
from ..recipe import MAX_SEED, Recipe
from ._kind import Array, Kind, Take

#: Latent keys passed in a second at speed 1.
KEYS_PER_SECOND = 0.5
#: The most pixels that a network of open size makes for one frame.
MAX_PIXELS = 5120 * 2880
#: Numbers of a network that can be set.
KNOBS = 6
LATENTS = ("latent", "latent_layers", "latent_field")

PARAMETERS = (
    Parameter("label", "style", "", "Class", "What to make, where the generator knows classes"),
    Parameter("label_b", "style", "", "Morph to class", "A second class that the mix blends towards"),
    Parameter("seed_b", "int", 1000, "Morph to seed", "A second seed that the mix blends towards", 0, MAX_SEED),
    Parameter(
        "mix", "float", 0.0, "Mix", "How far the picture is from the first seed and class (0) to the second (1)",
        0.0, 1.0, unit="factor", animatable=True,
    ),
    Parameter(
        "layers", "choice", "all", "Morph layers", "Which layers of a StyleGAN morph: style mixing",
        choices=(
            Choice("all", "All", "Everything morphs"),
            Choice("coarse", "Coarse", "Shape and arrangement morph, colours and texture stay"),
            Choice("fine", "Fine", "Colours and texture morph, shape and arrangement stay"),
        ),
    ),
    Parameter(
        "truncation", "float", 0.8, "Truncation",
        "How far pictures may stray from the average: small is safe and similar, 1 is as varied as in training",
        0.0, 2.0, 0.0, 1.2, animatable=True,
    ),
    Parameter(
        "speed", "float", 1.0, "Speed", "How fast the picture evolves; 0 stands still",
        0.0, 20.0, 0.0, 4.0, animatable=True, group="motion",
    ),
    Parameter(
        "loop", "bool", True, "Exact loop",
        "The last frame leads into the first. Speed is rounded so that the circle closes", group="motion",
    ),
    *(
        Parameter(
            f"knob_{n}", "float", 0.0, f"Knob {n}",
            "A number that the network takes: 0 is its usual value, −1 its lowest and 1 its highest",
            -1.0, 1.0, animatable=True, group="knobs",
        )
        for n in range(1, KNOBS + 1)
    ),
    Parameter(
        "fit", "choice", "fill", "Fit", "How a picture of another size fills the frame", group="layout",
        choices=(
            Choice("fill", "Fill", "Cover the frame, cut off what does not fit"),
            Choice("stretch", "Stretch", "Cover the frame, ignore the proportions"),
            Choice("whole", "Whole", "Show all of it, transparent around"),
            Choice("tile", "Tile", "Repeat it"),
        ),
    ),
    Parameter(
        "tile_scale", "float", 1.0, "Tile scale", "Size of a repeated picture; 1 is pixel for pixel",
        0.05, 16.0, 0.25, 4.0, group="layout",
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
class Moment:
    """What a frame depends on: time in latent keys, mix, truncation and knobs."""

    time: float
    mix: float
    truncation: float
    knobs: tuple[float, ...]


class ImageTake(Take):
    """A recipe of a vector generator, ready to be made. See `Take`."""

    def __init__(self, recipe: Recipe, card: Card) -> None:
        self.recipe, self.card = recipe, card
        self.output = _output(card)
        self.latents = [port for port in card.inputs if port.role in LATENTS]
        self.numbers = knobs(card)
        self.cells = (math.ceil(recipe.height / card.stride), math.ceil(recipe.width / card.stride))
        self.labels = [_place(card, str(recipe.settings[name])) for name in ("label", "label_b")]
        self.keys, self.moments = _plan(recipe, len(self.numbers))
        shapes = [self._shape(port) for port in self.latents]
        seeds = (recipe.seed, int(recipe.settings["seed_b"]))
        self.walks = [Walk(seed, shapes, self.keys) for seed in seeds]

    def _shape(self, port: Port) -> tuple[int, int, int, int]:
        if port.role != "latent_field":
            return port.channels, 1, 1, 1
        _, channels, rows, columns = ports.shape(port, port.channels, self.cells)
        return channels, rows, columns, 1

    def key(self, frame: int) -> str:
        r, moment = self.recipe, self.moments[frame]
        second = [self.labels[1], r.settings["seed_b"], r.settings["layers"]] if moment.mix else []
        size = [r.width, r.height, r.settings["fit"], r.settings["depth"]]
        size += [r.settings["tile_scale"]] if r.settings["fit"] == "tile" else []
        shared = [r.kind, r.digest, r.seed, size, self.labels[0], second, self.keys]
        return json.dumps([*shared, asdict(moment)], separators=(",", ":"))

    def inputs(self, frame: int) -> Mapping[str, Array]:
        moment = self.moments[frame]
        feeds: dict[str, Any] = {}
        truncated = any(port.role == "truncation" for port in self.card.inputs)
        gain = np.float32(1.0 if truncated else moment.truncation)
        pairs = zip(*(walk.at(moment.time) for walk in self.walks), strict=True)
        for port, (a, b) in zip(self.latents, pairs, strict=True):
            feeds[port.name] = self._latent(port, a * gain, b * gain, moment.mix)
        for place, port in enumerate(self.card.inputs):
            if port.role == "truncation":
                feeds[port.name] = ports.number(port, moment.truncation)
            elif port.role == "class":
                feeds[port.name] = ports.number(port, self.labels[moment.mix >= 0.5])
            elif port.role == "one_hot":
                feeds[port.name] = ports.vector(port, self._one_hot(port, moment.mix))
            elif port.role == "noise":
                size = math.prod(ports.shape(port, port.channels, self.cells))
                field = noise(self.recipe.seed, 0, 128 + place % 128, (size, 1, 1)).ravel()
                feeds[port.name] = field.reshape(ports.shape(port, port.channels, self.cells)).astype(port.dtype)
        for port in self.card.inputs:
            if port.role in ("number", "switch"):
                feeds[port.name] = ports.number(port, port.default)
        for port, knob in zip(self.numbers, moment.knobs, strict=False):
            feeds[port.name] = ports.number(port, _turned(port, knob))
        return feeds

    def _latent(self, port: Port, a: Array, b: Array, mix: float) -> Any:
        # A quarter of a circle from one to the other: what is normal stays normal on the way.
        angle = mix * math.pi / 2
        both = a * np.float32(math.cos(angle)) + b * np.float32(math.sin(angle)) if mix else a
        if port.role == "latent_field":
            return ports.field(port, both)
        if port.role == "latent":
            return ports.vector(port, both.ravel())
        count = ports.shape(port)[-2]
        whole = np.broadcast_to(a.ravel(), (count, port.channels)).copy()
        half, layers = count // 2, self.recipe.settings["layers"]
        part = {"all": slice(0, count), "coarse": slice(0, half), "fine": slice(half, count)}[str(layers)]
        whole[part] = both.ravel()
        return ports.layers(port, whole)

    def _one_hot(self, port: Port, mix: float) -> Array:
        values = np.zeros(port.channels, np.float32)
        for label, share in zip(self.labels, (1 - mix, mix), strict=True):
            values[min(label, port.channels - 1)] += share
        return values

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> bytes:
        from .. import media  # only the worker encodes; Blender's own process never loads the codecs

        image = ports.picture(self.output, outputs[self.output.name])
        if len(image) == 1:
            image = np.repeat(image, 3, axis=0)
        size = self.recipe.height, self.recipe.width
        if _is_open(self.card) and image.shape[1] >= size[0] and image.shape[2] >= size[1]:
            frame_image = cut(image, size)
        else:
            fit = cast(Fit, self.recipe.settings["fit"])
            frame_image = fitted(image, size, fit, float(self.recipe.settings["tile_scale"]))
        return media.png(frame_image, int(str(self.recipe.settings["depth"])))


class Image(Kind):
    """Animated pictures from generators of the user's own."""

    name = "image"
    label = "Image"
    description = "An animated picture by a generator of your own, imported from an ONNX file"
    suffix = ".png"
    parameters = PARAMETERS
    ships = False
    place = 9

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        if not any(port.role in LATENTS for port in card.inputs):
            raise GeneratorError(f"{card.label} is no image generator: it lacks a latent input. Correct its roles.")
        _output(card)
        settings = dict(recipe.settings)
        if card.styles:
            settings["label"] = settings.get("label") or card.styles[0].name
            settings["label_b"] = settings.get("label_b") or settings["label"]
        recipe = super().checked(replace(recipe, settings=settings), card)
        for name in ("label", "label_b"):
            _place(card, str(recipe.settings[name]))
        if _is_open(card) and (recipe.width + card.stride) * (recipe.height + card.stride) > MAX_PIXELS:
            raise RecipeError(
                f"{recipe.width}×{recipe.height} px is more than one frame can hold. Make the frame smaller, and let "
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
        if parameter.name.startswith("knob_"):
            names = [port.name for port in knobs(card)]
            place = int(parameter.name.removeprefix("knob_")) - 1
            return names[place][:48] if place < len(names) else ""
        if parameter.name.startswith("label") and not card.styles:
            return ""
        if parameter.name == "layers" and not card.ports("latent_layers"):
            return ""
        return parameter.label


KIND = Image()


def knobs(card: Card) -> list[Port]:
    """The inputs that knobs set, in their order."""
    return [port for port in card.inputs if port.role in ("number", "switch")][:KNOBS]


def _output(card: Card) -> Port:
    for role in ("image", "mask"):
        for port in card.outputs:
            if port.role == role:
                return port
    raise GeneratorError(f"{card.label} is no image generator: it has no picture among its outputs. Correct its roles.")


def _is_open(card: Card) -> bool:
    """Whether pictures are as large as the map of latents that is given, which may have any size."""
    return any(port.role == "latent_field" and -1 in port.shape[2:] for port in card.inputs)


def _place(card: Card, name: str) -> int:
    """The number of a class; 0 where there are none."""
    return card.styles.index(card.style(name)) if name or card.styles else 0


def _turned(port: Port, knob: float) -> float:
    if port.role == "switch":
        return 1.0 if knob > 0 or (knob == 0 and port.default > 0) else 0.0
    return port.default + knob * (port.high - port.default if knob > 0 else port.default - port.low)


def _plan(recipe: Recipe, count: int) -> tuple[int | None, list[Moment]]:
    """The keys of the closed walk (None: it is open, or stands still), and the moment of each frame."""
    speeds = np.array([recipe.track("speed", n) for n in range(recipe.frames)])
    times = np.concatenate(([0.0], np.cumsum(speeds))) * KEYS_PER_SECOND / recipe.fps
    keys = None
    if recipe.settings["loop"] and times[-1]:
        keys = max(3, round(times[-1]))
        times *= keys / times[-1]
    moments = []
    for n in range(recipe.frames):
        turned = tuple(recipe.track(f"knob_{k + 1}", n) for k in range(count))
        moments.append(
            Moment(round(float(times[n]), 9) + 0.0, recipe.track("mix", n), recipe.track("truncation", n), turned)
        )
    return keys, moments
