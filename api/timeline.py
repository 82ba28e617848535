"""All strips of a scene at once: what is stale or damaged, what is made again; and other seeds of one strip."""

from __future__ import annotations

import bpy

from ..models.errors import ProjectMissing
from ..models.kinds import kind
from ..operators.blender import compat, properties
from ..operators.blender.jobs import live, make
from ..operators.blender.reporting import progress
from ..operators.blender.timeline import moving, strips
from .find import AnyStrip, generated, scene_of
from .strip import Strip
from .verification import Verification


def verify(scene: bpy.types.Scene | None = None) -> dict[Strip, Verification]:
    """Look for files that are missing, damaged, or made from other settings, in all generated strips of a scene.

    >>> strip = latent_strips.texture(length=2, width=64, height=48)
    >>> [found.is_up_to_date for found in latent_strips.verify(scene).values()]
    [True]
    """
    scene = compat.sequencer_scene(bpy.context) if scene is None else scene
    return {strip: strip.verify() for strip in _all(scene)}


def regenerate(scene: bpy.types.Scene | None = None, *, fit: bool = True, wait: bool = True) -> list[Strip]:
    """Make what the settings and keyframes of all generated strips of a scene say now. Returns the strips.

    With `fit`, handles that were drawn out beyond their strip's content get frames.

    >>> strip = latent_strips.texture(length=2, width=64, height=48)
    >>> strip.seed = 5
    >>> latent_strips.regenerate(scene)
    [<Strip 'Slate', texture, frames 1 to 2, channel 1>]
    >>> strip.is_stale
    False
    """
    found = _all(scene_of(scene))
    for strip in found:
        strip.regenerate(fit, wait)
    return found


def variations(strip: AnyStrip, count: int = 3, *, near: bool = False, wait: bool = True) -> list[Strip]:
    """Add other seeds of a strip above it, muted, to compare and choose from; with `near` other takes of a sound.

    Keyframes are not copied: each variation has the settings of the strip as they are now. Raises SceneLinked.

    >>> strip = latent_strips.texture(length=2, width=64, height=48)
    >>> [other.seed for other in latent_strips.variations(strip, 2)]
    [1, 2]
    """
    found = generated(strip)
    scene, original, recipe = scene_of(found.scene), found.blender, found.recipe
    made, start = kind(recipe.kind), compat.content_start(original)
    values = properties.values_of(original, made, properties.PREFIX)
    varied = "take" if near and "take" in values else "seed"
    added = []
    for n in range(1, count + 1):
        changed = values | {varied: int(values[varied]) + n}
        job = make.add(scene, made, changed, recipe.frames, start, is_live=not wait, progress=progress)
        added.append(Strip(job.strip))
        added[-1].blender.mute = True
    return added


def remove_unused() -> tuple[int, int]:
    """Remove the frames that only this file has used, and no longer uses. Returns (how many recipes, bytes)."""
    return live.clean_unused()


def move_frames() -> int:
    """Bring frames that were made before the file was saved beside it, sounds too. Returns of how many strips.

    Raises LatentStripsError where the file is not saved, or a strip shows other files than its recipe's.

    >>> latent_strips.move_frames()  # they are there already
    0
    """
    if not bpy.data.filepath:
        raise ProjectMissing("This file has no place of its own yet. Save it first.")
    return moving.bring()


def _all(scene: bpy.types.Scene) -> list[Strip]:
    return [Strip.of(strip) for strip in strips.latent(scene)]
