"""Sound effects: a network says what a sound is band by band and cell by cell, and noise and partials make it heard.

An event (a shot, a step) is one grid. A sound that goes on (rain) is a row of overlapping ones, whose latents walk
around in a circle: a loop closes by construction. Some styles are small scores of others (see `sound.scores`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..card import Card
from ..errors import GeneratorError
from ..parameters import Choice, Parameter
from ..recipe import MAX_SEED, Recipe
from ..sound import levels, render, room
from ..sound.bands import BANDS, CELLS, EVEN, Floats
from ..sound.noise import RATE
from ..sound.scores import SCORES, Part, along
from ..sound.shape import Controls
from ._kind import Array, Kind, Take
from ._length import check_length, length_of

#: The longest effect, seconds.
LONGEST = 120.0
#: Styles that are heard again and again unless told otherwise, and how often a second.
WALK = {"footsteps": 1.8}
#: Sounds that have a pitch unless told otherwise: how much of it, and whether it glides.
PITCHED = {"beep": (0.9, False), "laser": (0.6, True)}
#: How far another take of the same seed is from the first, and one repetition from the next (1: as another seed).
NEAR, NEXT = 0.4, 0.25
#: Repetitions of an event that differ from each other; after so many they come round.
REPETITIONS = 16

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


@dataclass(frozen=True)
class Piece:
    """A part of a score on the timeline of the strip: which grids of the network's it is, and where it begins."""

    part: Part
    persistence: float
    first: int
    grids: int
    start: int


