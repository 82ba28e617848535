"""Text strips: what they say, how they are set, and which overlay stands for which."""

from __future__ import annotations

import shutil
import uuid
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from ....models.errors import CacheError, RecipeError
from ....models.kinds import kind
from ....models.recipe import Recipe
from ....models.subtitles.stored import Stored
from ....models.subtitles.substation import unpacked
from ....models.text import folders
from ....models.text.folders import SUFFIXES, digest_of
from ....models.text.spec import MAX_TEXT, Spec
from .. import compat
from ..copies import matched
from ..custom_properties import CUE, CUE_HEADER, TEXT_ID, TEXT_SOURCE, stored_text
from ..preferences import font_folders, user_folder
from . import content
from .content import Content, Place
from .text_placement import at_start, left_in_time

#: What text strips are set in that name no font.
DEFAULT = "DejaVuSansMono"


def texts(scene: bpy.types.Scene, selected: bool = False) -> list[Any]:
    """Return a scene's text strips in order of time."""
    found = [s for s in compat.all_strips(scene) if s.type == "TEXT" and (s.select or not selected)]
    return sorted(found, key=lambda strip: (compat.left(strip), strip.channel))


def find(scene: bpy.types.Scene, name: str, id: str) -> Any:
    """Return the text strip of an identity, or None; quick while it still has the name that it had."""
    with suppress(KeyError):
        strip = compat.named(scene, name)
        if stored_text(strip, TEXT_ID) == id and strip.type == "TEXT":
            return strip
    return next((s for s in texts(scene) if stored_text(s, TEXT_ID) == id), None)


def source(overlay: Any) -> Any:
    """Return the text strip that an overlay is made from, or None."""
    id = stored_text(overlay, TEXT_SOURCE)
    scene = overlay.id_data
    if not id or not isinstance(scene, bpy.types.Scene):
        return None
    return _pairs(scene, id).get(overlay.name)


def overlay_of(scene: bpy.types.Scene, text: Any) -> Any:
    """Return the overlay that is made from a text strip, or None."""
    id = stored_text(text, TEXT_ID)
    found = _pairs(scene, id) if id else {}
    return next((compat.named(scene, name) for name, owner in found.items() if owner == text), None)


def _pairs(scene: bpy.types.Scene, id: str) -> dict[str, Any]:
    """Return the text strip of each overlay, by the overlay's name, among all copies of one text."""
    strips = compat.all_strips(scene)
    owners = [s for s in strips if stored_text(s, TEXT_ID) == id and s.type == "TEXT"]
    return matched(owners, [s for s in strips if stored_text(s, TEXT_SOURCE) == id])


def followed(overlay: Any, recipe: Recipe, fit: bool = False) -> tuple[Content, Place | None]:
    """Return the content that a strip should have, and its place where that is another.

    That is the content that it has, and with `fit` what its handles were drawn out for. But an overlay that its text
    strip was moved away from goes there with its keyframes, and one whose text has another length begins there.
    """
    text = source(overlay)
    now = content.of(overlay, recipe)
    if text is None:
        wanted = content.drawn_out(overlay, recipe) if fit else now
        window = compat.left(overlay), compat.right(overlay)
        restarts = wanted.start != now.start and not kind(recipe.kind).has_origin
        return wanted, (Place(wanted.start, *window) if restarts else None)
    if not left_in_time(overlay, text):
        return now, None
    left, length = compat.left(text), compat.length(text)
    as_long = length == compat.length(overlay)
    now = replace(now, start=now.start + left - compat.left(overlay)) if as_long else Content(left, length)
    return now, Place(now.start, left, left + length, with_keys=as_long)


def owned_id(scene: bpy.types.Scene, text: Any) -> str:
    """Return a text strip's identity, a new one if it is a copy that shares its original's."""
    return owned_ids(scene, [text])[0]


