"""A score that ends with the cut: harmony by a Markov model, bars of melody by a network, played by a small orchestra.

The tempo is fitted so that whole bars fill the strip; the last two are a cadence, and the last chord rings to its end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..cards.card import Card
from ..errors import GeneratorError, RecipeError
from ..music.compose import PARTS, Note, ScorePlan, compose, fitted
from ..music.harmony import QUALITIES, Floats
from ..music.play import HALL, played
from ..parameters import Choice, Parameter
from ..recipe import Recipe
from ..sound import levels, room
from ..sound.files import wav
from ..sound.noise import RATE
from ._base import Array, Kind, Take
from ._duration import check_length, length_of

if TYPE_CHECKING:  # Blender's process plans jobs but never loads the runtime
    from ..inference.session import Session

#: The longest score, seconds; tempi that a score may be fitted to, beats a minute.
LONGEST = 900.0
SLOWEST, FASTEST = 30.0, 240.0
#: Mode, beats a minute, density and drive (percussion, weight) of each mood.
MOODS = {
    "calm": ("major", 66, 0.3, 0.0), "hopeful": ("major", 96, 0.55, 0.45), "bright": ("major", 120, 0.7, 0.7),
    "sad": ("minor", 60, 0.3, 0.0), "tense": ("minor", 100, 0.45, 0.6), "epic": ("minor", 126, 0.6, 1.0),
}  # fmt: skip
#: Instruments for melody, harmony and bass.
SETS: Mapping[str, tuple[str, str, str]] = {
    "orchestra": ("flute", "strings", "bass"), "piano": ("piano", "piano", "bass"),
    "dream": ("bell", "pad", "bass"), "synth": ("pluck", "pad", "bass"),
}  # fmt: skip
KEYS = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


def _names(names: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(name, name.capitalize(), about) for name, about in names.items())


PARAMETERS = (
    Parameter(
        "mood", "choice", "hopeful", "Mood", "Mode, tempo, density and weight of the score",
        choices=_names({
            "calm": "Major, slow, without drums", "hopeful": "Major, walking pace", "bright": "Major and lively",
            "sad": "Minor, slow, without drums", "tense": "Minor, urgent", "epic": "Minor, fast and heavy",
        }),
    ),
    Parameter(
        "instruments", "choice", "orchestra", "Instruments", "Instruments that play the score",
        choices=_names({
            "orchestra": "Flute, strings and basses", "piano": "A piano", "dream": "Bells over a pad",
            "synth": "Plucked synthesizer over a pad",
        }),
    ),
    Parameter(
        "tempo", "float", 0.0, "Tempo",
        "Beats per minute. 0 uses the tempo of the mood. Adjusted so that whole bars fill the strip",
        0.0, 240.0, 0.0, 180.0,
    ),
    Parameter("music_key", "choice", "auto", "Key", "Tonic of the score", group="shape", choices=(
        Choice("auto", "Automatic", "Chosen by the seed"),
        *(Choice(str(n), name, f"The tonic is {name}") for n, name in enumerate(KEYS)),
    )),
    Parameter(
        "density", "float", 0.0, "Density", "More or fewer notes than the mood usually has", -1.0, 1.0, unit="none",
        group="shape",
    ),
    Parameter(
        "accent", "float", 0.0, "Accent",
        "Accent at each frame where this rises above 0.5. Keyframe it, or use Accents at Markers",
        0.0, 1.0, unit="factor", animatable=True, group="picture",
    ),
    Parameter(
        "stem", "choice", "all", "Stem", "Parts to include", group="output",
        choices=(Choice("all", "All", "The whole score"), *_names({part: f"The {part} alone" for part in PARTS})),
    ),
    Parameter("loudness", "float", -16.0, "Loudness",
              "Integrated loudness in LUFS. Reduced where the true peak would exceed −1 dBTP",
              -60.0, -6.0, -36.0, -10.0, group="output"),
)  # fmt: skip


class MusicTake(Take):
    """A score, ready to be made. See `Take`."""

    def __init__(self, recipe: Recipe, card: Card) -> None:
        self.recipe, self.card = recipe, card
        self.plan = planned(recipe)

    def key(self, frame: int) -> str:
        r = self.recipe
        return json.dumps([r.kind, r.digest, r.seed, r.frames, r.fps, dict(r.settings), dict(r.tracks)])

    def inputs(self, frame: int) -> dict[str, Array]:
        """Latents of one bar on the tonic: enough to be given the chain's table."""
        return self._feeds(np.zeros((1, self._port("bar").channels)), [(0, 0)])

    def run(self, session: Session, frame: int) -> dict[str, Array]:
        table = session.run(self.inputs(frame))[self._output("chain")].astype(np.float64)

        def melodist(chords: list[tuple[int, int]], sections: list[str]) -> Floats:
            return session.run(self._feeds(self._latents(sections), chords))[self._output("events")].astype(np.float64)

        notes = compose(self.plan, table[int(self.plan.mode == "minor")], melodist, self._random(1))
        return {"notes": as_array(notes)}

    def midi(self, session: Session) -> bytes:
        """Return the score, or its one stem, as a MIDI file."""
        from ..music import midi  # only the worker writes such files

        stem = str(self.recipe.settings["stem"])
        notes = [note for note in from_array(self.run(session, 0)["notes"]) if stem in ("all", note.part)]
        return midi.written(notes, self.plan, str(self.recipe.settings["instruments"]))

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        notes = from_array(outputs["notes"])
        count = length_of(self.recipe)
        parts = played(notes, SETS[str(self.recipe.settings["instruments"])], count)
        whole = mixed(parts, self._random(2))
        stem = str(self.recipe.settings["stem"])
        gain = levels.at_loudness(_ended(whole), float(self.recipe.settings["loudness"]))
        if stem != "all":  # a stem has the level that it has in the whole: all of them together are the score
            scale = np.abs(gain).max() / max(np.abs(_ended(whole)).max(), 1e-12)
            gain = _ended(mixed({stem: parts[stem]}, self._random(2))) * scale
        return [wav(gain, RATE)]

    def _latents(self, sections: list[str]) -> Floats:
        """Return the latents of each bar: each section has its own; the return repeats the theme."""
        channels, rng = self._port("bar").channels, self._random(0)
        own = {name: rng.standard_normal((2, channels)) for name in ("theme", "contrast", "cadence")}
        same = {"intro": "theme", "return": "theme", "end": "cadence"}
        rows = []
        for bar, section in enumerate(sections):
            base = own[same.get(section, section)][bar % 2]
            rows.append(0.9 * base + 0.44 * np.random.default_rng([self.recipe.seed, bar]).standard_normal(channels))
        return np.array(rows)

    def _feeds(self, z: Floats, chords: list[tuple[int, int]]) -> dict[str, Array]:
        told = np.zeros((len(chords), self._port("chords").channels), np.float32)
        for row, pair in zip(told, chords, strict=True):
            for half, chord in enumerate(pair):
                for tone in list(QUALITIES.values())[chord % 4]:
                    row[12 * half + (chord // 4 + tone) % 12] = 1
            row[24] = self.plan.mode == "minor"
        return {self._port("bar").name: z.astype(np.float32), self._port("chords").name: told}

    def _port(self, role: str) -> Any:
        return self.card.ports(role)[0]

    def _output(self, role: str) -> str:
        return next(port.name for port in self.card.outputs if port.role == role)

    def _random(self, layer: int) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=[self.recipe.seed, 77 + layer]))


