"""Draw the picture of a style: one frame of what it makes, a sound's waveform, or a score's notes."""

from __future__ import annotations

import wave
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..cards.card import Card
from ..imaging.resample import resized
from ..imaging.small import decoded
from ..kinds import Kind, kind
from ..kinds.music import MusicTake, from_array
from ..music.compose import Note
from ..parameters import Value
from ..recipe import Recipe
from ..sound import clips
from ..text.folders import shipped as font
from ..text.spec import Spec

if TYPE_CHECKING:
    from ..inference.session import Session

Array = npt.NDArray[np.float32]
#: Side of a picture, px; side of the frame that it shows, of a material and of others; frames a second, and of a loop.
SIDE, CLOSE, FRAME, RATE, LOOP = 192, 256, 384, 24.0, 48
#: Seconds of a sound and of a score.
HEARD, SCORE = 3.0, 12.0
#: The frame that is shown: elements have risen by then.
SHOWN = 12
#: Behind what has alpha, from the top down; under waveforms; colors of waveforms and of the parts of a score.
_DUSK = ((0.10, 0.12, 0.18), (0.26, 0.24, 0.28))
_DARK = (0.11, 0.12, 0.14)
_WAVE = (0.42, 0.78, 0.92)
_PARTS = {"melody": (1.0, 0.78, 0.35), "harmony": (0.40, 0.72, 0.92), "bass": (0.62, 0.48, 0.90),
          "percussion": (0.55, 0.58, 0.62)}  # fmt: skip
_WORD = "Aa"


def drawn(card: Card, session: Session, values: Mapping[str, Value], footage: Sequence[Path] = ()) -> Array:
    """Return a picture `[3,SIDE,SIDE]` in 0…1 of what a generator makes with these settings, all others at default.

    `footage` is one image file for kinds that are made from footage. Raises LatentStripsError.
    """
    made = kind(card.kind)
    recipe = _recipe(made, card, values)
    take = made.take(recipe, card)
    if footage:
        take.attach(footage)
    number = min(SHOWN, made.count(recipe) - 1)
    outputs = take.run(session, number)
    if isinstance(take, MusicTake):
        return _score(from_array(outputs["notes"]))
    data = b"".join(take.finish(number, outputs))
    if made.medium == "sound":
        return _sound(data)
    picture = decoded(data)
    if card.kind == "matte":
        return _revealed(picture, str(values.get("shown", "luma")))
    if made.made_from == "text":
        return _over(_centered(picture), _ground())
    if card.kind == "footage_mask":
        source = resized(decoded(footage[0].read_bytes())[:3], (SIDE, SIDE))
        mask = resized(picture, (SIDE, SIDE))[:1]
        mask[..., : SIDE // 2] = 1  # beside what is left of it, the footage as it was
        return _over(np.concatenate((source, mask)), _checks())
    is_light = made.presentation(recipe, card)["blend"] == "SCREEN"
    return _over(resized(picture, (SIDE, SIDE)), np.zeros_like(_ground()) if is_light else _ground())


def _recipe(made: Kind, card: Card, values: Mapping[str, Value]) -> Recipe:
    """Return the checked recipe of a frame, a loop or a sound."""
    seconds = {"sound": HEARD, "music": SCORE, "clip": HEARD}.get(made.name)
    frames = round(seconds * RATE) if seconds else LOOP if made.made_from == "nothing" else 1
    animatable = {parameter.name for parameter in made.parameters if parameter.animatable}
    settings = {name: value for name, value in values.items() if name not in animatable}
    tracks = {name: (float(value),) for name, value in values.items() if name in animatable}
    if made.made_from == "text":
        settings["layout"] = Spec(_WORD, (font("Inter"),), SIDE * 0.58, (SIDE, SIDE), bold=True).json()
    seed = int(settings.pop("seed", 7))
    recipe = Recipe(made.name, card.id, card.digest, FRAME, FRAME, frames, RATE, seed, settings, tracks)
    recipe = made.checked(recipe, card)
    is_material = made.name == "texture" and not made.presentation(recipe, card)["alpha"]
    return replace(recipe, width=CLOSE, height=CLOSE) if is_material else recipe


def _ground() -> Array:
    """Return what is behind a picture with alpha: dusk."""
    rows = np.linspace(0, 1, SIDE, dtype=np.float32)[None, :, None]
    top, bottom = (np.array(color, np.float32)[:, None, None] for color in _DUSK)
    return np.broadcast_to(top + (bottom - top) * rows, (3, SIDE, SIDE))


def _checks() -> Array:
    """Return the squares that stand for nothing."""
    y, x = np.mgrid[:SIDE, :SIDE] // 12
    return np.broadcast_to(np.where((x + y) % 2, 0.30, 0.42).astype(np.float32), (3, SIDE, SIDE))


def _over(picture: Array, ground: Array) -> Array:
    """`picture [3|4,H,W]` over `ground [3,H,W]`."""
    alpha = picture[3:4] if len(picture) == 4 else np.float32(1)
    return np.asarray(picture[:3] * alpha + ground * (1 - alpha), np.float32)


def _revealed(picture: Array, shown: str) -> Array:
    """Return an evening that a matte lets grow over the night."""
    small = resized(picture, (SIDE, SIDE))
    if shown == "glow":
        return _over(small, np.zeros((3, SIDE, SIDE), np.float32))
    mask = small[3:4] if shown == "alpha" else small[:1]
    rows = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None]
    night = np.stack([0.05 + 0.05 * rows, 0.08 + 0.12 * rows, 0.20 + 0.16 * rows])
    evening = np.stack([0.98 - 0.06 * rows, 0.80 - 0.38 * rows, 0.52 - 0.30 * rows])
    return np.asarray(evening * mask + night * (1 - mask), np.float32)


