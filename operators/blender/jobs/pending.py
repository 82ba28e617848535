"""What a render has to make before it starts, and what it leaves as it is and only tells of.

A render makes what is missing, damaged or stale. It exchanges no generator and no font, and moves no strip.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

from ....models.errors import SceneLinked, TextError
from .. import compat
from ..mattes import masks
from ..timeline import needed, state, strips, text_strips
from . import make


def of(name: str) -> tuple[list[tuple[Any, Any]], list[str]]:
    """Return the (scene, strip) that a render of the scene of that name shows and has to make; and remarks.

    What is linked from another file is made there: nothing is stale here. Raises SceneLinked where its frames are
    missing, TextError where a font is, and what is wrong with settings.
    """
    todo: list[tuple[Any, Any]] = []
    remarks: list[str] = []
    for scene, strip in _shown(name):
        if scene.library:
            _need_all(scene, strip)
            continue
        if told := state.unfollowed(scene, strip):
            remarks.append(f"{strip.name}: {told}")
        if state.is_left(scene, strip):
            remarks.append(
                f"{strip.name} is rendered where it lies, though its text was moved: regenerate it to follow."
            )
        if not make.needs_making(scene, strip):
            continue
        if font := _lost_font(strip):
            remarks.append(f"{strip.name} is rendered as it was made: its font {font} is not on this machine.")
        else:
            todo.append((scene, strip))
    return todo, remarks


def _shown(name: str) -> Iterator[tuple[Any, Any]]:
    """Yield each generated strip that a render of a scene shows, in the scenes that it shows, too."""
    scenes, seen = [bpy.data.scenes[name]], set()
    while scenes:
        scene = scenes.pop()
        seen.add(scene)  # not its name, which a linked scene may have, too
        masking = masks.in_use(scene)
        for strip in compat.all_strips(scene):
            if strip.mute and strip.name not in masking:
                continue
            if strip.type == "SCENE" and strip.scene and strip.scene not in seen:
                scenes.append(strip.scene)
            elif strips.is_latent(strip):
                yield scene, strip


def _need_all(scene: bpy.types.Scene, strip: Any) -> None:
    if missing := set(strips.absent(strip)).intersection(needed.of(strip)):
        raise SceneLinked(
            f"{len(missing)} files of {strip.name} are missing. Its scene {scene.name} is linked from "
            f"{scene.library.filepath}: open that file and regenerate the strip."
        )


def _lost_font(strip: Any) -> str:
    """Return the name of the font that a styled text was made with and that isn't on this machine; "" if there is none.

    Raises TextError where its frames would have to be made, in another font.
    """
    text = text_strips.source(strip)
    if text is None or text_strips.has_font(text):
        return ""
    name = str(text.font.name)
    if not state.look(strip).is_whole:
        raise TextError(
            f"{strip.name} has to be made, but its font {name} is not on this machine. Install the font, or "
            "pack it into the .blend file."
        )
    return name
