"""Make mattes that other strips are seen through: what operators and the command line call."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import bpy

from ....models.kinds import Kind, kind
from .. import compat
from ..footage import renders
from ..jobs import make
from ..jobs.completing import Progress
from ..jobs.job import Job
from ..properties import all_parameters
from ..timeline import channels, recipes, strips
from . import masks, transitions


def given(made: Kind, **chosen: Any) -> dict[str, Any]:
    """Return what a strip of a kind is made from: the defaults, and what is chosen."""
    defaults = {parameter.name: parameter.default for parameter in all_parameters(made)}
    return defaults | {"generator": ""} | chosen


def values(**chosen: Any) -> dict[str, Any]:
    """Return what a matte is made from: the defaults, and what is chosen."""
    return given(kind("matte"), **chosen)


def check(scene: bpy.types.Scene, given: Mapping[str, Any]) -> None:
    """Whether a matte can be made from this, before anything is moved for it. Raises RecipeError or GeneratorError."""
    recipes.new(kind("matte"), scene, given, transitions.SHORTEST)


def mask(scene: bpy.types.Scene, name: str, given: Mapping[str, Any], is_live: bool, progress: Progress) -> Job:
    """Lay a matte over the strip of that name, as long as it is. Raises LatentStripsError."""
    strip = next(strip for strip in compat.strips(scene) if strip.name == name)
    start, length = compat.left(strip), compat.length(strip)
    job = make.add(scene, kind("matte"), given, length, start, is_live=is_live, progress=progress)
    masks.apply(scene, name, job.strip)
    _settle(scene, name, job, {name})
    return job


def from_footage(
    scene: bpy.types.Scene,
    made: Kind,
    name: str,
    given: Mapping[str, Any],
    wired: bool,
    is_live: bool,
    progress: Progress,
) -> Job:
    """Make a strip from what the strip of that name shows; `wired`, that strip is seen through it.

    Raises LatentStripsError.
    """
    strip = next(strip for strip in compat.strips(scene) if strip.name == name)
    start, length = compat.left(strip), compat.length(strip)
    renders.renew(strip)
    job = make.add(scene, made, given, length, start, is_live=is_live, progress=progress, source=strip)
    if wired:
        masks.apply(scene, name, job.strip)
        _settle(scene, name, job, {name})
    elif made.name == "restyle":
        masks.share(scene, name, job.strip)
    return job


def transition(
    scene: bpy.types.Scene,
    plan: transitions.TransitionPlan,
    given: Mapping[str, Any],
    glow: bool,
    is_live: bool,
    progress: Progress,
) -> list[Job]:
    """Let a strip appear or vanish. With `glow`, light runs along the edge. Raises LatentStripsError.

    The shapes stand still while they grow, so that no pixel goes back.
    """
    still = dict(given) | {"speed": 0.0, "drift_x": 0.0, "drift_y": 0.0, "invert": plan.out, "shown": "luma"}
    kept = {strip.name for strip in masks.selected(scene)}
    jobs = [_growing(scene, plan, still, is_live, progress)]
    masks.apply(scene, plan.masked, jobs[0].strip)
    _settle(scene, plan.masked, jobs[0], kept)
    if glow:
        # An edge is the same from both sides: the light needs no inverting.
        jobs.append(_growing(scene, plan, still | {"shown": "glow", "invert": False}, is_live, progress))
        masks.keep_selected(scene, kept)
    return jobs


def _settle(scene: bpy.types.Scene, name: str, job: Job, selected: Collection[str]) -> None:
    """Lay a matte below the strip of that name, which it serves, and leave selected what was."""
    _, matte = strips.found(job.strip)
    channels.tuck(scene, matte, next(strip for strip in compat.strips(scene) if strip.name == name))
    masks.keep_selected(scene, selected)


def _growing(
    scene: bpy.types.Scene,
    plan: transitions.TransitionPlan,
    given: Mapping[str, Any],
    is_live: bool,
    progress: Progress,
) -> Job:
    """Return a strip whose coverage is keyframed from 0 to 1."""
    end = plan.start + plan.length - 1
    track = tuple(n / (plan.length - 1) for n in range(plan.length))
    made = kind("matte")
    tracks = {"coverage": track}
    job = make.add(scene, made, given, plan.length, plan.start, is_live=is_live, progress=progress, tracks=tracks)
    found = strips.found(job.strip)
    compat.animate(*found, "latent_coverage", {plan.start: 0.0, end: 1.0})
    found = strips.found(job.strip)
    if make.needs_making(*found):  # a curve's values may differ in their last digit from those just made
        job = make.remake(*found, is_live=is_live, progress=progress)
    return job
