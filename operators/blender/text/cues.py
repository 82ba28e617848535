"""Cues on the timeline: text strips from a file, and a file from text strips as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from ....models.errors import SubtitleError
from ....models.subtitles import Cue, Look, Placed, Summary, place, rate, read, to_ms, write
from ....models.subtitles.limits import MAX_BYTES
from ....models.subtitles.stored import Stored
from ....models.subtitles.substation import packed
from ....models.text.breaks import COLUMN, broken
from .. import compat
from ..custom_properties import CUE, CUE_HEADER
from ..timeline import channels
from ..timeline.text_strips import stored_cue, texts

#: Blender's last frame.
LAST_FRAME = 1_048_574
#: A subtitle's size in parts of the frame's shorter side, its distance from the edges, in parts of the frame, and how
#: much of the width lines may fill.
SIZE, MARGIN, WIDTH = 1 / 18, 0.05, 0.9
#: Bytes of a strip's name: Blender cuts it, and then numbers it, in 63.
NAME = 56


def scene_rate(scene: bpy.types.Scene) -> Fraction:
    """Return the scene's exact frame rate."""
    return rate(scene.render.fps, scene.render.fps_base)


def load(
    scene: bpy.types.Scene, path: Path, encoding: str = "", offset: int = 0, channel: int = 0
) -> tuple[list[str], Summary]:
    """Put the cues of a file on the timeline as text strips. Returns their names, in order, and what became of each.

    `offset` (frames) is where the file's time 0 lies after the scene's first frame. Raises SubtitleError or
    LatentStripsError, and then adds nothing.
    """
    track = read(_bytes(path), encoding, scene_rate(scene))
    summary = track.summary
    begin = scene.frame_start + offset
    placed = []
    for cue in place(track.cues, scene_rate(scene)):
        if begin + cue.end > LAST_FRAME:
            summary.drop(f"it lies beyond frame {LAST_FRAME}, Blender's last", cue.cue.line)
            summary.kept -= 1
        elif cue.end == cue.start:
            summary.drop("it is shorter than a frame, and the frames beside it show other cues", cue.cue.line)
            summary.kept -= 1
        else:
            placed.append(cue)
    if not placed:
        return [], summary
    lanes = max(cue.lane for cue in placed) + 1
    first, last = begin + placed[0].start, begin + max(cue.end for cue in placed)
    channel = channels.channel_for(scene, first, last - first, channel, lanes)
    called = _names([cue.cue.text for cue in placed], {strip.name for strip in compat.all_strips(scene)})
    with compat.still(scene):
        names = [_strip(scene, cue, name, begin, channel, summary) for cue, name in zip(placed, called, strict=True)]
    outside = sum(begin + cue.start > scene.frame_end or begin + cue.end <= scene.frame_start for cue in placed)
    if outside:
        summary.remarks.append(f"{outside} cues lie outside of the scene's frame range.")
    return names, summary


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size >= MAX_BYTES:
            raise SubtitleError(f"{path.name} has {path.stat().st_size / 1e6:.0f} MB, far more than subtitles have.")
        return path.read_bytes()
    except OSError as error:
        raise SubtitleError(f"{path}: can't be read ({error.strerror}). Choose a subtitle file.") from error


def _names(texts: Iterable[str], taken: set[str]) -> Iterator[str]:
    """Yield a name for each text that nothing else has.

    Blender would find one by trying, with a look at all strips each.
    """
    next_number: dict[str, int] = {}
    for text in texts:
        base = " ".join(text.split())[:40].encode()[:NAME].decode(errors="ignore")
        name, number = base, next_number.get(base, 0)
        while name in taken:
            number += 1
            name = f"{base}.{number:03d}"
        next_number[base] = number
        taken.add(name)
        yield name


def _strip(scene: bpy.types.Scene, placed: Placed, name: str, begin: int, channel: int, summary: Summary) -> str:
    """Make one text strip and return its name."""
    cue, look = placed.cue, placed.cue.look
    strip = compat.new_text(scene, name, channel + placed.lane, begin + placed.start, placed.end - placed.start)
    size = font_size(scene)
    laid = broken(cue.text, int(WIDTH * scene.render.resolution_x / (size * COLUMN)))
    stored = Stored(cue, (placed.start, placed.end), laid=laid if laid != cue.text else "")
    strip.text = stored.shown
    if strip.text != stored.shown:
        summary.change("this Blender holds only the start of so long a text", cue.line)
    _set(strip, "font_size", size)
    _set(strip, "wrap_width", WIDTH)
    _set(strip, "use_outline", True)
    _set(strip, "use_bold", look.bold)
    _set(strip, "use_italic", look.italic)
    if look.color:
        strip.color = (*look.color, 1.0)
    _locate(strip, look, placed.level * 2.6 * size / scene.render.resolution_y)
    if cue.origin:
        strip[CUE_HEADER] = packed(cue.origin.header)
    strip[CUE] = replace(stored, place=_place(strip)).json()
    return str(strip.name)


