"""Sound clips from generators of the user's own, such as WaveGAN or the decoder of a RAVE: latents become samples.

A network makes so many samples at once. A strip that is longer is filled with one clip after another, each a step
further on the latents' walk, with the same one, or with one alone; a shorter strip takes the beginning. A network whose
latents are a sequence of any length makes the whole strip, in parts of some seconds. Samples come at the rate that the
card says, and are brought to the one that all sounds here have.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..cards.card import Card
from ..cards.port import Port
from ..errors import GeneratorError
from ..inference import arrays
from ..latents import MAX_STEPS
from ..parameters import Choice, Parameter
from ..recipe import Recipe
from ..sound import clips, levels
from ..sound.bands import Floats
from ..sound.files import wav
from ..sound.noise import RATE
from ._base import Array, Kind, Take
from ._duration import check_length, length_of
from ._latent_inputs import (
    MORPH,
    MOTION,
    TRUNCATION,
    TURNED,
    Feeds,
    WalkPlan,
    check_given,
    is_sequence,
    labeled,
    place,
    shown,
)

if TYPE_CHECKING:  # Blender's process plans jobs but never loads the runtime
    from ..inference.session import Session

#: The longest strip, and the longest part that a network of open length makes at once, seconds.
LONGEST, PART = 300.0, 20.0
#: Rates that a length in whole seconds speaks for, the first that fits; and the lengths and the rate of WaveGAN
#: (Donahue et al., 2019).
COMMON = (48_000, 44_100, 24_000, 22_050, 16_000)
WAVEGAN = {16_384: 16_000, 32_768: 16_000, 65_536: 16_000}

PARAMETERS = (
    *MORPH,
    TRUNCATION,
    Parameter(
        "filling", "choice", "evolve", "Fill", "How to fill a strip that is longer than the generated clip",
        choices=(
            Choice("evolve", "Evolve", "Generate more clips, each evolved further by Speed"),
            Choice("repeat", "Repeat", "Repeat the same clip"),
            Choice("once", "Once", "Play the clip once, then silence"),
        ),
    ),
    *MOTION,
    *TURNED,
    Parameter(
        "overlap", "float", 0.1, "Overlap", "Fraction of each clip that crossfades into the next one",
        0.0, 0.5, unit="factor", group="shape",
    ),
    Parameter(
        "attack", "float", 0.0, "Attack", "Fade-in time in seconds", 0.0, 30.0, 0.0, 2.0, group="shape",
    ),
    Parameter(
        "loudness", "float", -20.0, "Loudness",
        "Integrated loudness in LUFS. Reduced where the true peak would exceed −1 dBTP",
        -60.0, -6.0, -36.0, -10.0, group="output",
    ),
)  # fmt: skip


class ClipTake(Take):
    """A recipe of a generator of sound, ready to be made. See `Take`."""

    def __init__(self, recipe: Recipe, card: Card) -> None:
        self.recipe, self.card = recipe, card
        self.output = _output(card)
        self.count = length_of(recipe)
        self.plan = WalkPlan.of(recipe, card)
        self.steps = 1
        self.open = next((port for port in card.inputs if is_open(port)), None)
        if self.open:
            share = 1 - float(recipe.settings["overlap"])
            parts = math.ceil(self.count / RATE / (PART * share))
            seconds = self.count / RATE / parts / share + 2 * clips.SOFT
            self.steps = math.ceil(seconds * rate_of(card) / self.open.stride)
        if longest := [port for port in card.inputs if is_sequence(port) and _steps(port, self.steps) > MAX_STEPS]:
            raise GeneratorError(
                f"{card.label}: the input {longest[0].name[:64]!r} takes {_steps(longest[0], self.steps)} latents, one "
                f"after another; at most {MAX_STEPS} can be walked. Make it noise instead."
            )
        self.filling = "evolve" if self.open else str(recipe.settings["filling"])
        self.feeds = Feeds(recipe, card, self.plan.keys, (1, self.steps))

    def key(self, frame: int) -> str:
        r = self.recipe
        return json.dumps([r.kind, r.digest, r.seed, r.frames, self.count, dict(r.settings), dict(r.tracks)])

    def inputs(self, frame: int) -> Mapping[str, Array]:
        """Return what the network is given for the first clip."""
        return self._feeds(0)

    def run(self, session: Session, frame: int) -> dict[str, Array]:
        """All clips, `[clips, channels, count]`, one after another; one where the others would be the same."""
        first = self._clip(session, 0)
        places = [0] if self.filling != "evolve" else self._places(first.shape[1])
        made = [first, *(self._clip(session, start) for start in places[1:])]
        return {self.output.name: np.stack(made)}  # in double precision

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        made = np.asarray(outputs[self.output.name], np.float64)
        length = made.shape[2]
        places = [0] if self.filling == "once" else self._places(length)
        closed = self._closed(length)
        each = [made[n % len(made)] for n in range(len(places))]
        sound = clips.joined(each, places, self.count, self._fade(length), closed)
        sound = levels.finished(sound, float(self.recipe.settings["attack"]), closed, len(sound))
        return [wav(levels.at_loudness(sound, float(self.recipe.settings["loudness"])), RATE)]

    def _clip(self, session: Session, start: int) -> Floats:
        samples = arrays.sound(self.output, session.run(self._feeds(start))[self.output.name])
        return clips.at_rate(samples, rate_of(self.card, samples.shape[1]))

    def _feeds(self, start: int) -> Mapping[str, Array]:
        """Something for every input, for a clip that begins at sample `start` of the strip."""
        frame = min(int(start / self.count * self.recipe.frames), self.recipe.frames - 1)
        return self.feeds.at(self.plan.moments[frame], self._times(start))

    def _times(self, start: int) -> Floats:
        """When, in keys of the walk, the steps of latents that are a sequence are."""
        sequence = next((port for port in self.card.inputs if is_sequence(port)), None)
        if sequence is None:
            return np.zeros(1)
        places = start + np.arange(_steps(sequence, self.steps)) * sequence.stride / rate_of(self.card) * RATE
        rounds, rest = np.divmod(places, self.count)  # a closed walk goes round; an open one goes on as it went
        times = np.interp(rest / self.count * self.recipe.frames, np.arange(self.recipe.frames + 1), self.plan.times)
        return np.asarray(times + rounds * self.plan.times[-1])

    def _fade(self, length: int) -> int:
        share = float(self.recipe.settings["overlap"])
        return min(max(round(share * length), round(clips.SOFT * RATE)), length // 2, self.count // 2)

    def _places(self, length: int) -> list[int]:
        return clips.starts(self.count, length, self._fade(length), self._closed(length))

    def _closed(self, length: int) -> bool:
        """Whether the end leads into the beginning."""
        return bool(self.recipe.settings["loop"]) and self.filling != "once" and length > 2


class Clip(Kind):
    """Sound clips from generators of the user's own."""

    name = "clip"
    label = "Sound Clip"
    description = "Sound made by an imported generator (ONNX file)"
    suffix = ".wav"
    parameters = PARAMETERS
    medium = "sound"
    ships = False
    chosen_by = "label"
    place = 10

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        _output(card)
        check_given(card, "sound clips")
        if any(-1 in port.shape[2:] and not is_open(port) for port in card.ports("latent_field")):
            raise GeneratorError(
                f"{card.label}: the latents of a sound must be a vector, or a sequence with three dimensions."
            )
        recipe = replace(recipe, width=1, height=1, settings=labeled(recipe.settings, card))
        recipe = super().checked(recipe, card)
        for name in ("label", "label_b"):
            place(card, str(recipe.settings[name]))
        check_length(recipe, LONGEST, "a clip can be", "Make a loop and repeat its strip.")
        return recipe

    def take(self, recipe: Recipe, card: Card) -> ClipTake:
        return ClipTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        label = str(recipe.settings["label"])
        name = f"{card.label}: {card.style(label).label}" if label else card.label
        return {"name": name, "blend": "REPLACE", "alpha": False}

    def shown(self, parameter: Parameter, card: Card | None) -> str:
        if card is None or (parameter.name == "filling" and any(map(is_open, card.inputs))):
            return ""
        return shown(parameter, card)


