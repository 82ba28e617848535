"""Overlays of text strips: add one, or renew the one that is there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import bpy

from ....models.errors import LatentStripsError, RecipeError
from ....models.kinds import Kind, Placement, kinds
from ....models.printable import printable
from .. import compat, copies, properties
from ..custom_properties import TEXT_SOURCE
from ..jobs import live, make
from ..jobs.frames import Make
from ..jobs.job import Job
from ..timeline import channels, layouts, recipes, strips, text_placement, text_strips

Progress = Callable[[Job], None]
#: Unfinished jobs at which the next text waits: overlays are added as they are made, so that Blender is never kept.
AHEAD = 2
#: Texts that wait for their overlays, in order of play: (scene's name, text's name and identity, settings).
_waiting: deque[tuple[str, str, str, Mapping[str, Any]]] = deque()


def text_kind() -> Kind:
    """Return the kind of result that is made from text strips."""
    return next(kind for kind in kinds().values() if kind.made_from == "text")


def style(
    scene: bpy.types.Scene,
    text: Any,
    values: Mapping[str, Any],
    is_live: bool = False,
    progress: Progress = lambda job: None,
) -> Job:
    """Make the overlay of one text strip. The text is muted and stays as what is edited. Raises LatentStripsError."""
    copies.separate(scene)
    id = text_strips.owned_id(scene, text)
    overlay = text_strips.overlay_of(scene, text)
    if overlay is not None:
        for parameter in properties.all_parameters(text_kind()):
            if parameter.name in values and parameter.name not in ("width", "height", "layout"):
                setattr(overlay, properties.PREFIX + parameter.name, values[parameter.name])
        text.mute = True
        job = make.remake(scene, overlay, is_live=is_live, progress=progress)
        if job.is_draft:
            job.then = partial(_tell_missing, text.name)
        return job
    values = {**values, "layout": text_strips.layout(scene, text), "width": 0, "height": 0}
    start, length = compat.left(text), compat.length(text)
    name, channel = text.name, text.channel
    wanted = channel + 1 if channel < channels.CHANNELS and _is_free(scene, channel + 1, start, length) else 0
    job = make.add(scene, text_kind(), values, length, start, wanted, is_live, progress)
    if job.is_draft:
        job.then = partial(_tell_missing, name)
    found = strips.found(job.strip)
    found[1][TEXT_SOURCE] = id
    strips.locate(*found, job.recipe)
    muted = next((s for s in compat.all_strips(scene) if s.name == name), None)
    if muted is not None:
        muted.mute = True
    return job


def in_play_order(scene: bpy.types.Scene, names: Iterable[str]) -> list[Any]:
    """Return the text strips of these names in order of time, from the playhead on and then those before it."""
    wanted, now = set(names), scene.frame_current
    found = [strip for strip in text_strips.texts(scene) if strip.name in wanted]
    return sorted(found, key=lambda s: (compat.left(s) + compat.length(s) <= now, compat.left(s)))


def style_all(
    scene: bpy.types.Scene, names: Iterable[str], values: Mapping[str, Any], progress: Progress = lambda job: None
) -> Iterator[tuple[str, LatentStripsError | None]]:
    """Style the text strips of these names and wait; yields (name, what went wrong) for each."""
    for name in [strip.name for strip in in_play_order(scene, names)]:
        try:
            style(scene, compat.named(scene, name), values, progress=progress)
        except LatentStripsError as error:
            yield name, error
        else:
            yield name, None


def style_later(scene: bpy.types.Scene, names: Iterable[str], values: Mapping[str, Any]) -> None:
    """Style the text strips of these names one after another, from a timer, while Blender goes on."""
    found = in_play_order(scene, names)
    ids = text_strips.owned_ids(scene, found)
    _waiting.extend((scene.name, text.name, id, dict(values)) for text, id in zip(found, ids, strict=True))
    if _waiting and not bpy.app.timers.is_registered(_next):
        bpy.app.timers.register(_next, first_interval=0.0)


def waiting() -> int:
    """How many texts still wait for their overlays."""
    return len(_waiting)


def forget() -> None:
    """Leave the texts that wait as they are."""
    _waiting.clear()


def _next() -> float | None:
    """Add one overlay when the worker has little to do."""
    if not _waiting:
        return None
    if len(live.queue.unfinished()) < AHEAD:
        where, name, id, values = _waiting.popleft()
        scene = bpy.data.scenes.get(where)
        text = text_strips.find(scene, name, id) if scene else None
        if text is not None:  # it may have been deleted, or its making undone
            name = text.name
            try:
                style(scene, text, values, is_live=True)
                told = list(warnings(scene, name))
            except LatentStripsError as error:
                told = [f"{name}: {error}"]
            for line in told:
                print(f"Latent Strips: {printable(line)}")
    return 0.05


def check(values: Mapping[str, Any]) -> None:
    """Look at the settings before anything is made of them. Raises RecipeError or GeneratorError."""
    card = recipes.latest(text_kind(), str(values["generator"]))
    if values["style"]:
        card.style(str(values["style"]))
    for parameter in text_kind().parameters:
        if parameter.type != "text":
            parameter.check(values[parameter.name])


def selected(scene: bpy.types.Scene) -> list[str]:
    """Names of selected text strips and of the texts of selected overlays. Raises RecipeError when there are none."""
    found = text_strips.texts(scene, selected=True)
    found += [text for s in strips.latent(scene) if s.select and (text := text_strips.source(s)) and text not in found]
    if not found:
        raise RecipeError("No text strip is selected. Select one, or add subtitles from a file.")
    return [strip.name for strip in found]


def warnings(scene: bpy.types.Scene, name: str) -> Iterator[str]:
    """Yield what of a text strip its overlay doesn't follow."""
    strip = compat.named(scene, name)
    for sentence in text_placement.unfollowed(scene, strip):
        yield f"{name}: {sentence}"
    if not text_strips.has_font(strip):
        yield f"{name}: the font {strip.font.name} is missing; Blender's default one is used"
    with suppress(LatentStripsError):  # it was reported when the overlay was made
        yield from _missing(name, layouts.known(text_strips.layout(scene, strip)))


def _missing(name: str, placement: Placement | None) -> Iterator[str]:
    """Yield what can't be said before the worker has set the text."""
    if placement and placement.missing:
        yield f"{name}: {placement.missing} characters are in none of the fonts and show as boxes"


def _tell_missing(name: str, job: Make) -> None:
    for line in _missing(name, layouts.known(str(job.recipe.settings["layout"]))):
        print(f"Latent Strips: {line}")


def _is_free(scene: bpy.types.Scene, channel: int, start: int, length: int) -> bool:
    return not any(
        s.channel == channel and compat.left(s) < start + length and compat.left(s) + compat.length(s) > start
        for s in compat.strips(scene)
    )
