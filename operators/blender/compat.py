"""Every difference between Blender 4.2 and 5.2 that this extension meets. No other file asks for a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import bpy

#: The type of all strips, on which flat properties are registered: `Sequence` until 4.3, `Strip` from 4.4 on.
STRIP: Any = getattr(bpy.types, "Strip", None) or bpy.types.Sequence

# 5.1 gave the times of strips new names; 5.2 warns about the old ones.
_NEW_NAMES = "left_handle" in STRIP.bl_rna.properties
_CONTENT_START = "content_start" if _NEW_NAMES else "frame_start"
_CONTENT_LENGTH = "content_duration" if "content_duration" in STRIP.bl_rna.properties else "frame_duration"
_TRIMMED = "content_trim_start" if _NEW_NAMES else "animation_offset_start"
_TRIMMED_END = "content_trim_end" if _NEW_NAMES else "animation_offset_end"
_LEFT = "left_handle" if _NEW_NAMES else "frame_final_start"
_RIGHT = "right_handle" if _NEW_NAMES else "frame_final_end"
_LENGTH = "duration" if _NEW_NAMES else "frame_final_duration"
_OFFSETS = ("left_handle_offset", "right_handle_offset") if _NEW_NAMES else ("frame_offset_start", "frame_offset_end")

#: Whether movies are shown upright, as their files say.
TURNS_MOVIES = bpy.app.version >= (4, 4, 0)
_NEW_EFFECT = bpy.app.version >= (5, 0, 0)
_SEQUENCER_SCENE = "sequencer_scene" in bpy.types.WorkSpace.bl_rna.properties


def settings(block: Any) -> list[Any]:
    """Return the properties of a strip or a part of one, but for those that Blender warns of when they are read."""
    return [each for each in block.bl_rna.properties if not getattr(each, "is_deprecated", False)]


def sequencer_scene(context: bpy.types.Context) -> Any:
    """Return the scene whose strips the user sees: from 5.0 on a workspace may show another one than the window's."""
    return getattr(context.workspace, "sequencer_scene", None) or context.scene


def show(context: bpy.types.Context, scene: bpy.types.Scene) -> None:
    """Let the Sequencer show `scene` where it shows none (5.0 and later)."""
    workspace = context.workspace
    if workspace and _SEQUENCER_SCENE and workspace.sequencer_scene is None:
        workspace.sequencer_scene = scene


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


def content_start(strip: Any) -> int:
    """Return the scene frame of the strip's first element, wherever its handles are and whatever a split cut off."""
    return round(getattr(strip, _CONTENT_START)) - trimmed(strip)


def set_content_start(strip: Any, frame: int) -> None:
    """Move a strip, its handles and its keyframes so that its first element lies at a scene frame."""
    setattr(strip, _CONTENT_START, frame + trimmed(strip))


def sound_start(strip: Any) -> float:
    """Return the scene frame at which a sound strip's file begins, wherever its handles are, and the part of it cut
    off.
    """
    return float(getattr(strip, _CONTENT_START)) - trimmed(strip)


def sound_offset(strip: Any) -> float:
    """Seconds that a sound strip's file is moved by within a frame (4.5 and later)."""
    return float(getattr(strip, "sound_offset", 0.0))


def is_meta(strip: Any) -> bool:
    """Whether a strip holds others."""
    return bool(strip.type == "META")


def inside(owner: Any) -> Any:
    """Return the strips of a sequence editor or a meta strip, without those inside its own meta strips."""
    return owner.strips if hasattr(owner, "strips") else owner.sequences


def content_length(strip: Any) -> int:
    """Frames that the strip's content takes on the timeline, wherever its handles are and whatever was cut off."""
    return int(getattr(strip, _CONTENT_LENGTH)) + trimmed(strip) + trimmed_end(strip)


def trimmed(strip: Any) -> int:
    """Frames that a hold split cut off from the beginning of a movie's or sequence's content."""
    return int(getattr(strip, _TRIMMED, 0))


def trimmed_end(strip: Any) -> int:
    """Frames that a hold split cut off from the end of a movie's or sequence's content."""
    return int(getattr(strip, _TRIMMED_END, 0))


def is_retimed(strip: Any) -> bool:
    """Whether a strip may run faster or slower than its content.

    Blender 4.2 shows no retiming keys of images, but such a strip is then longer or shorter than its handles leave it.
    """
    if len(getattr(strip, "retiming_keys", ())):
        return True
    left = float(getattr(strip, _CONTENT_LENGTH)) - sum(hidden(strip))
    return strip.type == "IMAGE" and abs(length(strip) - left) > 0.5


