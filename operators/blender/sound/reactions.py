"""Settings that react to sound: which ones can, and the keyframes that they get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import bpy

from ....models.errors import RecipeError
from ....models.kinds import kind
from .. import compat, properties
from ..jobs import live, make
from ..jobs.hear import Hear
from ..jobs.job import Job
from ..timeline import recipes, strips
from . import sources

#: Blender's interpolation of keyframes by straight lines, as its number.
_LINEAR = 1


@dataclass(frozen=True)
class Setting:
    """A property of a strip that can be keyframed: its hard limits, and what a slider offers."""

    name: str
    label: str
    description: str
    attribute: str
    minimum: float
    maximum: float
    soft: tuple[float, float]


#: What every strip has: its picture's opacity, or its sound's volume.
_OWN = {
    "image": Setting("opacity", "Opacity", "How much the picture covers", "blend_alpha", 0.0, 1.0, (0.0, 1.0)),
    "sound": Setting("volume", "Volume", "How loud the strip is played", "volume", 0.0, 100.0, (0.0, 1.0)),
}


def settings(made_by: str) -> list[Setting]:
    """Return what can react in a strip of that kind."""
    made = kind(made_by)
    found = []
    for p in made.parameters:
        if p.animatable:
            soft = (p.soft_minimum, p.soft_maximum)
            low, high = (hard if s is None else s for s, hard in zip(soft, (p.minimum, p.maximum), strict=True))
            attribute = properties.PREFIX + p.name
            found.append(Setting(p.name, p.label, p.description, attribute, p.minimum, p.maximum, (low, high)))
    return [*found, _OWN[made.medium]]


def setting(made_by: str, name: str) -> Setting:
    """Return the setting of that name, or the first one for "". Raises RecipeError."""
    known = settings(made_by)
    for found in known:
        if name in ("", found.name):
            return found
    there = ", ".join(each.name for each in known)
    raise RecipeError(f"{name[:64]!r} can't be keyframed in a {made_by}. There are: {there}.")


def react(
    scene: bpy.types.Scene,
    id: str,
    name: str,
    source: str,
    how: Mapping[str, Any],
    is_live: bool = False,
    again: bool = False,
    progress: Callable[[Job], None] = lambda job: None,
) -> Hear:
    """Key a setting of the strip `id` by what is heard while it lasts. Raises LatentStripsError.

    `source` names a sound strip, or "" for all that is heard; `how` is the rest of a `Reaction`, where an absent `low`
    or `high` is the setting's own. With `again` the strip is regenerated. A live job returns at once; its keys appear
    when they are there.
    """
    _, strip = strips.found(id)
    recipe = recipes.stored(strip)
    chosen = setting(recipe.kind, name)
    given = {"low": chosen.soft[0], "high": chosen.soft[1], **how}
    for label, value in (("From", given["low"]), ("To", given["high"])):
        if not chosen.minimum <= value <= chosen.maximum:
            raise RecipeError(
                f"{label}: {value:g} is outside {chosen.minimum:g} to {chosen.maximum:g}, {chosen.label}'s limits."
            )
    start = compat.content_start(strip)
    pieces, warnings = sources.pieces(scene, start, recipe.frames, source, strip)
    rate = scene.render.fps / scene.render.fps_base
    reaction = {**given, "pieces": pieces, "frames": recipe.frames, "fps": rate}

    def then(job: Hear) -> None:
        _key(job, chosen, start, recipe.frames)
        if is_live:
            _step(f"React to sound: {chosen.label}")
        remade = strips.find(id)
        if again and remade and chosen != _OWN[kind(recipe.kind).medium]:
            make.remake(*remade, is_live=is_live, progress=progress)

    title = f"{strip.name}: {chosen.label}"
    job = Hear(title=title, strip=id, then=then, reaction=reaction, warnings=tuple(warnings))
    return live.run(job, is_live, progress)


def _key(job: Hear, chosen: Setting, start: int, frames: int) -> None:
    """Write the keys; those that the setting has outside of the strip's frames stay."""
    found = strips.find(job.strip)
    if found is None:  # deleted meanwhile
        return
    scene, strip = found
    curve = compat.fcurve_of(compat.fcurves(scene), strip, chosen.attribute)
    old = [(p.co[0], p.co[1]) for p in curve.keyframe_points] if curve else []
    outside = [(frame, value) for frame, value in old if not start <= frame < start + frames]
    if curve is None:
        try:
            strip.keyframe_insert(chosen.attribute, frame=start)
        except RuntimeError as error:  # such as an action that is linked from another file
            raise RecipeError(f"{chosen.label} of {strip.name} can't be keyframed ({str(error).strip()}).") from error
        curve = compat.fcurve_of(compat.fcurves(scene), strip, chosen.attribute)
    keys = sorted([*outside, *((start + frame, value) for frame, value in job.keys)])
    curve.keyframe_points.clear()
    curve.keyframe_points.add(len(keys))
    curve.keyframe_points.foreach_set("co", [number for key in keys for number in key])
    curve.keyframe_points.foreach_set("interpolation", [_LINEAR] * len(keys))
    curve.update()


def _step(message: str) -> None:
    """Let what the timer did be one step of undo, as what a button does is."""
    windows = bpy.context.window_manager.windows
    if windows:
        with bpy.context.temp_override(window=windows[0]):
            bpy.ops.ed.undo_push(message=message)
