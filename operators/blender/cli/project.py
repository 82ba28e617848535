"""The .blend file, scene and strips that a command works on."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

from ....models.errors import ProjectMissing, StripError
from .. import compat
from ..timeline import strips
from .parser import has_scope, works_on_all

_COMMAND = ("--command", "-c")


def check(needed: bool) -> None:
    """Refuse to go on without the .blend file that was named, or without any where one is needed.

    Blender itself goes on with an empty file where it can't read the one it is given. Raises ProjectMissing.
    """
    words = sys.argv[1:]
    first = next((n for n, word in enumerate(words) if word in _COMMAND), 0)
    named = [word for word in words[:first] if Path(word).suffix.lower().startswith(".blend")]
    opened = bpy.data.filepath
    if named and not (opened and _same(opened, named[-1])):
        there = "it can't be read" if Path(named[-1]).is_file() else "there is no such file"
        raise ProjectMissing(f"{named[-1]} was not opened: {there}. Check its path, and that it is a .blend file.")
    if needed and not opened:
        raise ProjectMissing(
            "This command needs a .blend file. Name it before --command: blender FILE.blend --command …"
        )
    if needed and not Path(opened).is_file():
        raise ProjectMissing(f"{opened} is not there any more. Check its path.")


def scenes(options: argparse.Namespace) -> list[Any]:
    """Return the scenes to work in: the one that was named, every one with something to do, or the current one.

    Raises StripError.
    """
    if name := options.scene:
        found = next((scene for scene in bpy.data.scenes if scene.name == name and not scene.library), None)
        if found is None:
            there = ", ".join(scene.name for scene in bpy.data.scenes if not scene.library)
            raise StripError(f"There is no scene {name[:64]!r} in this file. There are: {there}.")
        return [found]
    if options.select is None and works_on_all(options.operator):
        found_in = {scene for scene, _ in strips.everywhere()} if _by_scope(options) else {bpy.context.scene}
        return [scene for scene in bpy.data.scenes if scene in found_in and not scene.library]
    return [compat.sequencer_scene(bpy.context)]


@contextmanager
def working_in(scene: bpy.types.Scene, options: argparse.Namespace) -> Iterator[None]:
    """Let operators work in a scene, on the strips that were named. Raises StripError."""
    if options.select is not None:
        _select(scene, options.select)
    elif works_on_all(options.operator) and not _by_scope(options):
        for strip in compat.all_strips(scene):
            strip.select = strip.type == "TEXT"
    with compat.sequencing(bpy.context, scene):
        yield


def _by_scope(options: argparse.Namespace) -> bool:
    return has_scope(options.operator)


def _select(scene: bpy.types.Scene, names: list[str]) -> None:
    known = {strip.name: strip for strip in compat.all_strips(scene)}
    for name in names:
        if name not in known:
            there = ", ".join(list(known)[:8]) or "none"
            raise StripError(f"There is no strip {name[:64]!r} in {scene.name}. There are: {there}.")
    for name, strip in known.items():
        strip.select = name in names
    scene.sequence_editor.active_strip = known[names[0]]


def _same(one: str, other: str) -> bool:
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))
