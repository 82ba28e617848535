"""Results on the timeline.

No reference to a strip outlives a call: Blender moves strips in memory at an undo, a file load and when others are
added. A strip is found again by the identity that it carries; a copy carries the same one until it is remade.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ....models.cache import Folder
from ....models.cards.card import Card
from ....models.errors import LatentStripsError
from ....models.job import folder as folder_of
from ....models.kinds import kind
from ....models.recipe import Recipe
from .. import compat, making, properties
from ..custom_properties import FOOTAGE_SOURCE, RECIPE, STRIP_ID, stored_text
from ..preferences import frames_root, is_ours, seen_library
from . import content, layouts, proxies, sound_strips, text_placement, text_strips
from .channels import between
from .content import Place

#: Bytes of a name from which on Blender may have cut it short, to 63 with a number at its end.
CUT_NAME = 55


@dataclass(frozen=True)
class Shown:
    """What a strip shows: its recipe's text, the folder of its files, and its place in the frame."""

    recipe: str
    folder: Path
    place: Mapping[str, Any]


def latent(scene: bpy.types.Scene) -> list[Any]:
    """Return the strips of a scene that Latent Strips made."""
    return [strip for strip in compat.all_strips(scene) if is_latent(strip)]


def is_latent(strip: Any) -> bool:
    """Whether Latent Strips made this strip."""
    return strip is not None and strip.type in ("IMAGE", "SOUND") and stored_text(strip, RECIPE) != ""


def everywhere() -> Iterator[tuple[Any, Any]]:
    """Each (scene, strip) of this file that Latent Strips made."""
    for scene in bpy.data.scenes:
        for strip in latent(scene):
            yield scene, strip


def find(id: str) -> tuple[Any, Any] | None:
    """Return the (scene, strip) of that identity, or None when the strip is gone."""
    return next(((scene, strip) for scene, strip in everywhere() if stored_text(strip, STRIP_ID) == id), None)


def found(id: str) -> tuple[Any, Any]:
    """Return the (scene, strip) of that identity. Raises LatentStripsError when the strip is gone."""
    there = find(id)
    if there is None:
        raise LatentStripsError("The strip was deleted meanwhile. Undo to get it back, and try again.")
    return there


def owned_id(strip: Any) -> str:
    """Return the strip's identity, a new one if it is a copy that shares its original's."""
    id = stored_text(strip, STRIP_ID)
    if not id or sum(stored_text(other, STRIP_ID) == id for _, other in everywhere()) > 1:
        strip[STRIP_ID] = uuid.uuid4().hex
    return str(strip[STRIP_ID])


def _anything_below(scene: bpy.types.Scene, start: int, length: int, channel: int) -> bool:
    return any(strip.channel < channel and strip.type != "SOUND" for strip in between(scene, start, length))


def add(
    scene: bpy.types.Scene, recipe: Recipe, card: Card, folder: Folder, start: int, channel: int, source: str = ""
) -> str:
    """Put a new strip of a recipe's files on the timeline and return its identity. Raises LatentStripsError.

    `source` is the identity of the strip whose picture it is made from.
    """
    made = kind(recipe.kind)
    look = made.presentation(recipe, card)
    with compat.still(scene):
        if made.medium == "sound":
            strip = sound_strips.new(scene, look["name"], recipe, channel, start)
        else:
            strip = _new_images(scene, look, recipe, folder, channel, start)
        strip[STRIP_ID] = uuid.uuid4().hex
        if source:
            strip[FOOTAGE_SOURCE] = source
        strip.color_tag = making.color(made)
        id = str(strip[STRIP_ID])
        properties.write(strip, recipe)
        fill(scene, strip, recipe, folder, Place(start, start, start + recipe.frames, with_keys=True))
        for other in compat.strips(scene):
            other.select = stored_text(other, STRIP_ID) == id
        scene.sequence_editor.active_strip = strip
    found = find(id)
    if found is None or file_names(found[1]) != folder.names():
        raise LatentStripsError("Blender rejected the strip. Its files are complete: try another channel.")
    return id


def _new_images(
    scene: bpy.types.Scene, look: Mapping[str, Any], recipe: Recipe, folder: Folder, channel: int, start: int
) -> Any:
    first = str(folder.path / folder.name(0))
    strip = compat.strips(scene).new_image(
        name=look["name"], filepath=first, channel=channel, frame_start=start, fit_method="ORIGINAL"
    )
    strip.alpha_mode = "STRAIGHT"
    # Over nothing every other blend mode leaves Blender's picture transparent.
    strip.blend_type = look["blend"] if _anything_below(scene, start, recipe.frames, channel) else "ALPHA_OVER"
    _set_srgb(strip)
    _fit(scene, strip, recipe)
    return strip


