"""What is done with sounds and scores: sounds where the picture asks for them, stems, accents, notes, reactions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..models.audio_analysis import MEASURES
from ..models.errors import RecipeError, SettingError, StripError
from ..models.kinds import kind
from ..models.music.compose import PARTS
from ..operators.blender import compat, properties
from ..operators.blender.jobs import make
from ..operators.blender.reporting import progress
from ..operators.blender.sound import midi as notes
from ..operators.blender.sound import reactions
from . import settings
from .find import AnyStrip, generated, scene_of, strip_of
from .strip import Strip


@dataclass(frozen=True)
class Reaction:
    """What `react` did: how many `keys` it set for which setting, and what of the sound was left out."""

    title: str
    keys: int
    remarks: list[str]


def sounds_to_picture(
    scene: bpy.types.Scene | None = None,
    where: str = "MARKERS",
    *,
    vary: bool = True,
    length: int = 100,
    wait: bool = True,
    **given: Any,
) -> list[Strip]:
    """Add a sound at each marker of the timeline, or with "CUTS" at each frame that a picture begins at.

    Selected markers, or all where none is selected; of the cuts the first is left out. With `vary` each place has a
    seed of its own.

    >>> scene.timeline_markers.new("hit", frame=24)
    bpy.data.scenes['Scene']...
    >>> [strip.start for strip in latent_strips.sounds_to_picture(scene, style="whoosh", length=12)]
    [24]
    """
    scene, made = scene_of(scene), kind("sound")
    finders = {"MARKERS": _markers, "CUTS": _cuts}
    if where not in finders:
        raise SettingError(f"Where: {where!r:.64} is not one of {', '.join(finders)}.")
    values, frames = settings.values(made, given), settings.whole(properties.LENGTH, length)
    places = finders[where](scene)
    if not places:
        what = {"MARKERS": "markers (press M in the timeline)", "CUTS": "cuts between pictures"}[where]
        raise RecipeError(f"There are no {what} from frame {scene.frame_start} to {scene.frame_end}.")
    found = []
    for number, frame in enumerate(places):
        seed = {"seed": values["seed"] + (number if vary else 0)}
        found.append(make.add(scene, made, values | seed, frames, frame, is_live=not wait, progress=progress).strip)
    return [Strip(id) for id in found]


def accents(score: AnyStrip, *, wait: bool = True) -> list[int]:
    """Key an accent of a score at each of the timeline's markers within it, and regenerate it. Returns their frames.

    Accents are ordinary keyframes: move, delete or add them, and regenerate.
    """
    found = _score(score)
    scene, strip = found.scene, found.blender
    first, end = compat.left(strip), compat.right(strip)
    frames = sorted({marker.frame for marker in scene.timeline_markers if first <= marker.frame < end})
    if not frames:
        raise RecipeError(f"No marker lies in {strip.name}. Press M over the timeline to set one.")
    keys = {at: 0.0 for frame in frames for at in (frame - 1, frame + 1)} | dict.fromkeys(frames, 1.0)
    compat.animate(scene, strip, "latent_accent", dict(sorted(keys.items())))
    for point in compat.fcurve_of(compat.fcurves(scene), strip, "latent_accent").keyframe_points:
        point.interpolation = "CONSTANT"
    found.regenerate(fit=False, wait=wait)
    return frames


def stems(score: AnyStrip, *, wait: bool = True) -> list[Strip]:
    """Put melody, harmony, bass and percussion of a score on channels of their own, and mute the whole.

    The stems sound together like the whole.
    """
    found = _score(score)
    scene, made, recipe, start = found.scene, kind("music"), found.recipe, compat.content_start(found.blender)
    values = properties.values_of(found.blender, made, properties.PREFIX)
    parts = [
        make.add(scene, made, values | {"stem": part}, recipe.frames, start, 0, not wait, progress).strip
        for part in PARTS
    ]
    found.blender.mute = True
    return [Strip(id) for id in parts]


def midi(score: AnyStrip, path: str | Path | None = None, *, wait: bool = True) -> Path:
    """Write the notes of a score as a MIDI file, beside its sound or to `path`. Returns the file's path."""
    found = _score(score)
    to = Path(path) if path else None
    if to is not None and to.suffix.lower() not in (".mid", ".midi"):
        to = to.with_name(to.name + ".mid")
    notes.write(found.blender, to, not wait)
    return to or found.files[0].with_suffix(".mid")


def react(
    strip: AnyStrip,
    setting: str = "",
    *,
    to: AnyStrip = None,
    measure: str = "level",
    low: float | None = None,
    high: float | None = None,
    attack: float = 0.0,
    release: float = 0.3,
    floor: float = 30.0,
    regenerate: bool = True,
    wait: bool = True,
) -> Reaction:
    """Key a setting of a generated strip by what is heard: of the sound strip `to`, or of all that sounds.

    `setting` "" is the first that can be keyframed; `measure` is one of "level", "onset", "low", "mid" and "high";
    `low` and `high` are the setting's values in silence and where it is loudest; `attack` and `release` are seconds;
    `floor` is how many decibels below the loudest are silence. With `regenerate` the strip is made again at once.

    >>> beat = latent_strips.music(mood="epic", length=72, start=1)
    >>> lava = latent_strips.texture(style="lava", length=24, start=1, width=64, height=48)
    >>> latent_strips.react(lava, "scale", to=beat, measure="onset").keys > 0
    True
    """
    found = generated(strip)
    if measure not in MEASURES:
        raise SettingError(f"Follow: {measure!r:.64} is not one of {', '.join(MEASURES)}.")
    source = "" if to is None or to == "" else strip_of(to, found.scene)[1].name
    how: Mapping[str, Any] = {"measure": measure, "attack": attack, "release": release, "floor": floor}
    given = {name: value for name, value in (("low", low), ("high", high)) if value is not None}
    job = reactions.react(found.scene, found.id, setting, source, {**how, **given}, not wait, regenerate, progress)
    return Reaction(job.title, len(job.keys), list(job.warnings))


def _score(given: AnyStrip) -> Strip:
    found = generated(given)
    if found.kind != "music":
        raise StripError(f"{found.name} is not a score. Choose a strip of music that was made by Latent Strips.")
    return found


def _markers(scene: bpy.types.Scene) -> list[int]:
    chosen = [marker for marker in scene.timeline_markers if marker.select] or list(scene.timeline_markers)
    return sorted({m.frame for m in chosen if scene.frame_start <= m.frame <= scene.frame_end})


def _cuts(scene: bpy.types.Scene) -> list[int]:
    starts = sorted({compat.left(strip) for strip in compat.strips(scene) if strip.type != "SOUND" and not strip.mute})
    return [frame for frame in starts[1:] if scene.frame_start <= frame <= scene.frame_end]


settings.signed(sounds_to_picture, kind("sound"))
