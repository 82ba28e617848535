"""Where a transition lies: which strip is seen through the matte, and from which frame to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bpy

from ....models.errors import LatentStripsError
from .. import compat
from ..timeline import channels
from . import masks

#: Kinds of strips with content that comes to an end; all others can be drawn out as far as one likes.
FINITE = ("MOVIE", "IMAGE", "SCENE", "META", "MOVIECLIP", "MASK")
#: A transition has a first frame of the one strip and a last of the other.
SHORTEST = 2


@dataclass(frozen=True)
class TransitionPlan:
    """A transition of `length` frames from scene frame `start`: the strip `masked` appears, or vanishes with `out`."""

    masked: str
    start: int
    length: int
    out: bool


def plan(scene: bpy.types.Scene, strips: Sequence[Any], length: int, side: str, hold: bool) -> TransitionPlan:
    """Lay a transition out for one strip or two, and move what must be moved. Raises LatentStripsError.

    `length` 0 is all of an overlap, or a second. `side` says at which end of a single strip it lies, "IN" or "OUT", or
    that it leads to the next strip, "NEXT", whatever gap there is between.
    """
    chosen = sorted(strips, key=lambda strip: (compat.left(strip), strip.channel))
    if length and length < SHORTEST:
        raise LatentStripsError(f"A transition needs at least 2 frames (this one has {length}). Increase its length.")
    masks.need_top_level(scene, chosen)
    if len(chosen) == 1 and side == "NEXT":
        chosen = [chosen[0], following(scene, chosen[0])]
    if len(chosen) == 1:
        return _single(scene, chosen[0], length, side)
    if len(chosen) != 2:
        raise LatentStripsError(
            f"{len(chosen)} strips are selected. Select two for a transition between them, or one for a transition "
            "from or into nothing."
        )
    return _between(scene, chosen, length, hold)


def _single(scene: bpy.types.Scene, strip: Any, length: int, side: str) -> TransitionPlan:
    length = length or min(_second(scene), compat.length(strip))
    if compat.length(strip) < max(length, SHORTEST):
        raise LatentStripsError(f"{strip.name} is {compat.length(strip)} frames long, and the transition {length}.")
    start = compat.left(strip) if side == "IN" else compat.right(strip) - length
    return TransitionPlan(strip.name, start, length, side == "OUT")


def following(scene: bpy.types.Scene, strip: Any) -> Any:
    """Return the strip that comes next: of those that end later, the one to begin first, and of these the nearest
    channel.

    Mattes, mutes and what changes other strips are passed over. Raises LatentStripsError when nothing follows.
    """
    hidden = masks.in_use(scene)
    found = [
        other
        for other in compat.strips(scene)
        if compat.left(other) > compat.left(strip)
        and compat.right(other) > compat.right(strip)
        and not other.mute
        and other.name not in hidden
        and other.type not in (*masks.SILENT, "ADJUSTMENT")
    ]
    if not found:
        raise LatentStripsError(
            f"No strip comes after {strip.name}. Select the end of a strip that another one follows."
        )
    # Those that lie over the end come first, then the rest in time.
    return min(
        found, key=lambda other: (max(compat.left(other), compat.right(strip)), abs(other.channel - strip.channel))
    )


def _between(scene: bpy.types.Scene, chosen: Sequence[Any], length: int, hold: bool) -> TransitionPlan:
    a, b = chosen
    if compat.right(b) <= compat.right(a):
        raise LatentStripsError(
            f"{b.name} ends before {a.name} does. A transition leads from one strip to a later one."
        )
    overlap = compat.right(a) - compat.left(b)
    length = length or (overlap if overlap >= SHORTEST else _second(scene))
    if overlap < length:
        middle = (compat.left(b) + compat.right(a)) // 2
        start = middle - length // 2
        _need_handles(a, b, start + length - compat.right(a), compat.left(b) - start, hold)
        with compat.still(scene):
            _move(scene, b, min(compat.left(b), start), a)  # first, or Blender itself makes room for the other
            compat.set_right(a, max(compat.right(a), start + length))
    above = b.channel > a.channel
    # Outside of its strip's frames a matte masks nothing: what appears must begin with it, what vanishes end with it.
    start = compat.left(b) if above else compat.right(a) - length
    return TransitionPlan(b.name if above else a.name, start, length, not above)


def _need_handles(a: Any, b: Any, after: int, before: int, hold: bool) -> None:
    has = (spare(a)[1], spare(b)[0])
    if hold or (after <= has[0] and before <= has[1]):
        return
    raise LatentStripsError(
        f"There are too few frames: {a.name} has {_count(has[0])} after its end but needs {max(after, 0)}, "
        f"{b.name} has {_count(has[1])} before its start but needs {max(before, 0)}. "
        "Shorten the transition, overlap the strips, or turn on Hold Frames."
    )


def spare(strip: Any) -> tuple[float, float]:
    """Frames of a strip's content that its handles hide (before, after); infinity where there is no end."""
    if strip.type not in FINITE or (strip.type == "IMAGE" and len(strip.elements) == 1):
        return float("inf"), float("inf")
    before, after = compat.hidden(strip)
    return max(before, 0), max(after, 0)


def _count(frames: float) -> str:
    return "any number" if frames == float("inf") else f"{frames:.0f}"


def _move(scene: bpy.types.Scene, b: Any, left: int, a: Any) -> None:
    """Let `b` begin at frame `left`, on another channel where its own is taken there."""
    others = [
        strip
        for strip in compat.strips(scene)
        if strip.name != b.name
        and strip.channel == b.channel
        and compat.left(strip) < compat.right(b)
        and compat.right(strip) > left
    ]
    if others or b.channel == a.channel:
        b.channel = channels.channel_for(scene, left, compat.right(b) - left)
    compat.set_left(b, left)


def _second(scene: bpy.types.Scene) -> int:
    return max(SHORTEST, round(scene.render.fps / scene.render.fps_base))
