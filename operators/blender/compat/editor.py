"""The collections of strips, which 4.4 renamed, and the files of a strip."""

from __future__ import annotations

from typing import Any

import bpy

from .scenes import SEQUENCER_SCENE, sequencer_scene

#: The type of all strips, on which flat properties are registered: `Sequence` until 4.3, `Strip` from 4.4 on.
STRIP: Any = getattr(bpy.types, "Strip", None) or bpy.types.Sequence

#: Whether movies are shown upright, as their files say.
TURNS_MOVIES = bpy.app.version >= (4, 4, 0)


def settings(block: Any) -> list[Any]:
    """Return the properties of a strip or a part of one, but for those that Blender warns of when they are read."""
    return [each for each in block.bl_rna.properties if not getattr(each, "is_deprecated", False)]


def strips(scene: bpy.types.Scene) -> Any:
    """Return the collection of a scene's top-level strips. Makes the scene a sequence editor when it has none."""
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def all_strips(scene: bpy.types.Scene) -> list[Any]:
    """Return a scene's strips, those inside meta strips too."""
    editor = scene.sequence_editor
    if editor is None:
        return []
    return list(editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)


def named(scene: bpy.types.Scene, name: str) -> Any:
    """Return the strip of that name. Raises KeyError."""
    editor = scene.sequence_editor
    return (editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)[name]


def active_strip(scene: bpy.types.Scene) -> Any:
    """Return the active strip or None."""
    return scene.sequence_editor.active_strip if scene and scene.sequence_editor else None


def selected_strips(context: bpy.types.Context) -> list[Any]:
    """Return the selected strips that the Sequencer shows, as Blender lists them: quick, however many there are."""
    for name in ("selected_strips", "selected_sequences"):  # until 4.3 the second
        if (found := getattr(context, name, None)) is not None:
            return list(found)
    return [strip for strip in all_strips(sequencer_scene(context)) if strip.select]


def is_meta(strip: Any) -> bool:
    """Whether a strip holds others."""
    return bool(strip.type == "META")


def inside(owner: Any) -> Any:
    """Return the strips of a sequence editor or a meta strip, without those inside its own meta strips."""
    return owner.strips if hasattr(owner, "strips") else owner.sequences


def set_files(scene: bpy.types.Scene, strip: Any, folder: str, names: list[str]) -> None:
    """Give an image strip its files, whether they are there yet or not. The handles stay.

    `elements.append` leaves the size of a picture unset, and Blender 4.4 and later crash when they draw a missing
    file's placeholder in that size. This operator sets it to zero; it also works without a window.
    """
    editor = scene.sequence_editor
    active = editor.active_strip.name if editor.active_strip else ""
    editor.active_strip = strip
    context: dict[str, Any] = {"scene": scene}
    if SEQUENCER_SCENE:
        context["sequencer_scene"] = scene
    with bpy.context.temp_override(**context):
        bpy.ops.sequencer.change_path(directory=folder, files=[{"name": name} for name in names], relative_path=False)
    editor.active_strip = next((other for other in all_strips(scene) if other.name == active), None)


def refresh(strip: Any) -> None:
    """Make Blender read the strip's files again: its caches remember a frame that was not there."""
    strip.directory = strip.directory


def forget_picture(strip: Any) -> None:
    """Make Blender draw a strip again: an equal value that is set tells its caches so, and changes nothing."""
    if strip.type == "SCENE":
        strip.scene = strip.scene
    if strip.type == "MULTICAM":
        strip.multicam_source = strip.multicam_source
    strip.blend_alpha = strip.blend_alpha