def fill(
    scene: bpy.types.Scene,
    strip: Any,
    recipe: Recipe,
    folder: Folder,
    place: Place | None = None,
    as_before: bool = False,
) -> None:
    """Show the frames of `recipe` on a strip, which stays where it is, with its handles and its keys.

    With `place`, the strip goes there. With `as_before`, an overlay stays behind where its text was moved away.
    """
    window = compat.left(strip), compat.right(strip)
    start = compat.content_start(strip)
    if RECIPE in strip:  # what is new before the content begins lies before it
        before = Recipe.from_json(strip[RECIPE])
        start += recipe.origin - before.origin
        _rename(strip, before, recipe)
    if strip.type == "SOUND":
        sound_strips.set_file(strip, blender_path(folder.path) + folder.name(0))
    else:
        if file_names(strip) != folder.names():
            compat.set_files(scene, strip, str(folder.path), folder.names())
        strip.directory = blender_path(folder.path)
    strip[RECIPE] = recipe.canonical()
    content.lay(scene, strip, place or Place(start, *window))
    if strip.type != "SOUND":
        locate(scene, strip, recipe, as_before)


def _rename(strip: Any, before: Recipe, recipe: Recipe) -> None:
    """Let a strip that is still called by its style be called by the one that it has now."""
    style = kind(recipe.kind).chosen_by
    if (before.generator, before.settings.get(style)) == (recipe.generator, recipe.settings.get(style)):
        return
    try:
        old, new = (_name(each) for each in (before, recipe))
    except LatentStripsError:  # the generator that it was made by is gone, and the name stays
        return
    base = re.sub(r"\.\d{3,}$", "", strip.name)
    if old != new and (base == old or (len(base.encode()) >= CUT_NAME and old.startswith(base))):
        strip.name = new


def _name(recipe: Recipe) -> str:
    card = seen_library().exact(recipe.generator, recipe.digest).card
    return str(kind(recipe.kind).presentation(recipe, card)["name"])


def shown(strip: Any) -> Shown:
    """Return what a strip shows now, and where, for `restore`."""
    text = str(strip[RECIPE])
    is_placed = kind(Recipe.from_json(text).kind).made_from == "text"  # the place of others is the user's
    return Shown(text, directory(strip), text_placement.kept(strip) if is_placed else {})


def restore(scene: bpy.types.Scene, strip: Any, before: Shown) -> None:
    """Show again what a strip showed before it was filled again."""
    recipe = Recipe.from_json(before.recipe)
    folder = folder_of(recipe, before.folder.parent)
    fill(scene, strip, recipe, Folder(before.folder, folder.count, folder.suffix))
    text_placement.put_back(strip, before.place)


def home(strip: Any, recipe: Recipe) -> Folder:
    """Return the folder of a strip's frames of `recipe`: where they are if that is ours, else where new ones go."""
    here = directory(strip)
    found = folder_of(recipe, here.parent)
    return found if found.path == here and is_ours(here.parent) else folder_of(recipe, frames_root())


def directory(strip: Any) -> Path:
    """Return the folder that a strip's files are in now, whatever way a relative path goes there."""
    if strip.type == "SOUND":
        return sound_strips.file(strip).parent
    return Path(os.path.normpath(bpy.path.abspath(strip.directory, library=strip.id_data.library)))


def file_names(strip: Any) -> list[str]:
    """Return the names of the files that a strip shows or plays."""
    return (
        [sound_strips.file(strip).name] if strip.type == "SOUND" else [element.filename for element in strip.elements]
    )


def refresh(strip: Any) -> None:
    """Make Blender read the strip's files again: it remembers one that was not there."""
    if strip.type == "SOUND":
        sound_strips.read_again(strip)
    else:
        proxies.forget(strip, file_names(strip))
        compat.refresh(strip)


def damaged(strip: Any) -> list[int]:
    """Return which files of a strip (from 0) have another size than they were made with: truncated, exchanged."""
    found = Folder(directory(strip), 0, "").damaged()
    return [n for n, name in enumerate(file_names(strip)) if name in found] if found else []


def absent(strip: Any) -> list[int]:
    """Return which files of a strip (from 0) are not there, or are placeholders. Lists a folder, reads its index."""
    missing = set(Folder(directory(strip), 0, "").absent(file_names(strip)))
    return [n for n, name in enumerate(file_names(strip)) if name in missing]


def blender_path(path: Path) -> str:
    """Relative to the .blend where it lies beside it, so that the two can move together."""
    beside = Path(bpy.data.filepath).parent if bpy.data.filepath else None
    text = str(path) if beside is None or beside not in path.parents else f"//{path.relative_to(beside).as_posix()}"
    return text.rstrip("/\\") + "/"


def _set_srgb(strip: Any) -> None:
    space = strip.colorspace_settings
    if "sRGB" in space.bl_rna.properties["name"].enum_items:  # a studio's own color configuration may lack it
        space.name = "sRGB"


def _fit(scene: bpy.types.Scene, strip: Any, recipe: Recipe) -> None:
    """Scale the picture to the frame, as Blender does with files that are there when they are added."""
    render = scene.render
    scale = min(render.resolution_x / recipe.width, render.resolution_y / recipe.height)
    strip.transform.scale_x = strip.transform.scale_y = scale


def locate(scene: bpy.types.Scene, strip: Any, recipe: Recipe, as_before: bool = False) -> None:
    """Put a picture whose place in the frame is known there, over the text strip that it is made from (see `fill`)."""
    if placement := layouts.known(str(recipe.settings.get("layout"))):
        if text := text_strips.source(strip):
            text_placement.follow(scene, strip, text, placement.center, as_before)
        else:
            strip.transform.offset_x, strip.transform.offset_y = placement.center
            strip.transform.scale_x = strip.transform.scale_y = 1.0
