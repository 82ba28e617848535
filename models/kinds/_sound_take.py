"""A sound recipe at work: what the network is asked for, and how its answer is made into a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..cards.card import Card
from ..errors import GeneratorError
from ..recipe import Recipe
from ..sound import levels, render, room
from ..sound.bands import BANDS, CELLS, Floats
from ..sound.files import wav
from ..sound.noise import RATE
from ..sound.paths import walk
from ..sound.scores import along
from ..sound.shape import Controls
from ..sound.styles import pitch
from ._base import Array, Take
from ._duration import length_of
from ._sound_latents import identity, noise_seed, randomness
from ._sound_pieces import ScoredSound, pieces


class SoundTake(Take):
    """A sound recipe, ready to be made. See `Take`."""

    def __init__(self, recipe: Recipe, card: Card) -> None:
        self.recipe, self.card = recipe, card
        self.count = length_of(recipe)
        self.settings: Mapping[str, Any] = recipe.settings
        self.pieces = pieces(recipe, card, self.count)

    def key(self, frame: int) -> str:
        r = self.recipe
        return json.dumps([r.kind, r.digest, r.seed, r.frames, self.count, dict(r.settings), dict(r.tracks)])

    def inputs(self, frame: int) -> dict[str, Array]:
        """One row for each grid: latents of what the sound is, of what varies in it, and its class."""
        who, varies, style = (self.card.ports(role)[0] for role in ("identity", "variation", "style"))
        rows: dict[str, list[Array]] = {who.name: [], varies.name: [], style.name: []}
        for number, piece in enumerate(self.pieces):
            is_at = identity(self.recipe, number, who.channels)
            path = walk(randomness(self.recipe, number, 1), piece.grids, piece.persistence, varies.channels)
            force, mix = self._over("force", piece.grids), self._over("mix", piece.grids)
            for n in range(piece.grids):
                rows[who.name].append(is_at(mix[n]))
                rows[varies.name].append(path[n] * float(force[n]))
                rows[style.name].append(self._style(piece.part.style, float(mix[n])))
        return {name: np.stack(values).astype(np.float32) for name, values in rows.items()}

    def finish(self, frame: int, outputs: Mapping[str, Array]) -> Iterable[bytes]:
        grids = outputs[self.card.outputs[0].name]
        if grids.shape[1:] != (4, BANDS, CELLS) or not np.isfinite(grids).all():
            raise GeneratorError(
                f"{self.card.label} returned something other than sound bands. Choose another generator."
            )
        channels = 1 if self.settings["channels"] == "mono" else 2
        sound = self._mixdown(grids.astype(np.float64))
        sound = levels.finished(sound, float(self.settings["attack"]), self._closed, channels)
        return [wav(levels.at_loudness(sound, float(self.settings["loudness"])), RATE)]

    @property
    def _closed(self) -> bool:
        """Whether the end leads into the beginning."""
        return bool(self.settings["loop"]) and len(self.pieces) == 1 and self.pieces[0].persistence > 0

    def _style(self, name: str, mix: float) -> Array:
        a = np.array(self.card.style(name).vector, np.float32)
        if name != self.settings["style"] or len(self.pieces) > 1:
            return a
        b = np.array(self.card.style(str(self.settings["style_b"])).vector, np.float32)
        return a + (b - a) * np.float32(mix)

    def _mixdown(self, grids: Floats) -> Floats:
        """All pieces together, `[2, count]`, in the space that the distance puts them in."""
        out, far = np.zeros((2, 2, self.count))
        track = np.array(self.recipe.tracks["distance"], np.float64)
        distance = np.interp(np.arange(self.count), np.linspace(0, self.count, len(track)), track)
        for number, piece in enumerate(self.pieces):
            mine = grids[piece.first : piece.first + piece.grids]
            made = self._sustained(piece, mine, number) if piece.persistence else self._events(piece, mine, number)
            wet = np.clip(distance + along(piece.part.distance, np.linspace(0, 1, self.count)), 0, 1)
            out += made * room.left(wet)
            far += made * wet
        if far.any():
            out += room.reverberation(far, randomness(self.recipe, 0, 5))
        return levels.driven(out, float(np.mean(self.recipe.tracks["force"])))

    def _sustained(self, piece: ScoredSound, grids: Floats, number: int) -> Floats:
        cells, width = len(grids) * render.HOP, float(self.settings["stereo_width"])
        values = {name: self._over(name, cells) for name in ("pitch", "brightness", "distance", "force")}
        controls = self._controls(piece, values, np.linspace(0, 1, cells))
        return render.sustained(grids, self.count, width, controls, noise_seed(self.recipe, number), self._closed)

    def _events(self, piece: ScoredSound, grids: Floats, number: int) -> Floats:
        out, width = np.zeros((2, self.count)), float(self.settings["stereo_width"])
        tail = float(self.settings["tail"]) * piece.part.tail * 2 ** (0.7 * float(self.settings["heft"]))
        made: dict[int, Floats] = {}
        for n, start in enumerate(piece.starts):
            if start >= self.count:
                continue
            which = n % len(grids)
            if which not in made:
                frame = min(int(start / self.count * self.recipe.frames), self.recipe.frames - 1)
                names = ("pitch", "brightness", "distance", "force")
                controls = self._controls(piece, {name: self.recipe.track(name, frame) for name in names}, np.zeros(1))
                seed = noise_seed(self.recipe, number) + n
                made[which] = render.event(grids[which], self.count, width, controls, tail, seed)
            out[:, start:] += made[which][:, : self.count - start]
        falls = along(piece.part.gain, np.linspace(0, 1, self.count)) - piece.part.gain[0][1]
        return out * 10 ** (falls / 20)

    def _controls(self, piece: ScoredSound, values: Mapping[str, Any], at: Floats) -> Controls:
        """Return the controls of a piece: the recipe's `values`, and what the score says `at` parts of its length."""
        size, part = float(self.settings["heft"]), piece.part
        return Controls(
            pitch=values["pitch"] - 9 * size + along(part.pitch, at),
            brightness=values["brightness"] - 0.25 * size + 0.15 * (values["force"] - 1),
            distance=np.clip(values["distance"] + along(part.distance, at), 0, 1),
            gain=along(part.gain, at),
            roughness=values["force"],
            **pitch(part.style, float(self.settings["tone"])),
        )

    def _over(self, name: str, count: int) -> Floats:
        """Return a track read at `count` places that divide the strip evenly."""
        track = np.array(self.recipe.tracks[name], np.float64)
        return np.interp((np.arange(count) + 0.5) / count, (np.arange(len(track)) + 0.5) / len(track), track)