def owned_ids(scene: bpy.types.Scene, wanted: Iterable[Any]) -> list[str]:
    """Return the identities of text strips, as `owned_id` gives them; a look at each strip, however many are wanted."""
    sharing = Counter(stored_text(s, TEXT_ID) for s in compat.all_strips(scene) if s.type == "TEXT")
    found = []
    for text in wanted:
        old = stored_text(text, TEXT_ID)
        if not old or sharing[old] > 1:
            sharing[old] -= 1
            text[TEXT_ID] = uuid.uuid4().hex
        found.append(str(text[TEXT_ID]))
    return found


def layout(scene: bpy.types.Scene, strip: Any) -> str:
    """Return the layout of a text strip as `models.text.spec.Spec` writes it, with the chosen font alone.

    Raises RecipeError or CacheError.
    """
    folders.FONTS[:] = font_folders()
    text = full_text(strip)
    if not text.strip():
        raise RecipeError(f"{strip.name} has no text. Type some, or deselect it.")
    if len(text) > MAX_TEXT:
        raise RecipeError(
            f"{strip.name} has {len(text)} characters. Styled text can have at most "
            f"{MAX_TEXT}: shorten it or split the strip."
        )
    # At full size, whatever percentage is rendered: Blender scales pictures as it scales texts.
    frame = scene.render.resolution_x, scene.render.resolution_y
    x, y, align = compat.text_anchor(strip)
    rules = compat.text_rules()
    value = at_start(scene, strip)
    size, place = value("font_size"), value("location")
    height = size * 1.17  # of a line, for what Blender measures in lines
    return Spec(
        text=text,
        fonts=(_font(strip),),
        size=round(float(size), 3),
        frame=frame,
        location=(round(float(place[0]), 5), round(float(place[1]), 5)),
        anchor=(x, y),
        align=align,
        wrap=int(value("wrap_width") * frame[0]) if strip.wrap_width else 0,
        bold=bool(strip.use_bold),
        italic=bool(strip.use_italic),
        rules=rules,
        color=_color(value("color")),
        outline=round(height * 0.5 * value("outline_width"), 2) if strip.use_outline else 0.0,
        outline_color=_color(value("outline_color")),
        box=int(value("box_margin") * frame[0]) if strip.use_box else -1,
        box_color=_color(value("box_color")),
        shadow=_color(map(value, ("shadow_angle", "shadow_offset", "shadow_blur"))) if strip.use_shadow else (),
        shadow_color=_color(value("shadow_color")),
    ).json()


def stored_cue(strip: Any) -> Stored | None:
    """Return what the file said of a text strip and how that was placed, or None where there was no file."""
    return Stored.from_json(stored_text(strip, CUE), unpacked(stored_text(strip, CUE_HEADER)))


def full_text(strip: Any) -> str:
    """Return what a text strip says, with what it would draw as boxes; of a text that it can't hold, all of it."""
    stored = stored_cue(strip)
    return stored.full if stored and stored.is_in(strip.text) else str(strip.text)


def _color(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def _font(strip: Any) -> str:
    """Return the digest of the font that a text is set in. Raises CacheError."""
    chosen = _chosen(strip.font) if strip.font else None
    return chosen or folders.shipped(DEFAULT)


def has_font(strip: Any) -> bool:
    """Whether the font that a text strip names is there; Blender shows its default one otherwise."""
    return strip.font is None or _chosen(strip.font) is not None


def _chosen(font: Any) -> str | None:
    """Return the digest of a font data-block, its file copied to where the worker looks; None when there is no file."""
    folder = user_folder("fonts")
    path = Path(bpy.path.abspath(font.filepath, library=font.library))
    try:
        if font.packed_file:
            fresh = folder / f"packed-{uuid.uuid4().hex}{path.suffix if path.suffix.lower() in SUFFIXES else '.ttf'}"
            fresh.write_bytes(font.packed_file.data)
            digest = digest_of(fresh, fresh.stat().st_mtime_ns)
            fresh.replace(folder / f"{digest}{fresh.suffix}")
            return digest
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            return None
        digest = digest_of(path, path.stat().st_mtime_ns)
        target = folder / f"{digest}{path.suffix.lower()}"
        if not target.exists():
            shutil.copyfile(path, target)
        return digest
    except OSError as error:
        raise CacheError(f"{path.name}: can't be copied to {folder} ({error.strerror}).") from error
