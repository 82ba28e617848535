"""Strips of every kind, transitions and masks: made from settings, and from what other strips show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy

from ..models.errors import SettingError, StripError
from ..models.kinds import kind
from ..operators.blender import properties
from ..operators.blender.footage import renders
from ..operators.blender.jobs import make
from ..operators.blender.mattes import make as mattes
from ..operators.blender.mattes import masks, transitions
from ..operators.blender.reporting import progress
from . import settings
from .find import AnyStrip, scene_of, strip_of, together
from .strip import Strip

#: The settings of a matte that a transition takes; it decides the others itself.
TRANSITION = (
    "style", "softness", "growth", "led", "angle", "origin_x", "origin_y", "scale", "scale_by", "seed", "glow",
    "glow_width", "generator",
)  # fmt: skip
SIDES = ("IN", "OUT", "NEXT")
_START = "Start: {!r} is not a scene frame. Give a whole number, or None for the current frame."


def texture(
    scene: bpy.types.Scene | None = None,
    *,
    length: int = 100,
    start: int | None = None,
    channel: int = 0,
    wait: bool = True,
    **given: Any,
) -> Strip:
    """Add a strip of animated texture.

    `start` is the scene frame of the first picture, by default the current one; `channel` 0 finds a free one.

    >>> strip = latent_strips.texture(style="marble", seed=7, length=4, width=64, height=48)
    >>> strip.verify().is_intact
    True
    """
    return _add("texture", scene, given, length, start, channel, wait)


def sound(
    scene: bpy.types.Scene | None = None,
    *,
    length: int = 100,
    start: int | None = None,
    channel: int = 0,
    wait: bool = True,
    **given: Any,
) -> Strip:
    """Add a strip of a sound effect, as long as `length` frames.

    >>> latent_strips.sound(style="thunder", length=48).name
    'Thunder'
    """
    return _add("sound", scene, given, length, start, channel, wait)


def music(
    scene: bpy.types.Scene | None = None,
    *,
    length: int = 100,
    start: int | None = None,
    channel: int = 0,
    wait: bool = True,
    **given: Any,
) -> Strip:
    """Add a score that ends with a cadence on the strip's last frame.

    See `midi`, `stems` and `accents` for what can be done with it.

    >>> score = latent_strips.music(mood="epic", length=240)
    >>> latent_strips.midi(score).suffix
    '.mid'
    """
    return _add("music", scene, given, length, start, channel, wait)


def image(
    scene: bpy.types.Scene | None = None,
    *,
    length: int = 100,
    start: int | None = None,
    channel: int = 0,
    wait: bool = True,
    **given: Any,
) -> Strip:
    """Add a strip of pictures by an imported generator (see `import_generator`).

    >>> (faces,) = latent_strips.import_generator(model)
    >>> latent_strips.image(generator=faces.id, seed=3, length=2, width=64, height=48).length
    2
    """
    return _add("image", scene, given, length, start, channel, wait)


def clip(
    scene: bpy.types.Scene | None = None,
    *,
    length: int = 100,
    start: int | None = None,
    channel: int = 0,
    wait: bool = True,
    **given: Any,
) -> Strip:
    """Add a strip of sound by an imported generator (see `import_generator`).

    >>> (waves,) = latent_strips.import_generator(sound_model)
    >>> latent_strips.clip(generator=waves.id, seed=3, length=12).length
    12
    """
    return _add("clip", scene, given, length, start, channel, wait)


def matte(
    scene: bpy.types.Scene | None = None,
    *,
    onto: AnyStrip = None,
    length: int = 100,
    start: int | None = None,
    channel: int = 0,
    wait: bool = True,
    **given: Any,
) -> Strip:
    """Add a matte: a strip of its own, or one that the strip `onto` is seen through, for as long as that is.

    >>> below = latent_strips.texture(length=4, width=64, height=48)
    >>> latent_strips.matte(onto=below, style="ink", width=64, height=48).length
    4
    """
    if onto is None:
        return _add("matte", scene, given, length, start, channel, wait)
    scene, strip = strip_of(onto, scene)
    _need_picture(scene, strip)
    values = settings.values(kind("matte"), given)
    return Strip(mattes.mask(scene, strip.name, values, not wait, progress).strip)


def mask(strip: AnyStrip, *, apply: bool = True, wait: bool = True, **given: Any) -> Strip:
    """Add a mask of what a strip shows: of a person, a thing that moves, a screen's color, or brightness.

    With `apply`, the strip is seen through its mask; otherwise the mask is a strip of its own.

    >>> shot = latent_strips.texture(length=4, width=64, height=48)
    >>> latent_strips.mask(shot, style="bright").kind
    'footage_mask'
    """
    return _from_footage("footage_mask", strip, given, apply, wait)


def restyle(strip: AnyStrip, *, wait: bool = True, **given: Any) -> Strip:
    """Show what a strip shows in another style, such as oil paint or ink, on a strip above it.

    >>> shot = latent_strips.texture(length=4, width=64, height=48)
    >>> latent_strips.restyle(shot, style="ink").length
    4
    """
    return _from_footage("restyle", strip, given, False, wait)


def transition(
    a: AnyStrip,
    b: AnyStrip = None,
    *,
    length: int = 0,
    side: str = "OUT",
    hold: bool = False,
    with_glow: bool = False,
    wait: bool = True,
    **given: Any,
) -> Strip:
    """Let strip `b` grow over strip `a`, or a single strip appear or vanish. Returns the matte that does it.

    `length` is in frames; 0 takes all of an overlap, or a second. `side` of a single strip is "IN", "OUT", or "NEXT",
    to the strip that follows. Where strips are too short to overlap, `hold` repeats their last and first frame;
    `with_glow` adds light along the edge.

    >>> a = latent_strips.texture(style="slate", length=12, start=1, width=64, height=48)
    >>> b = latent_strips.texture(style="rust", length=12, start=9, width=64, height=48)
    >>> latent_strips.transition(a, b, style="ink").length
    4
    """
    scene, chosen = together([a] if b is None else [a, b])
    if side not in SIDES:
        raise SettingError(f"Side: {side!r:.64} is not one of {', '.join(SIDES)}.")
    for strip in chosen:
        _need_picture(scene, strip)
    for name in given:
        if name not in (*TRANSITION, settings.PRESET.name):
            settings.named(kind("matte"), name, ("length", "side", "hold", "with_glow"))
            raise SettingError(f"A transition decides {name} itself. It takes: {', '.join(TRANSITION)}.")
    values = mattes.values(**settings.values(kind("matte"), given))
    mattes.check(scene, values)
    plan = transitions.plan(scene, chosen, length, side, hold)
    return Strip(mattes.transition(scene, plan, values, with_glow, not wait, progress)[0].strip)


def _add(
    name: str,
    scene: bpy.types.Scene | None,
    given: Mapping[str, Any],
    length: int,
    start: int | None,
    channel: int,
    wait: bool,
) -> Strip:
    scene, made = scene_of(scene), kind(name)
    values = settings.values(made, given)
    frames = settings.whole(properties.LENGTH, length)
    if start is not None and (isinstance(start, bool) or not isinstance(start, int)):
        raise SettingError(_START.format(start))
    begin = scene.frame_current if start is None else start
    return Strip(make.add(scene, made, values, frames, begin, channel, not wait, progress).strip)


def _from_footage(name: str, strip: AnyStrip, given: Mapping[str, Any], wired: bool, wait: bool) -> Strip:
    made = kind(name)
    scene, found = strip_of(strip)
    renders.check(found)
    masks.need_top_level(scene, [found])
    values = settings.values(made, given)
    return Strip(mattes.from_footage(scene, made, found.name, values, wired, not wait, progress).strip)


def _need_picture(scene: bpy.types.Scene, strip: Any) -> None:
    if strip.type in masks.SILENT:
        raise StripError(f"{strip.name} shows no picture. Choose a strip that does.")
    masks.need_top_level(scene, [strip])


for _name, _function in {"texture": texture, "sound": sound, "music": music, "image": image, "clip": clip}.items():
    settings.signed(_function, kind(_name))
settings.signed(matte, kind("matte"))
settings.signed(mask, kind("footage_mask"))
settings.signed(restyle, kind("restyle"))
settings.signed(transition, kind("matte"), TRANSITION)
