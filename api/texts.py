"""Subtitles and titles, with overlays made of fire, ice, gold and other styles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ..models.errors import LatentStripsError, RecipeError, SettingError, StripError, SubtitleError
from ..operators.blender import compat, properties
from ..operators.blender.reporting import progress
from ..operators.blender.text import cues, overlays
from ..operators.blender.timeline import channels, text_strips
from . import settings
from .find import AnyStrip, scene_of, together
from .strip import Strip


@dataclass(frozen=True)
class Texts:
    """What became of text strips: their `names`, in order of time, and the `overlays` that were made of them.

    `summary` is what was read from a subtitle file, `remarks` what should be known of it and of the overlays, and
    `failed` has the error of each text without an overlay. With `wait=False` the `waiting` ones follow later.
    """

    names: list[str]
    overlays: list[Strip] = field(default_factory=list)
    summary: str = ""
    remarks: list[str] = field(default_factory=list)
    failed: dict[str, LatentStripsError] = field(default_factory=dict)
    waiting: int = 0


def subtitles(
    scene: bpy.types.Scene,
    path: str | Path,
    style: str | None = None,
    *,
    encoding: str = "",
    offset: int = 0,
    channel: int = 0,
    wait: bool = True,
    **given: Any,
) -> Texts:
    """Put the cues of a subtitle file on the timeline as text strips, and style them where a `style` is given.

    `scene` None is the current one. `offset` is in frames, between the scene's start and the file's time 0; `style` ""
    is the first style. Raises SubtitleError for a file that can't be read, and then adds nothing.

    >>> found = latent_strips.subtitles(scene, "film.srt", style="neon")
    >>> found.names, [overlay.style for overlay in found.overlays]
    (['Hello'], ['neon'])
    """
    scene = scene_of(scene)
    if not str(path).strip():
        raise SubtitleError("No subtitle file was named. Give the path of one, such as film.srt.")
    if style is None and given:
        raise SettingError(f"{', '.join(given)}: only styled subtitles have settings. Give a style, too.")
    values = _values({**given, "style": style}) if style is not None else None
    names, summary = cues.load(scene, Path(path), encoding, offset, channel)
    headline, *remarks = summary.lines()
    styled = _styled(scene, names, values, wait) if values is not None and names else Texts(names)
    return Texts(names, styled.overlays, headline, [*remarks, *styled.remarks], styled.failed, styled.waiting)


def export_subtitles(scene: bpy.types.Scene, path: str | Path, *, selected: bool = False, offset: int = 0) -> int:
    """Write the text strips of a scene to a subtitle file, as they are on the timeline now. Returns how many.

    The ending of `path` is the format: .srt, .vtt, .ass or .ssa. With `selected` the others are left out. `offset` is
    in frames, between the scene's start and the file's time 0. Raises SubtitleError; an old file then stays.

    >>> found = latent_strips.subtitles(scene, "film.srt")
    >>> latent_strips.export_subtitles(scene, "film.srt")
    1
    """
    scene = compat.sequencer_scene(bpy.context) if scene is None else scene
    if not str(path).strip():
        raise SubtitleError("No subtitle file was named. Give the path of one, such as film.srt.")
    return cues.save(scene, Path(path), selected, offset)


def style_text(texts: AnyStrip | Iterable[AnyStrip], *, wait: bool = True, **given: Any) -> Texts:
    """Make overlays of text strips: of one, or of several of a scene. The texts are muted, and stay what is edited.

    Raises the error of a text that was alone; of several, `failed` has the errors.

    >>> text = latent_strips.title(scene, "The End", length=4).blender
    >>> latent_strips.style_text("The End", style="gold").overlays[0].style
    'gold'
    """
    chosen = [texts] if isinstance(texts, str) or not isinstance(texts, Iterable) else list(texts)
    scene, found = together(chosen)
    for strip in found:
        if strip.type != "TEXT":
            raise StripError(f"{strip.name} is not a text strip. Choose text strips.")
    names = [strip.name for strip in found]
    styled = _styled(scene, names, _values(given), wait)
    if len(names) == 1 and styled.failed:
        raise styled.failed[names[0]]
    return styled


def title(
    scene: bpy.types.Scene,
    text: str,
    *,
    length: int = 100,
    start: int | None = None,
    channel: int = 0,
    wait: bool = True,
    **given: Any,
) -> Strip:
    """Add a text in the middle of the frame, and style it. Returns its overlay.

    >>> latent_strips.title(scene, "Fire", style="fire", length=4).length
    4
    """
    scene, values = scene_of(scene), _values(given)
    if not text.strip():
        raise RecipeError("The title has no text. Give it some.")
    frames = settings.whole(properties.LENGTH, length)
    begin = scene.frame_current if start is None else start
    channel = channels.channel_for(scene, begin, frames, channel)
    with compat.still(scene):
        strip = compat.new_text(scene, " ".join(text.split())[:40], channel, begin, frames)
        strip.text, strip.location = text, (0.5, 0.5)
        strip.font_size = scene.render.resolution_y / 8
        compat.set_text_anchor(strip, "CENTER", "CENTER")
    name = strip.name
    styled = _styled(scene, [name], values, wait)
    if styled.failed:
        compat.strips(scene).remove(compat.named(scene, name))
        raise styled.failed[name]
    return styled.overlays[0]


def _values(given: Mapping[str, Any]) -> dict[str, Any]:
    values = settings.values(overlays.text_kind(), given)
    overlays.check(values)
    return values


def _styled(scene: bpy.types.Scene, names: list[str], values: Mapping[str, Any], wait: bool) -> Texts:
    if not wait:
        first, *rest = (strip.name for strip in overlays.in_play_order(scene, names))
        overlays.style_later(scene, rest, values)
        job = overlays.style(scene, compat.named(scene, first), values, is_live=True)
        remarks = list(overlays.warnings(scene, first))  # of the others as they are made, in the console
        return Texts(names, [Strip(job.strip)], remarks=remarks, waiting=len(rest))
    result = Texts(names)
    for name, error in overlays.style_all(scene, names, values, progress):
        if error:
            result.failed[name] = error
            continue
        overlay = text_strips.overlay_of(scene, compat.named(scene, name))
        result.overlays.append(Strip.of(overlay))
        result.remarks.extend(overlays.warnings(scene, name))
    return result


for _function in (subtitles, style_text, title):
    settings.signed(_function, overlays.text_kind())