def left(strip: Any) -> int:
    """Return the scene frame that the strip is seen from."""
    return int(getattr(strip, _LEFT))


def length(strip: Any) -> int:
    """Frames between the strip's handles."""
    return int(getattr(strip, _LENGTH))


def right(strip: Any) -> int:
    """Return the first scene frame that the strip is not seen on any more."""
    return left(strip) + length(strip)


def set_left(strip: Any, frame: int) -> None:
    """Move the left handle; before its content a strip holds its first frame."""
    setattr(strip, _LEFT, frame)


def set_right(strip: Any, frame: int) -> None:
    """Move the right handle; after its content a strip holds its last frame."""
    setattr(strip, _RIGHT, frame)


def hidden(strip: Any) -> tuple[float, float]:
    """Frames that the handles hide (before, after); below 0 where they reach beyond the content."""
    before, after = (float(getattr(strip, name)) for name in _OFFSETS)
    return before, after


@contextmanager
def sequencing(context: bpy.types.Context, scene: bpy.types.Scene) -> Iterator[None]:
    """Let operators work on the strips of `scene`, whatever the workspaces show (5.0 and later)."""
    shown = [(each, each.sequencer_scene) for each in bpy.data.workspaces] if _SEQUENCER_SCENE else []
    for workspace, _ in shown:
        workspace.sequencer_scene = scene
    try:
        with context.temp_override(scene=scene):
            yield
    finally:
        for workspace, before in shown:
            workspace.sequencer_scene = before


def show_everywhere(scene: bpy.types.Scene) -> None:
    """Let every workspace's Sequencer show `scene` where it shows none (5.0 and later)."""
    if _SEQUENCER_SCENE:
        for workspace in bpy.data.workspaces:
            if workspace.sequencer_scene is None:
                workspace.sequencer_scene = scene


def write_png(scene: bpy.types.Scene) -> None:
    """Let renders be written as PNG with alpha, 8 bits, hardly compressed. From 5.0 on the medium is chosen first."""
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format = "PNG"
    settings.color_mode, settings.color_depth, settings.compression = "RGBA", "8", 10
    if hasattr(settings, "color_management"):
        settings.color_management = "FOLLOW_SCENE"


def add_mask(scene: bpy.types.Scene, strip: Any, mask: Any) -> None:
    """Give a strip a Mask modifier that reads another strip.

    Blender 5.0 and 5.1 crash here without a window when a workspace shows no scene in its Sequencer.
    """
    show_everywhere(scene)
    modifier = strip.modifiers.new("Latent matte", "MASK")
    modifier.input_mask_type = "STRIP"
    modifier.input_mask_strip = mask


def copy_masks(scene: bpy.types.Scene, strip: Any, other: Any) -> None:
    """Give a strip the Mask modifiers that another one has (see `add_mask`)."""
    show_everywhere(scene)
    for mask in getattr(other, "modifiers", ()):
        if mask.type == "MASK":
            modifier = strip.modifiers.new(mask.name, "MASK")
            for name in ("mute", "input_mask_type", "input_mask_strip", "input_mask_id", "mask_time"):
                setattr(modifier, name, getattr(mask, name))


def animate(scene: bpy.types.Scene, strip: Any, attribute: str, keys: Mapping[int, float]) -> None:
    """Keyframe a strip's property with straight lines between `keys`, values by scene frame."""
    for frame, value in keys.items():
        setattr(strip, attribute, value)
        strip.keyframe_insert(attribute, frame=frame)
    curve = fcurve_of(fcurves(scene), strip, attribute)
    for point in curve.keyframe_points:
        point.interpolation = "LINEAR"


def set_files(scene: bpy.types.Scene, strip: Any, folder: str, names: list[str]) -> None:
    """Give an image strip its files, whether they are there yet or not. The handles stay.

    `elements.append` leaves the size of a picture unset, and Blender 4.4 and later crash when they draw a missing
    file's placeholder in that size. This operator sets it to zero; it also works without a window.
    """
    editor = scene.sequence_editor
    active = editor.active_strip.name if editor.active_strip else ""
    editor.active_strip = strip
    context: dict[str, Any] = {"scene": scene}
    if _SEQUENCER_SCENE:
        context["sequencer_scene"] = scene
    with bpy.context.temp_override(**context):
        bpy.ops.sequencer.change_path(directory=folder, files=[{"name": name} for name in names], relative_path=False)
    editor.active_strip = next((other for other in all_strips(scene) if other.name == active), None)


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


