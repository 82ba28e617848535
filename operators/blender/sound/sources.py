"""What is heard of the timeline, in words that the worker understands: which files, where, how much, how loud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from ....models.errors import MediaError, RecipeError
from .. import compat
from ..timeline import sound_strips

PlacedSoundFields = dict[str, Any]


def sources(scene: bpy.types.Scene, but: Any = None) -> list[str]:
    """Return the names of the sound strips that a setting of the strip `but` can react to."""
    return [strip.name for strip in compat.all_strips(scene) if strip.type == "SOUND" and strip != but]


def pieces(
    scene: bpy.types.Scene, first: int, frames: int, source: str = "", but: Any = None
) -> tuple[list[PlacedSoundFields], list[str]]:
    """(sounds, warnings) of `frames` frames from scene frame `first` on: those of one strip, or all that is heard.

    One strip is heard even if it is muted: a guide need not be. Of all, muted ones, those in muted channels and `but`
    are left out. Raises RecipeError or MediaError where nothing is left or one strip can't be heard.
    """
    rate = scene.render.fps / scene.render.fps_base
    curves = compat.fcurves(scene)
    if source:
        strip = _named(scene, source, but)
        return [_piece(strip, first, frames, (compat.left(strip), compat.right(strip)), rate, curves)], []
    found, warnings = [], []
    for strip, span in _audible(scene.sequence_editor, (first, first + frames)) if scene.sequence_editor else ():
        if strip == but:
            continue
        try:
            found.append(_piece(strip, first, frames, span, rate, curves))
        except MediaError as error:
            warnings.append(str(error))
    if not found:
        reason = f" {warnings[0]}" if warnings else " Add a sound strip there, or unmute one."
        raise RecipeError(f"Nothing is heard from frame {first} to {first + frames - 1}.{reason}")
    return found, warnings


def _named(scene: bpy.types.Scene, name: str, but: Any) -> Any:
    strip = next((strip for strip in compat.all_strips(scene) if strip.name == name), None)
    if strip is None or strip.type != "SOUND":
        there = ", ".join(sources(scene, but)[:5]) or "none"
        raise RecipeError(f"There is no sound strip {name[:64]!r}. There are: {there}.")
    if strip == but:
        raise RecipeError(f"{strip.name} can't react to itself.")
    return strip


def _audible(owner: Any, span: tuple[int, int]) -> Iterator[tuple[Any, tuple[int, int]]]:
    """Each sound strip that is heard within `span` (first frame, end), in meta strips too, and from when to when."""
    for strip in compat.inside(owner):
        low, high = max(span[0], compat.left(strip)), min(span[1], compat.right(strip))
        if strip.mute or owner.channels[strip.channel].mute or high <= low:
            continue
        if compat.is_meta(strip):
            yield from _audible(strip, (low, high))
        elif strip.type == "SOUND":
            yield strip, (low, high)


def _piece(
    strip: Any, first: int, frames: int, span: tuple[int, int], rate: float, curves: dict[str, Any]
) -> PlacedSoundFields:
    """Return what the worker is told of a strip.

    Raises MediaError where that can't be said, or its file isn't there.
    """
    if len(getattr(strip, "retiming_keys", ())):
        raise MediaError(f"{strip.name} is retimed, which can't be followed. Render it to a sound first.")
    path = sound_strips.file(strip)
    if not path.is_file():
        packed = strip.sound and strip.sound.packed_file
        advice = "It is packed: unpack it." if packed else "Is it still being made, or was it moved?"
        raise MediaError(f"{strip.name} plays {path or 'no file'}, which isn't there. {advice}")
    curve = compat.fcurve_of(curves, strip, "volume")
    volume = [curve.evaluate(first + n) for n in range(frames)] if curve else [strip.volume]
    return {
        "path": str(Path(bpy.path.abspath(str(path)))),
        "at": (compat.sound_start(strip) - first) / rate + compat.sound_offset(strip),
        "start": (span[0] - first) / rate,
        "end": (span[1] - first) / rate,
        "volume": volume,
    }
