"""What an overlay takes over from its text strip beside the letters, and what it doesn't."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import bpy

from .. import compat
from ..custom_properties import stored_numbers

#: Where an overlay keeps how its text strip lay when it was made.
PLACE = "latent_place"
#: Where it keeps when its text strip lay then: left handle, length, frames from the overlay's first file to it.
TIME = "latent_time"
#: Where it keeps the transform that it was given then. How it differs now is what was done to the overlay alone.
LAID = "latent_laid"
_TRANSFORM = ("offset_x", "offset_y", "scale_x", "scale_y", "rotation")
_CROP = ("min_x", "max_x", "min_y", "max_y")
#: Overlays' own names for what may be keyframed on text strips.
_WORDS = {
    "location": "place", "font_size": "font size", "blend_alpha": "opacity", "color": "color",
    **{f"transform.{name}": "transform" for name in _TRANSFORM},
}  # fmt: skip
Value = Callable[[str], Any]


def at_start(scene: bpy.types.Scene, strip: Any) -> Value:
    """Return a function that gives a strip's property, a number or several, where the strip begins."""
    curves = compat.curves_of(scene, strip)
    frame = compat.left(strip)

    def value(path: str) -> Any:
        owner, _, name = path.rpartition(".")
        now = getattr(getattr(strip, owner) if owner else strip, name)
        if path not in curves:
            return now
        if isinstance(now, int | float):
            return curves[path][0].evaluate(frame)
        return tuple(curves[path][n].evaluate(frame) if n in curves[path] else part for n, part in enumerate(now))

    return value


def placement(scene: bpy.types.Scene, text: Any) -> list[float]:
    """How a text strip lies where it begins: transform, flips and opacity."""
    value = at_start(scene, text)
    numbers = [value(f"transform.{name}") for name in _TRANSFORM]
    numbers += [text.use_flip_x, text.use_flip_y, value("blend_alpha")]
    return [round(float(number), 5) for number in numbers]


def follow(
    scene: bpy.types.Scene, overlay: Any, text: Any, center: tuple[float, float], as_before: bool = False
) -> None:
    """Lay an overlay over its text strip, however that is moved, scaled, turned or flipped.

    `center` is the picture's middle, px right of and above the frame's, where the strip itself is not transformed. With
    `as_before` the overlay lies where its text was when the overlay was last laid over it. How the overlay itself was
    moved, scaled, turned, flipped or made transparent stays.
    """
    now = placement(scene, text)
    before = stored_numbers(overlay, PLACE, len(now))
    if as_before and before is not None:
        now = before
    right, up, across, down, angle, flip_x, flip_y, opacity = now  # flips are those of the whole frame
    x, y = center[0] * across, center[1] * down
    over = (
        right + x * math.cos(angle) - y * math.sin(angle),
        up + x * math.sin(angle) + y * math.cos(angle),
        across, down, angle,
    )  # fmt: skip
    _lay(overlay, over)
    if before is None or before[5:7] != now[5:7]:
        overlay.use_flip_x, overlay.use_flip_y = bool(flip_x), bool(flip_y)
    if before is None or abs(before[-1] - opacity) > 1e-4:
        overlay.blend_alpha = opacity
    overlay[PLACE] = now
    if not as_before or TIME not in overlay:
        overlay[TIME] = [compat.left(text), compat.length(text), compat.left(text) - compat.content_start(overlay)]


def _lay(overlay: Any, over: tuple[float, ...]) -> None:
    """Give an overlay a transform, and on top of it what was done to the overlay alone since the last time."""
    shown, laid = overlay.transform, stored_numbers(overlay, LAID, len(_TRANSFORM))
    own = {name: getattr(shown, name) for name in _TRANSFORM}
    for name, value in zip(_TRANSFORM, over, strict=True):
        setattr(shown, name, value)
    overlay[LAID] = [getattr(shown, name) for name in _TRANSFORM]  # as Blender holds them, in single precision
    for name, was in zip(_TRANSFORM, laid or (), strict=False):
        if own[name] != was and name.startswith("scale_"):
            setattr(shown, name, getattr(shown, name) * own[name] / was if was else own[name])
        elif own[name] != was:
            setattr(shown, name, getattr(shown, name) + own[name] - was)