def fcurves(scene: bpy.types.Scene) -> dict[str, Any]:
    """Return the F-curves that animate `scene`, by data path: of several with one path the last."""
    return {curve.data_path: curve for curve in _fcurves(scene)}


def _fcurves(scene: bpy.types.Scene) -> list[Any]:
    """Return the F-curves that Blender evaluates: none that is muted, alone or in a group, and none without keys."""
    return [
        curve
        for curve in all_fcurves(scene)
        if not (curve.mute or curve.is_empty or (curve.group is not None and curve.group.mute))
    ]


def all_fcurves(scene: bpy.types.Scene) -> list[Any]:
    """All F-curves of the action of `scene`, whether Blender evaluates them or not."""
    animation = scene.animation_data
    return curves_in(animation) if animation else []


def curves_in(user: Any) -> list[Any]:
    """Return the F-curves with which animation data or an NLA strip use their action; from 4.4 on those of a slot."""
    action = user.action
    if action is None:
        return []
    if not hasattr(action, "layers"):
        return list(action.fcurves)
    slot = user.action_slot
    return [
        curve
        for layer in action.layers
        for piece in layer.strips
        for bag in piece.channelbags
        if slot and bag.slot_handle == slot.handle
        for curve in bag.fcurves
    ]


def curves_of(scene: bpy.types.Scene, strip: Any) -> dict[str, dict[int, Any]]:
    """Return the F-curves that animate a strip's own properties, by path from the strip and index."""
    found: dict[str, dict[int, Any]] = {}
    for curve in _fcurves(scene):
        if path := path_within(curve.data_path, strip):
            found.setdefault(path, {})[curve.array_index] = curve
    return found


def path_within(path: str, strip: Any) -> str:
    """Return a data path from the scene as one from a strip; "" when it leads elsewhere."""
    name = bpy.utils.escape_identifier(strip.name)
    begins = (f'sequence_editor.{collection}["{name}"].' for collection in ("strips_all", "sequences_all"))
    return next((path[len(begin) :] for begin in begins if path.startswith(begin)), "")


def fcurve_of(curves: dict[str, Any], strip: Any, attribute: str) -> Any:
    """Return the F-curve of a strip's property among `curves`, or None. The collection is spelled in two ways."""
    name = bpy.utils.escape_identifier(strip.name)
    for collection in ("strips_all", "sequences_all"):
        if curve := curves.get(f'sequence_editor.{collection}["{name}"].{attribute}'):
            return curve
    return None


def new_text(scene: bpy.types.Scene, name: str, channel: int, start: int, length: int) -> Any:
    """Return a new text strip."""
    end = {"length": length} if _NEW_EFFECT else {"frame_end": start + length}
    return strips(scene).new_effect(name=name, type="TEXT", channel=channel, frame_start=start, **end)


def text_rules() -> int:
    """Return the version whose rules this Blender sets text by (see `models.text.layout`)."""
    return next(rules for rules in (52, 50, 44, 42) if bpy.app.version >= (rules // 10, rules % 10, 0))


def text_anchor(strip: Any) -> tuple[str, str, str]:
    """Return a text strip's (anchor X, anchor Y, alignment of its lines). Until 4.3 lines begin at one edge."""
    if hasattr(strip, "anchor_x"):
        return strip.anchor_x, strip.anchor_y, strip.alignment_x
    return strip.align_x, strip.align_y, "LEFT"


def set_text_anchor(strip: Any, x: str, y: str) -> None:
    """Anchor a text strip, and align its lines alike."""
    names = ("anchor_x", "anchor_y", "alignment_x") if hasattr(strip, "anchor_x") else ("align_x", "align_y")
    for name, value in zip(names, (x, y, x), strict=False):
        if getattr(strip, name) != value:
            setattr(strip, name, value)


def refresh_modifiers(strip: Any) -> None:
    """Make Blender apply a strip's modifiers again: its caches don't see that what a modifier reads has changed."""
    for modifier in getattr(strip, "modifiers", ()):
        modifier.mute = modifier.mute


def redraw() -> None:
    """Redraw every Sequencer: previews and timelines in all windows."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR":
                area.tag_redraw()


def refresh(strip: Any) -> None:
    """Make Blender read the strip's files again: its caches remember a frame that was not there."""
    strip.directory = strip.directory