class Music(Kind):
    """A score to the cut."""

    name = "music"
    label = "Music"
    description = "Score that begins, develops and ends with the strip"
    suffix = ".wav"
    place = 3
    parameters = PARAMETERS
    medium = "sound"
    chosen_by = "mood"

    def checked(self, recipe: Recipe, card: Card) -> Recipe:
        roles = {port.role for port in (*card.inputs, *card.outputs)}
        if not roles >= {"bar", "chords", "events", "chain"} or card.ports("chords")[0].channels != 25:
            raise GeneratorError(f"{card.label} can't generate music: it needs bars, chords and a chain.")
        recipe = super().checked(replace(recipe, width=1, height=1), card)
        planned(recipe)
        return recipe

    def take(self, recipe: Recipe, card: Card) -> MusicTake:
        return MusicTake(self.checked(recipe, card), card)

    def presentation(self, recipe: Recipe, card: Card) -> Mapping[str, Any]:
        stem, mood = str(recipe.settings["stem"]), str(recipe.settings["mood"])
        name = f"{mood.capitalize()} score" + ("" if stem == "all" else f", {stem}")
        return {"name": name, "blend": "REPLACE", "alpha": False}


KIND = Music()


def planned(recipe: Recipe) -> ScorePlan:
    """Return what a checked recipe asks for. Raises RecipeError where no tempo makes whole bars of its length."""
    seconds = check_length(recipe, LONGEST, "a score can be", "Make several.")
    mode, usual, density, drive = MOODS[str(recipe.settings["mood"])]
    wanted = float(recipe.settings["tempo"]) or usual
    bars = fitted(seconds, wanted)
    tempo = bars * 240 / seconds
    if not SLOWEST <= tempo <= FASTEST:
        raise RecipeError(
            f"{seconds:.2f} s is too short for a score: two bars would need {tempo:.0f} beats a minute. "
            f"Make the strip at least {480 / FASTEST:.0f} s long, or the tempo faster than {SLOWEST:.0f}."
        )
    key = str(recipe.settings["music_key"])
    number = (
        int(np.random.Generator(np.random.Philox(key=[recipe.seed, 5])).integers(12)) if key == "auto" else int(key)
    )
    values = np.array([recipe.track("accent", n) for n in range(recipe.frames)])
    rises = np.nonzero((values > 0.5) & (np.concatenate(([0.0], values[:-1])) <= 0.5))[0]
    accents = tuple(float(frame / recipe.fps) for frame in rises)
    more = float(recipe.settings["density"]) * 0.5
    return ScorePlan(seconds, bars, mode, number, float(np.clip(density + more, 0, 1)), drive, accents)


def mixed(parts: Mapping[str, Floats], rng: np.random.Generator) -> Floats:
    """Parts `[2, count]` together, in a hall."""
    out, hall = np.zeros((2, 2, next(iter(parts.values())).shape[1]))
    for name, stage in parts.items():
        out += stage
        hall += HALL[name] * stage
    return out + 0.5 * room.reverberation(hall, rng)


def _ended(sound: Floats) -> Floats:
    """Return the last half second faded: the chord has been dying since the last bar began."""
    end = min(RATE // 2, sound.shape[1])
    sound = sound.copy()
    sound[:, sound.shape[1] - end :] *= np.cos(np.linspace(0, np.pi / 2, end)) ** 2
    sound -= sound.mean(1, keepdims=True)
    return sound


def as_array(notes: list[Note]) -> Array:
    """Return notes as numbers `[N, 5]`: start, length, pitch, velocity, part (double precision: times are exact)."""
    rows = [(n.start, n.length, n.pitch, n.velocity, PARTS.index(n.part)) for n in notes]
    return np.array(rows, np.float64)


def from_array(rows: Array) -> list[Note]:
    """Return what `as_array` wrote."""
    return [Note(float(a), float(b), int(c), float(d), PARTS[int(e)]) for a, b, c, d, e in rows]