def kept(overlay: Any) -> dict[str, Any]:
    """Return an overlay's own place in the frame, for `put_back`."""
    place = {name: getattr(overlay.transform, name) for name in _TRANSFORM}
    # Copies: what Blender gives changes with the strip.
    numbers = {key: list(overlay[key]) if key in overlay else None for key in (PLACE, LAID)}
    return {**place, "flips": (overlay.use_flip_x, overlay.use_flip_y), **numbers}


def put_back(overlay: Any, place: Mapping[str, Any]) -> None:
    """Lay an overlay where it was before it was laid again."""
    if not place:
        return
    for name in _TRANSFORM:
        setattr(overlay.transform, name, place[name])
    overlay.use_flip_x, overlay.use_flip_y = place["flips"]
    for key in (PLACE, LAID):
        if place[key] is not None:
            overlay[key] = place[key]


def has_moved(scene: bpy.types.Scene, overlay: Any, text: Any) -> bool:
    """Whether a text strip lies otherwise than when its overlay was laid over it."""
    now = placement(scene, text)
    before = stored_numbers(overlay, PLACE, len(now))
    if left_in_time(overlay, text):
        return True
    if before is None:  # made by an earlier version, which followed no transform
        return False
    return any(abs(a - b) > 1e-4 for a, b in zip(before, now, strict=True))


def left_in_time(overlay: Any, text: Any) -> bool:
    """Whether a text strip was moved or trimmed without its overlay.

    What was done to both alike leaves them together, and what was done to the overlay alone was meant.
    """
    left, length = compat.left(text), compat.length(text)
    shown = compat.left(overlay), compat.right(overlay)
    if shown == (left, left + length):
        return False
    before = overlay.get(TIME)
    if before is None:  # made by an earlier version, which kept no time; its overlays had as many files as their text
        return length != len(overlay.elements)
    was_left, was_length, was_offset = before
    offset = left - compat.content_start(overlay)
    if (left, length) == (was_left, was_length) or (offset, length) == (was_offset, was_length):
        return False
    # Both were trimmed, and then the overlay more than the text, or slowed down.
    trimmed = offset >= was_offset and offset + length <= was_offset + was_length
    inside = left <= shown[0] and (shown[1] <= left + length or compat.is_retimed(overlay))
    return not (trimmed and inside)


def unfollowed(scene: bpy.types.Scene, text: Any) -> Iterator[str]:
    """Yield what of a text strip its overlay doesn't show, a sentence each."""
    paths = compat.curves_of(scene, text)
    words = list(dict.fromkeys(_WORDS.get(path, path.replace("_", " ")) for path in sorted(paths)))
    if words:
        what = f"{', '.join(words)} {'is' if len(words) == 1 else 'are'} animated"
        yield f"its {what}; the overlay keeps what holds at the strip's start"
    turned = abs(text.transform.rotation) + abs(text.transform.scale_x - 1) + abs(text.transform.scale_y - 1) > 1e-4
    if turned and any(abs(part - 0.5) > 1e-4 for part in text.transform.origin):
        yield "its pivot is not in the middle; the overlay turns and grows about the frame's middle"
    if any(getattr(text.crop, side) for side in _CROP):
        yield "it is cropped; the overlay is not"
    if len(text.modifiers):
        yield "its modifiers are not on the overlay; add them there"
    if abs(text.color_multiply - 1) > 1e-4 or abs(text.color_saturation - 1) > 1e-4:
        yield "its color multiplier and saturation are not the overlay's; set them there"
    if text.use_box and getattr(text, "box_roundness", 0.0) > 0:
        yield "its box is round; the overlay's has corners"
