"""Strips that only Blender can show: whether they have changed, and a copy of the scene to render them from.

See `models.footage.rendered`, which runs the second Blender, and `shoot`, which is what that one does.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import bpy

from ....models.errors import MediaError, RecipeError
from ....models.footage import fingerprint
from .. import animation, compat
from ..custom_properties import FOOTAGE_MADE, stored_text
from .files import files

#: Strips with a picture that is not read from a file, but can be rendered on its own.
RENDERED = ("META", "SCENE", "MOVIECLIP", "MASK", "TEXT", "COLOR")
#: What of a strip is not seen, and what follows from the rest.
_UNSEEN = {
    "name", "select", "select_left_handle", "select_right_handle", "mute", "lock", "channel", "color_tag", "type",
    "show_retiming_keys", "use_proxy", "proxy", "strip_elem_index", "is_active", "show_expanded", "enable",
    "session_uid", "override_cache", "use_cache_raw", "use_cache_preprocessed", "use_cache_composite", "show_preview",
    "orig_width", "orig_height", "orig_fps",  # filled in when a frame is first read
}  # fmt: skip
#: Times, which are told from where the strip's content begins: a strip that is moved as a whole shows the same.
_TIMES = {
    "frame_start", "frame_final_start", "frame_final_end", "left_handle", "right_handle", "content_start",
    "content_end", "timeline_frame",
}  # fmt: skip
_PARTS = ("transform", "crop", "colorspace_settings")
#: How a strip lies over those below: of no matter for the strip that is masked, but for those within it.
_BLENDING = frozenset({"blend_type", "blend_alpha"})


def need(strip: Any) -> bool:
    """Whether a strip can't be read from its files, as Blender does something of its own with them."""
    return strip.type not in ("MOVIE", "IMAGE") or bool(
        _moving(strip)
        or compat.is_retimed(strip)
        or getattr(strip, "use_deinterlace", False)
        or getattr(strip, "use_multiview", False)
    )


def _moving(strip: Any) -> dict[str, str]:
    """Return what of a strip's picture drivers and NLA strips move, by path from the strip."""
    found = animation.moving(strip.id_data, strip)
    return {path: how for path, how in found.items() if not path.startswith("latent_") and path not in _BLENDING}


def check(strip: Any) -> None:
    """Whether a strip can be rendered alone. Raises RecipeError."""
    if strip.type not in ("MOVIE", "IMAGE", *RENDERED):
        raise RecipeError(
            f"{strip.name} has no picture of its own. Put it into a meta strip together with its "
            "inputs, and use the meta strip."
        )
    if strip.type == "SCENE" and strip.scene is None:
        raise RecipeError(f"{strip.name} has no scene. Choose one in the strip's settings.")


def digest(scene: bpy.types.Scene, strip: Any) -> str:
    """Return a SHA-256 that changes when what the strip shows does: its settings, keyframes, files, and those within
    it.

    What happens in a 3D scene is not followed; a scene strip counts as changed when it is used again (see `renew`).
    Raises MediaError when a file is not there.
    """
    first, curves = compat.content_start(strip), compat.fcurves(scene)
    found = [_facts(strip, curves, first, _BLENDING), stored_text(strip, FOOTAGE_MADE)]
    return hashlib.sha256(json.dumps(found, default=str).encode()).hexdigest()


def renew(strip: Any) -> None:
    """Say that a strip with scenes in it may show something else than before."""
    if any(each.type == "SCENE" for each in within(strip)):
        strip[FOOTAGE_MADE] = uuid.uuid4().hex