class SoundTake(Take):
    """A sound recipe, ready to be made. See `Take`."""

    def __init__(self, recipe: Recipe, card: Card) -> None:
        self.recipe, self.card = recipe, card
        self.count = length_of(recipe)
        self.settings: Mapping[str, Any] = recipe.settings
        self.pieces = self._pieces()

    def key(self, frame: int) -> str:
        r = self.recipe
        return json.dumps([r.kind, r.digest, r.seed, r.frames, self.count, dict(r.settings), dict(r.tracks)])

    def inputs(self, frame: int) -> dict[str, Array]:
        """One row for each grid: latents of what the sound is, of what varies in it, and its class."""
        identity, variation, style = (self._port(role) for role in ("identity", "variation", "style"))
        rows: dict[str, list[Array]] = {identity.name: [], variation.name: [], style.name: []}
        for number, piece in enumerate(self.pieces):
            who = self._identity(number, identity.channels)
            walk = _walk(self._random(number, 1), piece, variation.channels)
            force = self._along("force", piece)
            mix = self._along("mix", piece)
            for n in range(piece.grids):
                rows[identity.name].append(self._mixed(who, mix[n]))
                rows[variation.name].append(walk[n] * float(force[n]))
                rows[style.name].append(self._style(piece.part.style, float(mix[n])))
        return {name: np.stack(values).astype(np.float32) for name, values in rows.items()}

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        from .. import media  # only the worker encodes; Blender's own process never loads the codecs

        grids = outputs[self.card.outputs[0].name]
        if grids.shape[1:] != (4, BANDS, CELLS) or not np.isfinite(grids).all():
            raise GeneratorError(f"{self.card.label} returned no description of a sound.")
        sound = self._mixdown(grids.astype(np.float64))
        closed = self._closed
        sound = levels.finished(sound, float(self.settings["attack"]), closed, self._channels)
        return [media.wav(levels.at_loudness(sound, float(self.settings["loudness"]), media.loudness), RATE)]

    @property
    def _channels(self) -> int:
        return 1 if self.settings["channels"] == "mono" else 2

    @property
    def _closed(self) -> bool:
        """Whether the end leads into the beginning."""
        return bool(self.settings["loop"]) and len(self.pieces) == 1 and self.pieces[0].persistence > 0

    def _pieces(self) -> list[Piece]:
        name, seconds = str(self.settings["style"]), self.count / RATE
        score = SCORES.get(name, (Part(name),))
        if any(part.style not in {style.name for style in self.card.styles} for part in score):
            score = (Part(name),)
        found: list[Piece] = []
        for part in score:
            lasts = self.card.style(part.style).persistence
            first = sum(piece.grids for piece in found)
            if lasts:
                found.append(Piece(part, lasts, first, render.windows(seconds, EVEN), 0))
                continue
            starts = self._starts() if len(score) == 1 else [round(part.start * self.count)]
            found.append(Piece(part, 0.0, first, min(len(starts), REPETITIONS), starts[0]))
        return found

    def _starts(self) -> list[int]:
        """Where an event begins, samples: once, or again and again with a little swing."""
        style, rhythm = str(self.settings["style"]), self.settings["rhythm"]
        if rhythm == "once" or (rhythm == "auto" and style not in WALK):
            return [0]
        rate = WALK[style] if rhythm == "auto" else float(self.settings["rate"])
        times = np.arange(max(1, int(self.count / RATE * rate))) / rate
        swing = self._random(0, 2).standard_normal(len(times)) * 0.02 / rate
        swing[0] = 0.0
        return [max(0, round(t)) for t in (times + swing) * RATE]

    def _identity(self, number: int, channels: int) -> tuple[Array, Array]:
        """The latents of the seed and of the one to morph to."""
        take = int(self.settings["take"])

        def of(seed: int) -> Array:
            own = _random(seed, number, 0).standard_normal(channels)
            if take:
                other = _random(seed, number, 16 + take).standard_normal(channels)
                own = own * np.sqrt(1 - NEAR**2) + other * NEAR
            return np.asarray(own * float(self.settings["variation"]), np.float32)

        return of(self.recipe.seed), of(int(self.settings["seed_b"]) or self.recipe.seed)

    def _mixed(self, who: tuple[Array, Array], mix: float) -> Array:
        return who[0] if who[0] is who[1] else who[0] + (who[1] - who[0]) * np.float32(mix)

    def _style(self, name: str, mix: float) -> Array:
        a = np.array(self.card.style(name).vector, np.float32)
        if name != self.settings["style"] or len(self.pieces) > 1:
            return a
        b = np.array(self.card.style(str(self.settings["style_b"])).vector, np.float32)
        return a + (b - a) * np.float32(mix)

    def _mixdown(self, grids: Floats) -> Floats:
        """All pieces together, `[2, count]`, in the space that the distance puts them in."""
        out, far = np.zeros((2, 2, self.count))
        for number, piece in enumerate(self.pieces):
            mine = grids[piece.first : piece.first + piece.grids]
            made = self._sustained(piece, mine, number) if piece.persistence else self._events(piece, mine, number)
            wet = np.interp(
                np.arange(self.count),
                np.linspace(0, self.count, len(self._track("distance"))),
                self._track("distance"),
            )
            wet = np.clip(wet + along(piece.part.distance, np.linspace(0, 1, self.count)), 0, 1)
            out += made * room.left(wet)
            far += made * wet
        if far.any():
            out += room.reverberation(far, self._random(0, 5))
        return levels.driven(out, float(np.mean(self._track("force"))))

    def _sustained(self, piece: Piece, grids: Floats, number: int) -> Floats:
        cells = len(grids) * render.HOP
        curves = {name: self._over(name, cells) for name in ("pitch", "brightness", "distance", "force")}
        at = np.linspace(0, 1, cells)
        part, size = piece.part, float(self.settings["heft"])
        controls = Controls(
            pitch=curves["pitch"] - 9 * size + along(part.pitch, at),
            brightness=curves["brightness"] - 0.25 * size + 0.15 * (curves["force"] - 1),
            distance=np.clip(curves["distance"] + along(part.distance, at), 0, 1),
            gain=along(part.gain, at),
            roughness=curves["force"],
            **self._pitch(part.style),
        )
        seed = self._seed(number)
        return render.sustained(grids, self.count, float(self.settings["stereo_width"]), controls, seed, self._closed)

    def _events(self, piece: Piece, grids: Floats, number: int) -> Floats:
        out = np.zeros((2, self.count))
        size, part = float(self.settings["heft"]), piece.part
        starts = self._starts() if len(self.pieces) == 1 else [piece.start]
        made: dict[int, Floats] = {}
        for n, start in enumerate(starts):
            if start >= self.count:
                continue
            which = n % len(grids)
            if which not in made:
                frame = min(int(start / self.count * self.recipe.frames), self.recipe.frames - 1)
                value = {name: self.recipe.track(name, frame) for name in ("pitch", "brightness", "distance", "force")}
                controls = Controls(
                    pitch=value["pitch"] - 9 * size + part.pitch[0][1],
                    brightness=value["brightness"] - 0.25 * size + 0.15 * (value["force"] - 1),
                    distance=min(value["distance"] + part.distance[0][1], 1.0),
                    gain=part.gain[0][1],
                    roughness=value["force"],
                    **self._pitch(part.style),
                )
                tail = float(self.settings["tail"]) * part.tail * 2 ** (0.7 * size)
                made[which] = render.event(
                    grids[which],
                    self.count,
                    float(self.settings["stereo_width"]),
                    controls,
                    tail,
                    self._seed(number) + n,
                )
            out[:, start:] += made[which][:, : self.count - start]
        return out

    def _pitch(self, style: str) -> dict[str, Any]:
        usual, glide = PITCHED.get(style, (0.0, True))
        return {"tone": float(np.clip(usual + float(self.settings["tone"]), 0, 1)), "glide": glide}

    def _along(self, name: str, piece: Piece) -> Floats:
        """A track's values at the middle of each of a piece's grids."""
        return self._over(name, piece.grids)

    def _over(self, name: str, count: int) -> Floats:
        """A track read at `count` places that divide the strip evenly."""
        track = self._track(name)
        return np.interp((np.arange(count) + 0.5) / count, (np.arange(len(track)) + 0.5) / len(track), track)

    def _track(self, name: str) -> Floats:
        return np.array(self.recipe.tracks[name], np.float64)

    def _port(self, role: str) -> Any:
        return self.card.ports(role)[0]

    def _seed(self, number: int) -> int:
        return (self.recipe.seed * 64 + number) * 64 + int(self.settings["take"]) * 7919

    def _random(self, number: int, layer: int) -> np.random.Generator:
        return _random(self.recipe.seed, number, layer + 100_000 * int(self.settings["take"]))


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


def _random(seed: int, number: int, layer: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, number << 32 | layer]))


def _walk(rng: np.random.Generator, piece: Piece, channels: int) -> Floats:
    """Latents `[grids, channels]` of what varies: around a circle for what goes on, near each other for repetitions."""
    white = rng.standard_normal((piece.grids, channels))
    if not piece.persistence:
        white[0] = 0
        return white * NEXT
    steps = np.arange(piece.grids)
    # Windows follow each other at half their length: the square root of a window's correlation.
    alike = piece.persistence ** (np.minimum(steps, piece.grids - steps) / 2)
    power = np.maximum(np.fft.fft(alike).real, 0)
    return np.fft.ifft(np.fft.fft(white, axis=0) * np.sqrt(power)[:, None], axis=0).real
