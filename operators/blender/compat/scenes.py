"""Scenes and what shows them: from 5.0 on the Sequencer may show another one than the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy

#: Whether workspaces say which scene their Sequencer shows.
SEQUENCER_SCENE = "sequencer_scene" in bpy.types.WorkSpace.bl_rna.properties


def sequencer_scene(context: bpy.types.Context) -> Any:
    """Return the scene whose strips the user sees: from 5.0 on a workspace may show another one than the window's."""
    return getattr(context.workspace, "sequencer_scene", None) or context.scene


def show(context: bpy.types.Context, scene: bpy.types.Scene) -> None:
    """Let the Sequencer show `scene` where it shows none (5.0 and later)."""
    workspace = context.workspace
    if workspace and SEQUENCER_SCENE and workspace.sequencer_scene is None:
        workspace.sequencer_scene = scene


def show_everywhere(scene: bpy.types.Scene) -> None:
    """Let every workspace's Sequencer show `scene` where it shows none (5.0 and later)."""
    if SEQUENCER_SCENE:
        for workspace in bpy.data.workspaces:
            if workspace.sequencer_scene is None:
                workspace.sequencer_scene = scene


@contextmanager
def sequencing(context: bpy.types.Context, scene: bpy.types.Scene) -> Iterator[None]:
    """Let operators work on the strips of `scene`, whatever the workspaces show (5.0 and later)."""
    shown = [(each, each.sequencer_scene) for each in bpy.data.workspaces] if SEQUENCER_SCENE else []
    for workspace, _ in shown:
        workspace.sequencer_scene = scene
    try:
        with context.temp_override(scene=scene):
            yield
    finally:
        for workspace, before in shown:
            workspace.sequencer_scene = before


@contextmanager
def still(scene: bpy.types.Scene) -> Iterator[None]:
    """Keep the Sequencer's prefetching thread away while strips change."""
    editor = scene.sequence_editor or scene.sequence_editor_create()
    prefetch = editor.use_prefetch
    editor.use_prefetch = False
    try:
        yield
    finally:
        editor.use_prefetch = prefetch


def write_png(scene: bpy.types.Scene) -> None:
    """Let renders be written as PNG with alpha, 8 bits, hardly compressed. From 5.0 on the medium is chosen first."""
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format = "PNG"
    settings.color_mode, settings.color_depth, settings.compression = "RGBA", "8", 10
    if hasattr(settings, "color_management"):
        settings.color_management = "FOLLOW_SCENE"


def redraw() -> None:
    """Redraw every Sequencer: previews and timelines in all windows."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR":
                area.tag_redraw()