def _centered(picture: Array) -> Array:
    """`[4,H,W]` in the middle of `[4,SIDE,SIDE]`, as its box lies in the frame."""
    frame = np.zeros((4, SIDE, SIDE), np.float32)
    top, left = ((SIDE - side) // 2 for side in picture.shape[1:])
    part = picture[:, max(-top, 0) :, max(-left, 0) :][:, :SIDE, :SIDE]
    top, left = max(top, 0), max(left, 0)
    frame[:, top : top + part.shape[1], left : left + part.shape[2]] = part
    return frame


def _sound(data: bytes) -> Array:
    """Return the waveform of a WAV file of 24 bits."""
    with wave.open(BytesIO(data)) as file:
        whole = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
        samples = np.pad(whole, ((0, 0), (1, 0))).view("<i4").reshape(-1, file.getnchannels()).T / 2**31
    shape = clips.drawn(samples, SIDE)[3].astype(np.float32)
    dark, color = (np.array(each, np.float32)[:, None, None] for each in (_DARK, _WAVE))
    return np.asarray(dark + (color - dark) * shape, np.float32)


def _score(notes: Sequence[Note]) -> Array:
    """Return notes as they are written: time to the right, pitch upward, percussion along the foot."""
    picture = np.empty((3, SIDE, SIDE), np.float32)
    picture[:] = np.array(_DARK, np.float32)[:, None, None]
    pitched = [note.pitch for note in notes if note.part != "percussion"] or [60]
    low, high = min(pitched) - 2, max(pitched) + 2
    foot = SIDE - 34
    for note in notes:
        left = int(note.start / SCORE * SIDE)
        right = max(left + 2, int((note.start + note.length) / SCORE * SIDE) - 1)
        row = foot - (note.pitch - low) * (foot - 6) / (high - low)
        if note.part == "percussion":
            row, right = SIDE - 24 + 7.0 * (note.pitch % 3), left + 3
        color = np.array(_PARTS[note.part], np.float32) * np.float32(0.55 + 0.45 * note.velocity)
        picture[:, int(row) : int(row) + 4, left:right] = color[:, None, None]
    return picture
