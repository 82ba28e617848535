"""Letters that can be read whatever they are made of: light and even enough, and parted from what flies around them.

People read by contrast of light (WCAG 2.2, 1.4.3), so color may stay where the light differs: a dark spot is first
made stronger in its own color, then hotter (a gamma, which turns red to orange and orange to yellow) or paler. What is
brighter than it needs to be keeps its grain.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

#: At full amount: the mean light of light letters, 0…1; how far below it the grain may go; and how flat the grain that
#: is darker than that becomes.
MEAN, BELOW, FLAT = 1.2, 0.1, 1.17
#: No letter is asked to be lighter than this.
LIGHTEST = 0.9
#: How much of its color a surface keeps as it becomes lighter: of what glows, and of what is lit.
GLOWING, LIT = 1.0, 0.5
#: The dark line around the letters: solid to this distance, gone at the other, in parts of the outside field.
SOLID, GONE = 0.06, 0.14
#: The effect is this much weaker right at the letters, and whole at that distance in parts of the outside field.
WEAKER, WHOLE = 1.1, 0.5
#: Holes that the effect eats into letters are filled up to this, at full amount.
FILLED = 1.5
#: How light red, green and blue are: ITU-R BT.709.
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def legible(
    picture: Array,
    mask: Array,
    away: Array,
    amount: float,
    line: float,
    is_dark: bool = False,
    tint: float = 1.0,
    kept: float = LIT,
) -> Array:
    """Return an effect, premultiplied `[4,H,W]`, with letters that stand out of it, as much as `amount` (0…1) says.

    `mask [H,W]` is the letters' coverage, their opacity in it, and `away [H,W]` the outside field (see `field`).
    Letters become lighter, or darker where the text `is_dark`; what is around fades towards them, and a `line` (0…1) of
    the opposite tone parts the two. Without a line, an effect that keeps to the letters keeps its alpha. `tint` is the
    light of the text's own color, beyond which it is not led far; for `kept` see `lightened`.
    """
    edge = np.clip(1 - away / WHOLE, 0, 1)  # 1 at the letters
    outside = 1 - np.minimum(mask / np.maximum(picture[3], 1e-6), 1)  # how much of the effect is not the letters
    weaker = outside * edge * min(1.0, WEAKER * amount)
    near = (1 - mask) * np.clip((GONE - away) / (GONE - SOLID), 0, 1) * np.float32(amount * line)
    made = np.asarray(picture * ((1 - weaker) * (1 - near)), np.float32)
    made[3] += near
    if is_dark:
        made[:3] += near
    on = mask > 0
    letters, opacity = made[:, on], mask[on]
    color = picture[:3, on] / np.maximum(picture[3, on], 1e-6)
    goal = min(MEAN * amount, LIGHTEST) * (0.5 + 0.5 * tint)
    wanted = 1 - lightened(1 - color, opacity, goal, amount, LIT) if is_dark else None
    wanted = lightened(color, opacity, goal, amount, kept) if wanted is None else wanted
    alpha = np.maximum(letters[3], opacity * min(1.0, FILLED * amount))
    below = letters[:3] / np.maximum(letters[3], 1e-6)
    share = np.clip(opacity / np.maximum(alpha, 1e-6), 0, 1)
    made[:3, on], made[3, on] = (below + (wanted - below) * share) * alpha, alpha
    return made


def lightened(color: Array, weight: Array, goal: float, amount: float, kept: float) -> Array:
    """`color [3,N]` (0…1), lighter by one gamma where its `weight`ed mean is darker than `goal`, and evened.

    `kept` is how much of its saturation it keeps: 0 mixes it with white, 1 strengthens it as long as there is room and
    then brings each channel up by one gamma. Nothing becomes darker.
    """
    start = np.clip(color, 2e-3, 1)
    light = LUMA @ start
    mean = float(light @ weight) / max(float(weight.sum()), 1e-6)
    wanted = light ** np.float32(np.log(goal) / np.log(mean)) if 2e-3 < mean < goal else light
    least = goal - BELOW
    wanted = np.where(wanted < least, least - (least - wanted) * max(0.0, 1 - FLAT * amount), wanted)
    wanted = np.clip(wanted, light, 1).astype(np.float32)
    room = np.maximum(1 / start.max(0), 1)
    scaled = start * np.minimum(wanted / light, room)
    within = np.clip(LUMA @ scaled, 1e-3, 0.999)
    gamma = np.clip(np.log(np.clip(wanted, 1e-3, 0.999)) / np.log(within), 0.2, 1)
    strong = np.clip(scaled, 1e-4, 1) ** gamma
    pale = start + (1 - start) * ((wanted - light) / np.maximum(1 - light, 1e-6))
    mixed = np.where(wanted > light, strong * np.float32(kept) + pale * np.float32(1 - kept), color)
    return np.asarray(mixed, np.float32)
