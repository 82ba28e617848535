"""Edits as users make them in the Sequencer, each on all strips of a scene. Operators get an area to work in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from tests.helpers.blender.strips import part

#: How far copies and pasted strips are put from their originals, frames.
AWAY = 60


def _compat() -> Any:
    return part("operators.blender.compat")


def area(scene: Any) -> Any:
    """A context with a Sequencer, which many of its operators want even where nothing is drawn."""
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    area.spaces.active.view_type = "SEQUENCER"
    window.scene = scene
    if hasattr(window.workspace, "sequencer_scene"):
        window.workspace.sequencer_scene = scene
    region = next(region for region in area.regions if region.type == "WINDOW")
    return bpy.context.temp_override(window=window, area=area, region=region, scene=scene)


def select(scene: Any) -> None:
    """Select all strips."""
    for strip in _compat().all_strips(scene):
        strip.select = True


def clear(scene: Any) -> None:
    """Remove all strips and their keyframes."""
    for strip in list(_compat().strips(scene)):
        _compat().strips(scene).remove(strip)
    scene.animation_data_clear()


def begin(strip: Any, frame: int) -> None:
    """Move a strip so that it is seen from a frame on."""
    compat = _compat()
    compat.set_content_start(strip, compat.content_start(strip) + frame - compat.left(strip))


def _names(scene: Any) -> list[str]:
    return [strip.name for strip in _compat().strips(scene)]


def _split(scene: Any, kind: str) -> None:
    compat = _compat()
    left = min(map(compat.left, compat.strips(scene)))
    right = max(map(compat.right, compat.strips(scene)))
    select(scene)
    with area(scene):
        bpy.ops.sequencer.split(frame=(left + right) // 2, type=kind, side="RIGHT")


def split_soft(scene: Any) -> None:
    """Cut all strips in the middle."""
    _split(scene, "SOFT")


def split_hard(scene: Any) -> None:
    """Cut all strips in the middle for good. Blender itself shows other frames of strips that it has retimed."""
    if not any(_compat().is_retimed(strip) for strip in _compat().all_strips(scene)):
        _split(scene, "HARD")


def _trim(scene: Any, left: int, right: int) -> None:
    compat = _compat()
    for strip in compat.strips(scene):
        if compat.length(strip) > 2 + left + right:
            compat.set_left(strip, compat.left(strip) + left)
            compat.set_right(strip, compat.right(strip) - right)


def trim(scene: Any) -> None:
    """Drag both handles of all strips inwards."""
    _trim(scene, 3, 2)


def trim_left(scene: Any) -> None:
    """Drag the left handles inwards."""
    _trim(scene, 2, 0)


def trim_right(scene: Any) -> None:
    """Drag the right handles inwards."""
    _trim(scene, 0, 2)


def move(scene: Any) -> None:
    """Move all strips in time."""
    select(scene)
    with area(scene):
        bpy.ops.transform.seq_slide(value=(7, 0))


def _apart(scene: Any, old: list[str]) -> None:
    """Move the strips that are new to another time, and let them keep their channels."""
    compat = _compat()
    fresh = [name for name in _names(scene) if name not in old]
    right = max(compat.right(compat.named(scene, name)) for name in old)
    shift = max(AWAY, right - min(compat.left(compat.named(scene, name)) for name in fresh) + 3)
    for strip in compat.all_strips(scene):
        strip.select = strip.name in fresh
    with area(scene):
        bpy.ops.transform.seq_slide(value=(shift, 0))


def duplicate(scene: Any) -> None:
    """Copy all strips, and put the copies elsewhere."""
    old = _names(scene)
    if len(old) > 12:
        return
    select(scene)
    with area(scene):
        bpy.ops.sequencer.duplicate()
    _apart(scene, old)


def paste(scene: Any) -> None:
    """Copy all strips to the clipboard, and paste them later."""
    select(scene)
    with area(scene):
        bpy.ops.sequencer.copy()
        scene.frame_set(AWAY)
        bpy.ops.sequencer.paste()


def meta(scene: Any) -> None:
    """Put all strips into a meta strip."""
    select(scene)
    with area(scene):
        bpy.ops.sequencer.meta_make()


def unmeta(scene: Any) -> None:
    """Put all strips into a meta strip, and take them out again."""
    meta(scene)
    scene.sequence_editor.active_strip = next(s for s in _compat().strips(scene) if s.type == "META")
    select(scene)
    with area(scene):
        bpy.ops.sequencer.meta_separate()


def mute(scene: Any) -> None:
    """Mute a strip that nothing is masked by."""
    for strip in _compat().strips(scene):
        strip.mute = True


def lift(scene: Any) -> None:
    """Move all strips to other channels."""
    for strip in sorted(_compat().strips(scene), key=lambda strip: -strip.channel):
        strip.channel = min(strip.channel + 5, 128)


def retime(scene: Any) -> None:
    """Let pictures run at half their pace.

    Footage that others are made from keeps its pace: what it shows would change, and they with it. `retiming_keys.add`
    ends Blender 4.5 and 5.0, so this takes the operator that users take.
    """
    compat, strips = _compat(), part("operators.blender.timeline.strips")
    wanted = [
        strip.name
        for strip in strips.latent(scene)
        if strip.type == "IMAGE"
        and "latent_footage_id" not in strip
        and not (compat.is_retimed(strip) or compat.trimmed(strip) or compat.trimmed_end(strip) or strip.parent_meta())
    ]
    for name in wanted:
        for strip in compat.all_strips(scene):
            strip.select = strip.name == name
        strip = compat.named(scene, name)
        strip.channel = 100 + strip.channel % 20
        scene.sequence_editor.active_strip, strip.show_retiming_keys = strip, True
        with area(scene):
            bpy.ops.sequencer.retiming_segment_speed_set(speed=50)
        assert compat.is_retimed(compat.named(scene, name))


def rename(scene: Any) -> None:
    """Give all strips other names."""
    for strip in _compat().strips(scene):
        strip.name = f'"{strip.name}" too'


def color(scene: Any, name: str, channel: int, start: int, length: int) -> None:
    """Add a color strip."""
    end = {"length": length} if bpy.app.version >= (5, 0, 0) else {"frame_end": start + length}
    _compat().strips(scene).new_effect(name=name, type="COLOR", channel=channel, frame_start=start, **end)


def render(scene: Any, frame: int) -> npt.NDArray[np.float32]:
    """The picture that Blender renders at a frame, `[H,W,4]`."""
    render = scene.render
    render.engine, render.film_transparent, render.use_sequencer = "BLENDER_WORKBENCH", True, True
    scene.view_settings.view_transform = "Standard"
    scene.frame_set(frame)
    _compat().write_png(scene)
    path = Path(bpy.data.filepath).parent / "render.png"
    render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(path))
    width, height = image.size
    pixels = np.array(image.pixels[:], np.float32).reshape(height, width, 4)
    bpy.data.images.remove(image)
    return pixels
