"""What the library and the gallery show of an imported generator: a frame, a sound and its waveform, its styles."""

from __future__ import annotations

import time
import wave
from io import BytesIO
from pathlib import Path

import numpy as np

from ..cards.card import Card
from ..errors import GeneratorError, RecipeError, TextError
from ..gallery import picture, tiles
from ..imaging.fit import fitted
from ..imaging.png import png
from ..imaging.small import webp
from ..inference.arrays import Array as Picture
from ..kinds import clip, kinds
from ..library import user
from ..recipe import Recipe
from ..sound import clips
from .trial import Small

#: Sides of a preview, px; seconds of a sound's where its network has no length of its own, and at most.
PREVIEW = 128
HEARD, LONGEST_HEARD = 4.0, 10.0
#: Seconds after which no further picture of a style is begun.
DRAWING = 10.0


def shown(card: Card, session: Small) -> dict[str, bytes]:
    """Return what a strip of this generator is with everything at its default, by file suffix: a frame as `.png`, or a
    sound as `.wav` and its waveform.

    Nothing of kinds that need footage or text to be made from.
    """
    made = kinds().get(card.kind)
    if made is None or made.made_from != "nothing":
        return {}
    is_sound = made.medium == "sound"
    seconds = HEARD
    if card.kind == clip.KIND.name:
        samples = clip.samples_of(card)
        seconds = min(max(samples / clip.rate_of(card), 0.05), LONGEST_HEARD) if samples else HEARD
    recipe = Recipe(
        card.kind, card.id, card.reading(), PREVIEW, PREVIEW, round(seconds * 100) if is_sound else 1, 100.0
    )
    take = made.take(recipe, card)
    # A take asks for no more of a session than Guarded has.
    data = b"".join(take.finish(0, take.run(session, 0)))  # type: ignore[arg-type]
    return {".wav": data, ".png": _waveform(data)} if is_sound else {".png": data}


def draw_styles(card: Card, session: Small, target: Path) -> None:
    """Draw the gallery's pictures of a generator's styles, as many as time allows: the first ones."""
    made = kinds().get(card.kind)
    user.forget_pictures(target)
    if made is None or made.made_from == "footage":
        return
    end = time.monotonic() + DRAWING
    for number, (style, _) in enumerate(tiles.offered(card, made)[: tiles.MOST]):
        if time.monotonic() > end:
            return
        values = {made.chosen_by: style} if style else {}
        try:
            image = picture.drawn(card, session, values)  # type: ignore[arg-type]
        except (GeneratorError, RecipeError, TextError):  # it was tried before: this frame is larger, that is all
            return
        user.write(user.style_picture(target, number), webp(image))


def _waveform(data: bytes) -> bytes:
    """Return the picture of a WAV file of 24 bits, as a PNG file."""
    with wave.open(BytesIO(data)) as file:
        whole = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
        samples = np.pad(whole, ((0, 0), (1, 0))).view("<i4").reshape(-1, file.getnchannels()).T / 2**31
    return png(clips.drawn(samples, PREVIEW).astype(np.float32))


def small(image: Picture) -> bytes:
    """Return a picture `[C,H,W]` in 0…1 as a PNG file of a preview's size."""
    colors = np.repeat(image, 3, axis=0) if len(image) == 1 else image
    return png(fitted(np.clip(colors, 0, 1), (PREVIEW, PREVIEW), "fill"))
