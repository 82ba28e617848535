"""What is known of the frames of each strip, for panels that may not read disks or work for long."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import bpy

from ....models.errors import GeneratorMissing, LatentStripsError, RecipeError
from ....models.kinds import kinds
from ....models.recipe import Recipe
from ..custom_properties import RECIPE, STRIP_ID, stored_text
from . import needed, recipes, strips, text_placement, text_strips

#: Working out whether a strip is stale may take this long, in seconds, at every redraw of its panel; what takes longer,
#: because hundreds of thousands of keyed values are read, takes at most this share of the time.
QUICK, SHARE = 0.005, 0.05
#: Where a strip keeps what was found while its frames were made.
WARNING = "latent_warning"


@dataclass(frozen=True)
class Frames:
    """Numbers (from 0) of the frames of a strip that are not there, and that are not what was made.

    Of the latter, those whose size tells are known at once; the others after Verify only.
    """

    missing: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()
    verified: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every file is there, and none is known to be damaged."""
        return not self.missing and not self.changed

    def needed_by(self, strip: Any) -> Frames:
        """Return what of this is of files that the strip needs as it lies now."""
        if self.is_whole:
            return self
        now = needed.of(strip)
        return Frames(self.missing.intersection(now), self.changed.intersection(now), self.verified)


#: What was seen of all files of a strip, by its identity.
_frames: dict[str, Frames] = {}
#: Identities of strips of which nothing was missing but what their handles hid.
_partial: set[str] = set()
_stale: dict[str, tuple[float, str]] = {}


def look(strip: Any) -> Frames:
    """List the strip's folder, and remember what is missing and what is not as large as it was made.

    Returns what of this the strip needs as it lies now.
    """
    return _remember(strip, Frames(frozenset(strips.absent(strip)), frozenset(strips.damaged(strip))))


def _remember(strip: Any, found: Frames) -> Frames:
    id, now = stored_text(strip, STRIP_ID), found.needed_by(strip)
    _frames[id] = found
    (_partial.add if found.missing and not now.missing else _partial.discard)(id)
    return now


def take_uncovered(scene: bpy.types.Scene) -> list[Any]:
    """Return the strips of a scene whose handles have uncovered frames that were never needed; each time once."""
    found = [strip for strip in strips.latent(scene) if stored_text(strip, STRIP_ID) in _partial] if _partial else []
    found = [strip for strip in found if not look(strip).is_whole]
    _partial.difference_update(stored_text(strip, STRIP_ID) for strip in found)
    return found


def has_uncovered(scene: bpy.types.Scene) -> bool:
    """Whether `take_uncovered` may return any. Quick: Blender asks at each change."""
    if not _partial:
        return False
    known = ((_frames.get(stored_text(strip, STRIP_ID)), strip) for strip in strips.latent(scene))
    return any(
        found and found.needed_by(strip).missing for found, strip in known if stored_text(strip, STRIP_ID) in _partial
    )


def look_everywhere() -> None:
    """Look at all strips of this file, and forget those of others."""
    forget()
    for _, strip in strips.everywhere():
        look(strip)


def note(strip: Any, missing: Sequence[int], changed: Sequence[int]) -> None:
    """Remember what verifying the strip has found."""
    _remember(strip, Frames(frozenset(missing), frozenset(changed), True))


def warn(strip: Any, text: str) -> None:
    """Keep with the strip what is to be known of its frames."""
    if text:
        strip[WARNING] = text
    elif WARNING in strip:
        del strip[WARNING]


def forget() -> None:
    """Nothing is known."""
    _frames.clear()
    _partial.clear()
    _stale.clear()


def frames(strip: Any) -> Frames | None:
    """Return what was last seen of the frames that a strip needs, or None when nobody has looked."""
    found = _frames.get(stored_text(strip, STRIP_ID))
    return found and found.needed_by(strip)


def is_stale(scene: bpy.types.Scene, strip: Any) -> bool:
    """Whether *Regenerate* would show other frames, or an overlay at another place. Raises as `has_changed` does."""
    return has_changed(scene, strip) or is_left(scene, strip)


def has_changed(scene: bpy.types.Scene, strip: Any) -> bool:
    """Whether the settings or keyframes say something else than what the frames were made from.

    Raises RecipeError or GeneratorError when the settings make no recipe. A strip whose generator is not installed any
    more has not changed: nothing better than its frames can be made.
    """
    try:
        return recipes.current(scene, strip).canonical() != str(strip[RECIPE])
    except GeneratorMissing:
        return False


def is_left(scene: bpy.types.Scene, strip: Any) -> bool:
    """Whether an overlay lies where its text strip was before it was moved, trimmed or transformed."""
    text = text_strips.source(strip)
    return text is not None and text_placement.has_moved(scene, strip, text)


def problem(scene: bpy.types.Scene, strip: Any) -> str:
    """Why a strip should be regenerated, in a few words; "" when it is up to date. Made for drawing: quick."""
    key = str(strip.get(STRIP_ID))
    now = time.monotonic()
    until, text = _stale.get(key, (0.0, ""))
    if now >= until:
        try:
            text = "Settings have changed" if has_changed(scene, strip) else ""
            text = text or ("Its text was moved" if is_left(scene, strip) else "")
            recipes.card(recipes.stored(strip))  # without its generator a strip shows what it has, and says so
        except LatentStripsError as error:
            text = str(error)
        cost = time.monotonic() - now
        _stale[key] = (now + cost / SHARE if cost > QUICK else now, text)
    seen = frames(strip)
    if seen and seen.missing:
        count = len(needed.of(strip))
        text = text or ("The file is missing" if count == 1 else f"{len(seen.missing)} of {count} frames are missing")
    if seen and seen.changed:
        text = text or f"{len(seen.changed)} files are not what was made"
    return text


def unfollowed(scene: bpy.types.Scene, strip: Any) -> str:
    """Return what of a strip's animation its frames don't follow, in a sentence; "" when there is nothing. Quick."""
    try:
        return recipes.unfollowed(scene, strip)
    except LatentStripsError:  # `problem` tells
        return ""


@lru_cache(maxsize=64)
def _kind(text: str) -> str:
    try:
        return Recipe.from_json(text).kind
    except RecipeError:
        return ""


def kind_of(strip: Any) -> str:
    """Return the kind of result that a strip is, read from its recipe once; "" where that is invalid or too new."""
    name = _kind(stored_text(strip, RECIPE))
    return name if name in kinds() else ""
