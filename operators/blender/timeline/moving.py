"""Frames that were made before a file was saved lie in the user's folder; from there they can come beside the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from ....models.cache import Folder
from ....models.cache.cleaning import note_use
from ....models.errors import LatentStripsError
from ....models.job import folder as folder_of
from .. import compat
from ..preferences import frames_root, project, user_folder
from . import recipes, sound_strips, strips


def is_elsewhere(strip: Any) -> bool:
    """Whether a strip's files lie in the user's folder, though the file has a place of its own. Quick: panels ask."""
    if not bpy.data.filepath or strip.id_data.library:
        return False
    user = user_folder("frames")
    return strips.directory(strip).parent == user and frames_root() != user


def elsewhere() -> Iterator[tuple[Any, Any]]:
    """Each (scene, strip) whose files lie in the user's folder, though the file has a place of its own."""
    return ((scene, strip) for scene, strip in strips.everywhere() if is_elsewhere(strip))


def bring() -> int:
    """Bring the frames of all strips beside the .blend file, and return of how many strips that was.

    The old files stay for other projects that may use them; they are cleaned away as the oldest are. A strip is
    pointed to its new folder when all is there. Raises LatentStripsError.
    """
    moved: dict[Path, Path] = {}
    found = [strip for _, strip in elsewhere()]
    for strip in found:
        old, recipe = strips.directory(strip), recipes.stored(strip)
        folder = folder_of(recipe, frames_root())
        if folder.path.name != old.name:
            raise LatentStripsError(f"{strip.name} shows other files than its recipe's. Regenerate it.")
        if old not in moved:
            folder.create(recipe.canonical())
            folder.take_over(old)
            note_use(folder.path, project())
            moved[old] = folder.path
        _point(strip, folder)
    _point_images(moved)
    return len(found)


def _point(strip: Any, folder: Folder) -> None:
    with compat.still(strip.id_data):
        if strip.type == "SOUND":
            sound_strips.set_file(strip, strips.blender_path(folder.path) + sound_strips.file(strip).name)
        else:
            strip.directory = strips.blender_path(folder.path)


def _point_images(moved: dict[Path, Path]) -> None:
    """Materials use the frames, too."""
    for image in bpy.data.images:
        path = Path(os.path.normpath(bpy.path.abspath(image.filepath))) if image.filepath else Path()
        if not image.library and path.parent in moved:
            image.filepath = strips.blender_path(moved[path.parent]) + path.name
