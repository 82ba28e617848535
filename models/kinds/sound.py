"""Sound effects: a network says what a sound is band by band and cell by cell, and noise and partials make it heard.

An event (a shot, a step) is one grid. A sound that goes on (rain) is a row of overlapping ones, whose latents walk
around in a circle: a loop closes by construction. Some styles are small scores of others (see `sound.scores`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..cards.card import Card
from ..errors import GeneratorError
from ..parameters import Choice, Parameter
from ..recipe import MAX_SEED, Recipe
from ._base import Kind
from ._duration import check_length
from ._sound_take import SoundTake

#: The longest effect, seconds.
LONGEST = 120.0

PARAMETERS = (
    Parameter("style", "style", "", "Sound", "Sound effect to generate"),
    Parameter("style_b", "style", "", "Morph To", "Second sound that Mix blends toward", group="morph"),
    Parameter(
        "mix", "float", 0.0, "Mix", "Blend from the first sound (0) to the second (1)",
        0.0, 1.0, unit="factor", animatable=True, group="morph",
    ),
    Parameter(
        "pitch", "float", 0.0, "Pitch", "Pitch shift in semitones",
        -36.0, 36.0, -12.0, 12.0, animatable=True,
    ),
    Parameter(
        "brightness", "float", 0.0, "Brightness", "Tilt of the spectrum, from dull (−1) to harsh (1)",
        -2.0, 2.0, -1.0, 1.0, animatable=True, group="shape",
    ),
    Parameter(
        "distance", "float", 0.0, "Distance",
        "Distance of the sound, from close (0) to far away (1): air absorbs the treble and the room answers",
        0.0, 1.0, unit="factor", animatable=True,
    ),
    Parameter(
        "force", "float", 1.0, "Force",
        "Intensity of gusts, crackles and drive, from calm (0) to as recorded (1) and beyond",
        0.0, 3.0, 0.0, 2.0, animatable=True, group="shape",
    ),
    Parameter(
        "tone", "float", 0.0, "Tone", "More or less tonal than the sound usually is",
        -1.0, 1.0, group="shape",
    ),
    Parameter(
        "heft", "float", 0.0, "Size", "Size of the source. Larger is deeper, longer and duller", -2.0, 2.0, -1.0, 1.0,
        group="shape",
    ),
    Parameter("attack", "float", 0.0, "Attack", "Fade-in time in seconds", 0.0, 30.0, 0.0, 2.0,
              group="shape"),
    Parameter(
        "tail", "float", 1.0, "Tail", "Decay time of an event relative to its natural one",
        0.1, 8.0, 0.25, 4.0, group="shape",
    ),
    Parameter(
        "variation", "float", 1.0, "Variety", "How much seeds differ from the typical sound",
        0.0, 2.0, 0.0, 1.5, group="shape",
    ),
    Parameter(
        "take", "int", 0, "Take", "Variation number. Takes of one seed are close to each other",
        0, 9999, 0, 20, group="shape",
    ),
    Parameter(
        "seed_b", "int", 0, "Morph To Seed", "Second seed that Mix blends toward. 0 keeps the first one",
        0, MAX_SEED, group="morph",
    ),
    Parameter(
        "rhythm", "choice", "auto", "Rhythm", "How often an event happens", group="rhythm",
        choices=(
            Choice("auto", "Automatic", "Footsteps repeat, all other events happen once"),
            Choice("once", "Once", "Once, at the start of the strip"),
            Choice("repeat", "Repeat", "Repeatedly until the strip ends, each time slightly different"),
        ),
    ),
    Parameter("rate", "float", 2.0, "Rate", "Repetitions per second", 0.05, 20.0, 0.2, 10.0, group="rhythm",
              needs=("rhythm", "auto", "repeat")),
    Parameter(
        "loop", "bool", True, "Seamless Loop",
        "Make the end lead into the beginning, for continuous sounds", group="rhythm"
    ),
    Parameter(
        "channels", "choice", "stereo", "Channels", "Channels of the sound file", group="output",
        choices=(
            Choice("mono", "Mono", "One channel"),
            Choice("stereo", "Stereo", "Two channels that differ by Stereo Width"),
        ),
    ),
    Parameter("stereo_width", "float", 0.6, "Stereo Width", "How much the two channels differ", 0.0, 1.0, unit="factor",
              group="output", needs=("channels", "stereo")),
    Parameter(
        "loudness", "float", -20.0, "Loudness",
        "Integrated loudness in LUFS. Reduced where the true peak would exceed −1 dBTP",
        -60.0, -6.0, -36.0, -10.0, group="output",
    ),
)  # fmt: skip


class Sound(Kind):
    """Sound effects from a network of band envelopes."""

    name = "sound"
    label = "Sound"
    description = "Sound effect of any length at the playhead"
    suffix = ".wav"
    place = 2
    parameters = PARAMETERS
    medium = "sound"

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        roles = ("identity", "variation", "style")
        if not card.styles or any(len(card.ports(role)) != 1 for role in roles) or len(card.outputs) != 1:
            raise GeneratorError(f"{card.label} can't generate sounds: it needs styles, latents and a bands output.")
        settings = dict(recipe.settings)
        settings["style"] = settings.get("style") or card.styles[0].name
        settings["style_b"] = settings.get("style_b") or settings["style"]
        recipe = super().checked(replace(recipe, width=1, height=1, settings=settings), card)
        for name in ("style", "style_b"):
            card.style(str(recipe.settings[name]))
        check_length(recipe, LONGEST, "an effect can be", "Make a loop and repeat its strip.")
        return recipe

    def take(self, recipe: Recipe, card: Card) -> SoundTake:
        return SoundTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        return {"name": card.style(str(recipe.settings["style"])).label, "blend": "REPLACE", "alpha": False}


KIND = Sound()
