"""Letters that can be read whatever they are made of: light enough, and parted from what flies around them.

People read by contrast of light (WCAG 2.2, 1.4.3), so colour and grain may stay where the light differs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

#: The light that light letters are lifted to, 0…1: their mean, and what no spot of theirs may be below.
MEAN, LEAST = 0.8, 0.5
#: At most so many times as light, or the grain of dark materials would turn to noise.
GAIN = 4.0
#: The dark line around the letters: solid to this distance, gone at the other, in parts of the outside field.
SOLID, GONE = 0.06, 0.14
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # ITU-R BT.709


def legible(picture: Array, mask: Array, away: Array, amount: float, line: float, is_dark: bool) -> Array:
    """An effect, premultiplied `[4,H,W]`, with letters that stand out of it, as much as `amount` (0…1) says.

    `mask [H,W]` is the letters' coverage, their opacity in it, and `away [H,W]` the outside field (see `field`).
    Letters become lighter, or darker where the text `is_dark`; a `line` (0…1) of the opposite tone parts them from
    what is around. Without a line, an effect that keeps to the letters keeps its alpha.
    """
    colour = picture[:3] / np.maximum(picture[3], 1e-6)
    wanted = 1 - lifted(1 - colour, mask) if is_dark else lifted(colour, mask)
    near = np.clip((GONE - away) / (GONE - SOLID), 0, 1) * (1 - mask) * np.float32(amount * line)
    tone = np.float32(1.0 if is_dark else 0.0)
    parted = picture * (1 - near) + np.stack([near * tone, near * tone, near * tone, near])
    alpha = np.maximum(parted[3], mask * np.float32(amount))
    below = parted[:3] / np.maximum(parted[3], 1e-6)
    share = np.clip(mask / np.maximum(alpha, 1e-6), 0, 1) * np.float32(amount)  # of a pixel that is letter
    return np.concatenate(((below + (wanted - below) * share) * alpha, alpha[None]), dtype=np.float32)


def lifted(colour: Array, mask: Array) -> Array:
    """`colour [3,H,W]`, made lighter so that it stands out of the dark where `mask [H,W]` is."""
    light = np.tensordot(_LUMA, colour, 1)
    mean = float((light * mask).sum() / max(float(mask.sum()), 1e-6))
    lighter = np.clip(colour * np.float32(np.clip(MEAN / max(mean, 1e-3), 1.0, GAIN)), 0, 1)
    light = np.tensordot(_LUMA, lighter, 1)
    part = np.clip((LEAST - light) / (1 - light + 1e-6), 0, 1)  # of white that brings a spot to the least light
    return np.asarray(lighter + (1 - lighter) * part, np.float32)
