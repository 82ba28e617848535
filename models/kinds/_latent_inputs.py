"""What pictures and sounds of the user's own generators share: latents that walk and morph, classes, truncation, knobs.

A latent vector or map walks (see `latents`), morphs to another seed, and is cut short by `truncation`, which goes to
the network's own input where it has one. A class is a number or a vector. Numbers and switches are knobs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..cards.card import Card
from ..cards.port import Port
from ..errors import GeneratorError
from ..inference import arrays
from ..latents import Walk, noise
from ..parameters import Parameter
from ..recipe import MAX_SEED, Recipe
from ._base import Array

#: Latent keys passed in a second at speed 1.
KEYS_PER_SECOND = 0.5
#: Numbers of a network that can be set.
KNOBS = 6
LATENTS = ("latent", "latent_layers", "latent_field")
#: Roles of inputs that a strip of its own, without footage, can fill.
GIVEN = {*LATENTS, "class", "one_hot", "truncation", "noise", "number", "switch"}

MORPH = (
    Parameter("label", "style", "", "Class", "Class to generate, for generators that have classes"),
    Parameter("label_b", "style", "", "Morph To Class", "Second class that Mix blends toward", group="morph"),
    Parameter("seed_b", "int", 1000, "Morph To Seed", "Second seed that Mix blends toward", 0, MAX_SEED,
              group="morph"),
    Parameter(
        "mix", "float", 0.0, "Mix", "Blend from the first seed and class (0) to the second (1)",
        0.0, 1.0, unit="factor", animatable=True, group="morph",
    ),
)  # fmt: skip
TRUNCATION = Parameter(
    "truncation", "float", 0.8, "Truncation",
    "How far results may deviate from the average. Low values are safe and similar, 1 is as varied as the "
    "training data",
    0.0, 2.0, 0.0, 1.2, animatable=True,
)  # fmt: skip
MOTION = (
    Parameter(
        "speed", "float", 1.0, "Speed", "Speed of the evolution. 0 stands still",
        0.0, 20.0, 0.0, 4.0, animatable=True, group="motion",
    ),
    Parameter(
        "loop", "bool", True, "Seamless Loop",
        "Make the end lead into the beginning. Speed is rounded so that the loop closes", group="motion",
    ),
)  # fmt: skip
TURNED = tuple(
    Parameter(
        f"knob_{n}", "float", 0.0, f"Knob {n}",
        "Extra input of the network: 0 is its default value, −1 its lowest and 1 its highest",
        -1.0, 1.0, animatable=True, group="knobs",
    )
    for n in range(1, KNOBS + 1)
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """What a frame depends on: time in latent keys, mix, truncation and knobs."""

    time: float
    mix: float
    truncation: float
    knobs: tuple[float, ...]


@dataclass(frozen=True)
class WalkPlan:
    """The keys of a closed walk (None: it is open, or stands still), and the moment of each frame of the strip."""

    keys: int | None
    moments: tuple[Moment, ...]
    #: Time in keys at the beginning of each frame, and at the end of the last one.
    times: npt.NDArray[np.float64]

    @classmethod
    def of(cls, recipe: Recipe, card: Card) -> WalkPlan:
        """Return the plan of a checked recipe."""
        speeds = np.array([recipe.track("speed", n) for n in range(recipe.frames)])
        times = np.concatenate(([0.0], np.cumsum(speeds))) * KEYS_PER_SECOND / recipe.fps
        keys, count = None, len(knobs(card))
        if recipe.settings["loop"] and times[-1]:
            keys = max(3, round(times[-1]))
            times *= keys / times[-1]
        times = times - times[recipe.zero]
        moments = []
        for n in range(recipe.frames):
            turned = tuple(recipe.track(f"knob_{k + 1}", n) for k in range(count))
            moments.append(
                Moment(round(float(times[n]), 9) + 0.0, recipe.track("mix", n), recipe.track("truncation", n), turned)
            )
        return cls(keys, tuple(moments), times)


class Feeds:
    """What a network is given at any moment. `cells` are the rows and columns of maps of latents of open size."""

    def __init__(self, recipe: Recipe, card: Card, keys: int | None, cells: tuple[int, int]) -> None:
        self.recipe, self.card, self.cells = recipe, card, cells
        self.latents = [port for port in card.inputs if port.role in LATENTS]
        self.numbers = knobs(card)
        self.labels = [place(card, str(recipe.settings[name])) for name in ("label", "label_b")]
        shapes = [self._shape(port) for port in self.latents]
        self.walks = [Walk(seed, shapes, keys) for seed in (recipe.seed, int(recipe.settings["seed_b"]))]

    def _shape(self, port: Port) -> tuple[int, int, int, int]:
        if port.role != "latent_field" or is_sequence(port):
            return port.channels, 1, 1, 1
        _, channels, rows, columns = arrays.shape(port, port.channels, self.cells)
        return channels, rows, columns, 1

    def at(self, moment: Moment, times: npt.NDArray[np.float64] | None = None) -> Mapping[str, Array]:
        """Something for every input. `times`, in keys, are those of the steps of latents that are a sequence."""
        feeds: dict[str, Any] = {}
        truncated = any(port.role == "truncation" for port in self.card.inputs)
        gain = np.float32(1.0 if truncated else moment.truncation)
        pairs = zip(*(walk.at(moment.time) for walk in self.walks), strict=True)
        for layer, (port, (a, b)) in enumerate(zip(self.latents, pairs, strict=True)):
            if is_sequence(port):
                steps = [moment.time] if times is None else times
                a, b = (np.stack([walk.at(t)[layer].ravel() for t in steps], axis=-1) for walk in self.walks)
            feeds[port.name] = self._latent(port, a * gain, b * gain, moment.mix)
        for number, port in enumerate(self.card.inputs):
            if port.role == "truncation":
                feeds[port.name] = arrays.number(port, moment.truncation)
            elif port.role == "class":
                feeds[port.name] = arrays.number(port, self.labels[moment.mix >= 0.5])
            elif port.role == "one_hot":
                feeds[port.name] = arrays.vector(port, self._one_hot(port, moment.mix))
            elif port.role == "noise":
                size = math.prod(arrays.shape(port, port.channels, self.cells))
                field = noise(self.recipe.seed, 0, 128 + number % 128, (size, 1, 1)).ravel()
                feeds[port.name] = field.reshape(arrays.shape(port, port.channels, self.cells)).astype(port.dtype)
            elif port.role in ("number", "switch"):
                feeds[port.name] = arrays.number(port, port.default)
        for port, knob in zip(self.numbers, moment.knobs, strict=False):
            feeds[port.name] = arrays.number(port, turned(port, knob))
        return feeds

    def _latent(self, port: Port, a: Array, b: Array, mix: float) -> Any:
        # A quarter of a circle from one to the other: what is normal stays normal on the way.
        angle = mix * math.pi / 2
        both = a * np.float32(math.cos(angle)) + b * np.float32(math.sin(angle)) if mix else a
        if is_sequence(port):
            return arrays.sequence(port, both)
        if port.role == "latent_field":
            return arrays.field(port, both)
        if port.role == "latent":
            return arrays.vector(port, both.ravel())
        count = arrays.shape(port)[-2]
        whole = np.broadcast_to(a.ravel(), (count, port.channels)).copy()
        half, layers = count // 2, self.recipe.settings.get("layers", "all")
        part = {"all": slice(0, count), "coarse": slice(0, half), "fine": slice(half, count)}[str(layers)]
        whole[part] = both.ravel()
        return arrays.layers(port, whole)

    def _one_hot(self, port: Port, mix: float) -> Array:
        values = np.zeros(port.channels, np.float32)
        for label, share in zip(self.labels, (1 - mix, mix), strict=True):
            values[min(label, port.channels - 1)] += share
        return values


def knobs(card: Card) -> list[Port]:
    """Return the inputs that knobs set, in their order."""
    return [port for port in card.inputs if port.role in ("number", "switch")][:KNOBS]


def check_given(card: Card, what: str) -> None:
    """Raise GeneratorError for a card with an input that a strip without footage has nothing for."""
    for port in card.inputs:
        if port.role not in GIVEN:
            raise GeneratorError(
                f"{card.label} can't generate {what}: its input {port.name[:64]!r} is {port.role}, which is not "
                "available here. Edit its roles."
            )


def is_sequence(port: Port) -> bool:
    """Whether a port takes latents that change as a sound lasts: `[N,channels,steps]`."""
    return port.role == "latent_field" and len(port.shape) == 3


def place(card: Card, name: str) -> int:
    """Return the number of a class; 0 where there are none. Raises GeneratorError."""
    return card.styles.index(card.style(name)) if name or card.styles else 0


def labeled(settings: Mapping[str, Any], card: Card) -> dict[str, Any]:
    """Return settings whose classes are named where the generator knows any: the first one unless told."""
    found = dict(settings)
    if card.styles:
        found["label"] = found.get("label") or card.styles[0].name
        found["label_b"] = found.get("label_b") or found["label"]
    return found


def shown(parameter: Parameter, card: Card) -> str:
    """Return the label that panels show a shared parameter with; "" where the generator has no use for it."""
    if parameter.name.startswith("knob_"):
        names = [port.label for port in knobs(card)]
        number = int(parameter.name.removeprefix("knob_")) - 1
        return names[number] if number < len(names) else ""
    if parameter.name.startswith("label") and not card.styles:
        return ""
    return parameter.label


def turned(port: Port, knob: float) -> float:
    """Return the number that a port is given, for a knob at −1…1."""
    if port.role == "switch":
        return 1.0 if knob > 0 or (knob == 0 and port.default > 0) else 0.0
    return port.default + knob * (port.high - port.default if knob > 0 else port.default - port.low)
