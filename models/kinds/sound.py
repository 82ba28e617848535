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
    Parameter("style", "style", "", "Sound", "What is heard"),
    Parameter("style_b", "style", "", "Morph to", "A second sound that the mix blends towards"),
    Parameter(
        "mix", "float", 0.0, "Mix", "How far the sound is from the first one (0) to the second (1)",
        0.0, 1.0, unit="factor", animatable=True,
    ),
    Parameter(
        "pitch", "float", 0.0, "Pitch", "Higher or lower, in semitones",
        -36.0, 36.0, -12.0, 12.0, animatable=True,
    ),
    Parameter(
        "brightness", "float", 0.0, "Brightness", "Tilts the spectrum: −1 is dull, 1 is harsh",
        -2.0, 2.0, -1.0, 1.0, animatable=True,
    ),
    Parameter(
        "distance", "float", 0.0, "Distance", "From here (0) to far away (1): air takes the treble, a space answers",
        0.0, 1.0, unit="factor", animatable=True,
    ),
    Parameter(
        "force", "float", 1.0, "Force",
        "How fierce it is: gusts, crackles and drive. 1 is as recorded; 0 is calm and even",
        0.0, 3.0, 0.0, 2.0, animatable=True,
    ),
    Parameter(
        "tone", "float", 0.0, "Tone", "More or less of one pitch in the sound than is usual for it",
        -1.0, 1.0, group="shape",
    ),
    Parameter(
        "heft", "float", 0.0, "Size", "Of what sounds: larger is deeper, longer and duller", -2.0, 2.0, -1.0, 1.0,
        group="shape",
    ),
    Parameter("attack", "float", 0.0, "Attack", "Seconds that the sound fades in over", 0.0, 30.0, 0.0, 2.0,
              group="shape"),
    Parameter(
        "tail", "float", 1.0, "Tail", "How long an event dies away, against what is natural for it",
        0.1, 8.0, 0.25, 4.0, group="shape",
    ),
    Parameter(
        "variation", "float", 1.0, "Variety", "How far seeds lie from the typical sound of the class",
        0.0, 2.0, 0.0, 1.5, group="shape",
    ),
    Parameter(
        "take", "int", 0, "Take", "More like this: other takes of the same seed are close to the first one",
        0, 9999, 0, 20, group="shape",
    ),
    Parameter(
        "seed_b", "int", 0, "Morph to seed", "A second seed that the mix blends towards; 0 stays with the first",
        0, MAX_SEED, group="shape",
    ),
    Parameter(
        "rhythm", "choice", "auto", "Rhythm", "How often an event is heard", group="rhythm",
        choices=(
            Choice("auto", "Automatic", "Footsteps walk, all others happen once"),
            Choice("once", "Once", "At the start of the strip"),
            Choice("repeat", "Repeat", "Again and again until the strip ends, each time a little different"),
        ),
    ),
    Parameter("rate", "float", 2.0, "Rate", "Repetitions a second", 0.05, 20.0, 0.2, 10.0, group="rhythm"),
    Parameter(
        "loop", "bool", True, "Exact loop", "The end leads into the beginning, for sounds that go on", group="rhythm"
    ),
    Parameter(
        "channels", "choice", "stereo", "Channels", "Of the sound file", group="output",
        choices=(Choice("mono", "Mono", "One channel"), Choice("stereo", "Stereo", "Two that differ by the width")),
    ),
    Parameter("stereo_width", "float", 0.6, "Stereo width", "How much the two channels differ", 0.0, 1.0, unit="factor",
              group="output"),
    Parameter(
        "loudness", "float", -20.0, "Loudness",
        "Integrated loudness in LUFS; less where the true peak would pass −1 dBTP",
        -60.0, -6.0, -36.0, -10.0, group="output",
    ),
)  # fmt: skip


class Sound(Kind):
    """Sound effects from a network of band envelopes."""

    name = "sound"
    label = "Sound"
    description = "A sound effect at the playhead, as long as you like"
    suffix = ".wav"
    place = 2
    parameters = PARAMETERS
    medium = "sound"

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        roles = ("identity", "variation", "style")
        if not card.styles or any(len(card.ports(role)) != 1 for role in roles) or len(card.outputs) != 1:
            raise GeneratorError(f"{card.label} is no sound generator: it lacks styles, latents or bands.")
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