KIND = Clip()


def is_open(port: Port) -> bool:
    """Whether a port takes a sequence of latents of any length, and so makes a sound of any length."""
    return is_sequence(port) and port.shape[-1 if port.layout == "nchw" else 1] == -1


def _steps(port: Port, steps: int) -> int:
    """How many latents, one after another, a port takes: `steps` where that is open."""
    return arrays.shape(port, port.channels, (1, steps))[-1 if port.layout == "nchw" else 1]


def rate_of(card: Card, samples: int = 0) -> int:
    """Return a generator's sample rate in hertz: as its card says, or as the number of `samples` suggests."""
    return _output(card).rate or usual_rate(samples or samples_of(card))


def samples_of(card: Card) -> int:
    """Return samples that a network makes at once; 0 where that is open or unknown."""
    if any(map(is_open, card.inputs)):
        return 0
    return max(0, *_output(card).shape, 0)


def usual_rate(samples: int) -> int:
    """Return the rate that a number of samples speaks for, as far as it does."""
    if samples in WAVEGAN:
        return WAVEGAN[samples]
    return next((rate for rate in COMMON if samples and samples % rate == 0), 44_100)


def _output(card: Card) -> Port:
    for port in card.outputs:
        if port.role == "sound":
            return port
    raise GeneratorError(f"{card.label} can't generate sound clips: none of its outputs is audio. Edit its roles.")
