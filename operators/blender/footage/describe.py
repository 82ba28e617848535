"""What a strip shows, in words that the worker understands: which frame of which file, and where in the picture."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bpy

from ....models.footage import fingerprint
from ....models.parameters import Value
from .. import compat
from ..copies import matched
from ..custom_properties import FOOTAGE_ID, FOOTAGE_SOURCE, stored_text
from . import renders
from .files import files

_TRACKS = {
    "scale_x": "transform.scale_x",
    "scale_y": "transform.scale_y",
    "offset_x": "transform.offset_x",
    "offset_y": "transform.offset_y",
    "rotation": "transform.rotation",
}
_CROPS = {"crop_left": "min_x", "crop_right": "max_x", "crop_bottom": "min_y", "crop_top": "max_y"}


@dataclass(frozen=True)
class Described:
    """A strip's content from frame to frame: what goes into a recipe. The files don't: see `readable`."""

    settings: Mapping[str, Value]
    tracks: Mapping[str, tuple[float, ...]]


def describe(scene: bpy.types.Scene, strip: Any, start: int, frames: int, size: tuple[int, int] = (0, 0)) -> Described:
    """Return what `strip` shows from scene frame `start` on, in a frame of `size` (width, height; 0 is the render
    size).

    Raises RecipeError for strips that show nothing of their own, and MediaError when a file is not there.
    """
    renders.check(strip)
    render = scene.render.resolution_x, scene.render.resolution_y
    zoom = (size[0] or render[0]) / render[0], (size[1] or render[1]) / render[1]
    if renders.need(strip):
        return _rendered(scene, strip, start, frames, zoom)
    settings: dict[str, Value] = {
        "source": fingerprint.of(files(strip)),
        "medium": "pictures" if strip.type == "IMAGE" else "movie" if compat.TURNS_MOVIES else "stored",
        "stream": getattr(strip, "stream_index", 0),
        "content": compat.content_length(strip),
        "flip_x": strip.use_flip_x,
        "flip_y": strip.use_flip_y,
        "pivot_x": round(strip.transform.origin[0], 6),
        "pivot_y": round(strip.transform.origin[1], 6),
        **{name: int(getattr(strip.crop, side)) for name, side in _CROPS.items()},
    }
    curves = compat.fcurves(scene)
    tracks = {"position": tuple(position(strip, start + n) for n in range(frames))}
    for name, path in _TRACKS.items():
        curve = compat.fcurve_of(curves, strip, path)
        still = float(strip.path_resolve(path))
        factor = {"x": zoom[0], "y": zoom[1]}.get(name[-1], 1.0)
        tracks[name] = tuple(curve.evaluate(start + n) * factor for n in range(frames)) if curve else (still * factor,)
    return Described(settings, tracks)


def _rendered(scene: bpy.types.Scene, strip: Any, start: int, frames: int, zoom: tuple[float, float]) -> Described:
    """Return what a second Blender renders fills the scene's frame."""
    first = compat.content_start(strip)
    settings: dict[str, Value] = {"source": renders.digest(scene, strip), "medium": "rendered"}
    tracks = {"position": tuple(float(start + n - first) for n in range(frames))}
    return Described(settings, tracks | {"scale_x": (zoom[0],), "scale_y": (zoom[1],)})


def readable(scene: bpy.types.Scene, strip: Any) -> tuple[str, ...]:
    """Return the files that the worker reads a strip's frames from; where Blender must render them, what it is to
    render.
    """
    return tuple(str(path) for path in ([renders.write(scene, strip)] if renders.need(strip) else files(strip)))


def source_of(scene: bpy.types.Scene, strip: Any) -> Any:
    """Return the strip that `strip` was made from, or None."""
    id = stored_text(strip, FOOTAGE_SOURCE)
    owners = [other for other in compat.all_strips(scene) if id and stored_text(other, FOOTAGE_ID) == id]
    return matched(owners, [strip], shared=True).get(strip.name)


def name_source(strip: Any) -> str:
    """Return the identity of a strip that others are made from, which it keeps through renaming."""
    if not stored_text(strip, FOOTAGE_ID):
        strip[FOOTAGE_ID] = uuid.uuid4().hex
    return str(strip[FOOTAGE_ID])


def position(strip: Any, frame: int) -> float:
    """Return the number of the content's frame, from 0, that Blender shows at a scene frame.

    Where the strip itself is not seen, as its other half may be, what a hold split cut off is there all the same.
    """
    seen = compat.left(strip) <= frame < compat.right(strip)
    before, after = (compat.trimmed(strip), compat.trimmed_end(strip)) if seen else (0, 0)
    count = compat.content_length(strip) - before - after
    index: float = min(max(frame - compat.content_start(strip) - before, 0), count - 1)
    if strip.use_reverse_frames:
        index = count - 1 - index
    strobe = float(strip.strobe)
    if strobe > 1:
        index -= math.fmod(index, strobe)
    return float(index + before)