def font_size(scene: bpy.types.Scene) -> float:
    """Return the size of subtitles, px: by the shorter side, so that an upright film has as many letters in a line."""
    return max(1.0, round(min(scene.render.resolution_x, scene.render.resolution_y) * SIZE))


def _set(strip: Any, name: str, value: Any) -> None:
    """Set what is not so already: at each property that is set Blender may look through all strips."""
    if getattr(strip, name) != value:
        setattr(strip, name, value)


def _locate(strip: Any, look: Look, step: float) -> None:
    """Put a strip at its place; `step` is how far it stands from it, as cues that overlap stand above one another."""
    column, row = ((look.anchor or 2) - 1) % 3, ((look.anchor or 2) - 1) // 3
    compat.set_text_anchor(strip, ("LEFT", "CENTER", "RIGHT")[column], ("BOTTOM", "CENTER", "TOP")[row])
    x, y = (MARGIN, 0.5, 1 - MARGIN)[column], (MARGIN + step, 0.5, 1 - MARGIN - step)[row]
    if look.position:
        x, y = look.position[0], 1 - look.position[1]
    strip.location = (x, y)


def _place(strip: Any) -> tuple[float, float]:
    x, y = (round(float(part), 5) for part in strip.location)
    return x, y


def save(scene: bpy.types.Scene, path: Path, selected: bool = False, offset: int = 0) -> int:
    """Write text strips to a file by its suffix, as they are on the timeline now; returns how many.

    Raises SubtitleError when there are none, or the file can't be written; an old file is then left as it was.
    """
    found = [strip for strip in texts(scene, selected) if strip.text.strip()]
    if not found:
        raise SubtitleError("There are no text strips to export." + (" Select some." if selected else ""))
    fps, begin = scene_rate(scene), scene.frame_start + offset
    text = write(list(_cues(found, fps, begin)), path.suffix.lower().lstrip(".") or "srt")
    fresh = path.with_name(path.name + ".part")
    try:
        fresh.write_text(text, "utf-8", newline="\n")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise SubtitleError(f"{path}: can't be written ({error.strerror}). Choose another folder.") from error
    return len(found)


def _cues(found: Sequence[Any], fps: Fraction, begin: int) -> Iterable[Cue]:
    for strip in found:
        start = max(compat.left(strip) - begin, 0)
        end = max(compat.left(strip) + compat.length(strip) - begin, start + 1)
        stored = stored_cue(strip)
        said = stored.cue if stored else None
        first, last = to_ms(start, fps), to_ms(end, fps)
        if stored:  # an edge that was not moved keeps its own milliseconds
            first = stored.cue.start if stored.frames[0] == start else first
            last = stored.cue.end if stored.frames[1] == end else last
        look = _look(strip, stored)
        text = stored.cue.text if stored and stored.is_in(strip.text) else strip.text
        same = said is not None and said.text == text and said.look == look
        origin = said.origin if said else None
        if origin and not same:
            origin = replace(origin, marked="")
        yield Cue(first, last, text, look, said.marked if said and same else "", origin=origin)


def _look(strip: Any, stored: Stored | None) -> Look:
    """How a strip looks now; what it can't show is as the file said."""
    before = stored.cue.look if stored else Look()
    red, green, blue = (round(float(part), 6) for part in strip.color[:3])
    color: tuple[float, float, float] | None = (red, green, blue)
    told = before.color or (1.0, 1.0, 1.0)
    if max(abs(a - b) for a, b in zip((red, green, blue), told, strict=True)) < 1e-3:
        color = before.color
    x, y, _ = compat.text_anchor(strip)
    anchor = 1 + ("LEFT", "CENTER", "RIGHT").index(x) + 3 * ("BOTTOM", "CENTER", "TOP").index(y)
    anchor = before.anchor if anchor == (before.anchor or 2) else anchor
    place, position = _place(strip), before.position
    if stored and stored.place and max(abs(a - b) for a, b in zip(place, stored.place, strict=True)) > 1e-4:
        position = (place[0], round(1 - place[1], 5))  # it was moved in the frame
    return Look(bool(strip.use_bold), bool(strip.use_italic), color, anchor, position)