def write(scene: bpy.types.Scene, strip: Any) -> Path:
    """Copy the file for the second Blender, and return the `shot.json`. The folder goes with the job, or with Blender.

    Raises MediaError when there is no room.
    """
    folder = Path(tempfile.mkdtemp(prefix="latent-shot-", dir=bpy.app.tempdir or None))
    path, script = folder / "shot.json", Path(__file__).with_name("render_script.py")
    if bpy.app.binary_path:
        command = [bpy.app.binary_path, "--background", "--factory-startup", "--disable-autoexec", "-noaudio"]
        command += ["--python-exit-code", "3", "--python", str(script), "--", str(path)]
    else:
        command = [sys.executable, str(script), str(path)]
    told = {
        "command": command,
        "scene": scene.name,
        "strip": strip.name,
        "first": compat.content_start(strip),
        "begin": compat.left(strip) - compat.content_start(strip),
        "end": compat.right(strip) - compat.content_start(strip),
    }
    try:
        # A part of the file alone, with `libraries.write`, crashes Blender 5.2 where scenes hold strips of each other.
        bpy.ops.wm.save_as_mainfile(
            filepath=str(folder / "shot.blend"), copy=True, check_existing=False, compress=False
        )
        path.write_text(json.dumps(told), "utf-8")
    except (OSError, RuntimeError) as error:
        raise MediaError(f"{folder}: can't write a copy of the .blend file for rendering ({error}).") from error
    return path


def within(strip: Any) -> Iterator[Any]:
    """Yield a strip, and those inside it where it is a meta strip."""
    yield strip
    for inner in _inner(strip):
        yield from within(inner)


def _inner(strip: Any) -> list[Any]:
    if strip.type != "META":
        return []
    return list(strip.strips if hasattr(strip, "strips") else strip.sequences)


def _facts(strip: Any, curves: Mapping[str, Any], first: int, unseen: frozenset[str] = frozenset()) -> list[Any]:
    """Return what can be said of a strip and of those within it."""
    prefix = f'["{bpy.utils.escape_identifier(strip.name)}"].'
    own = {path.split(prefix, 1)[1]: curve for path, curve in curves.items() if prefix in path}
    keyed = {
        path: [(point.co[0] - first, point.co[1], point.interpolation) for point in curve.keyframe_points]
        for path, curve in sorted(own.items())
        if not path.startswith("latent_") and path not in unseen
    }
    moved = animation.told(strip.id_data, strip)
    keyed |= {path: told for path, told in moved.items() if not path.startswith("latent_") and path not in unseen}
    found = [strip.type, _values(strip, "", keyed, first, unseen), keyed]
    if strip.type in ("MOVIE", "IMAGE"):
        found.append(fingerprint.of(files(strip)))
    inner = sorted(_inner(strip), key=lambda each: (each.channel, compat.left(each)))
    return [*found, [(each.channel, each.mute, _facts(each, curves, first)) for each in inner if each.type != "SOUND"]]


def _values(block: Any, prefix: str, keyed: Mapping[str, Any], first: int, unseen: frozenset[str]) -> list[Any]:
    """Return the plain settings of a strip or a part of it by name, those left out that keyframes say."""
    found: list[Any] = []
    for rna in compat.settings(block):
        name = rna.identifier
        if name in _UNSEEN or name in unseen or prefix + name in keyed or name.startswith(("rna_", "latent_")):
            continue
        value = getattr(block, name)
        if name == "strobe":  # 0 in a new strip of Blender 4.2, 1 from its first render on, with no difference
            value = max(value, 1.0)
        if rna.type == "COLLECTION":
            if name in ("elements", "modifiers", "retiming_keys"):
                parts = [each for each in value if getattr(each, "type", "") != "MASK"]
                paths = [f'{prefix}{name}["{getattr(each, "name", "")}"].' for each in parts]
                found.append((name, [_values(*each, keyed, first, unseen) for each in zip(parts, paths, strict=True)]))
        elif rna.type == "POINTER":
            if value is not None and name in _PARTS:
                found.append((name, _values(value, f"{prefix}{name}.", keyed, first, unseen)))
            elif isinstance(value, bpy.types.ID):
                found.append((name, value.name_full))
        elif getattr(rna, "is_array", False):
            found.append((name, list(value)))
        else:
            found.append((name, value - first if name in _TIMES else value))
    return found
