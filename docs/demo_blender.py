"""The isolated Blender that the demo's film is cut in, and the strips that are Blender's own: texts and footage."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any


def quieten(log_file: Path) -> None:
    """Let Blender's own lines, hundreds of them, go to a log, and what this demo prints to the terminal."""
    terminal = os.dup(1)
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT)
    os.dup2(log, 1)
    sys.stdout = os.fdopen(terminal, "w", encoding="utf-8")


@contextmanager
def timed(label: str) -> Iterator[None]:
    """Print how long something took."""
    began = time.perf_counter()
    yield
    print(f"{time.perf_counter() - began:7.1f} s  {label}", flush=True)


def install(zip_file: Path) -> None:
    """Install the built extension, as a user would from a file."""
    import addon_utils
    import bpy

    addon_utils.enable("bl_pkg", default_set=True)
    bpy.ops.extensions.package_install_files(filepath=str(zip_file), repo="user_default", enable_on_install=True)
    bpy.context.scene.sequence_editor_create()


def api() -> Any:
    """Return the extension's functions for scripts, as any script imports them."""
    return import_module("bl_ext.user_default.latent_strips")


def timeline() -> Any:
    """Return the film's scene."""
    import bpy

    return bpy.context.scene


def strips() -> Any:
    """Return the film's strips, as Blender's versions name them."""
    editor = timeline().sequence_editor
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def footage(name: str, channel: int, start: int, files: Sequence[Path]) -> Any:
    """Put pictures, or a movie, on the timeline. Returns Blender's strip."""
    if len(files) == 1:
        return strips().new_movie(name, str(files[0].resolve()), channel, start, fit_method="FILL")
    strip = strips().new_image(name, str(files[0]), channel, start)
    for path in files[1:]:
        strip.elements.append(path.name)
    return strip


def text(words: str, start: int, length: int, size: float) -> str:
    """Put a text in the middle of the frame; `size` is a part of its height. Returns the strip's name."""
    import bpy

    end = {"length": length} if bpy.app.version >= (5, 0, 0) else {"frame_end": start + length}
    strip = strips().new_effect(name=words.split("\n")[0], type="TEXT", channel=8, frame_start=start, **end)
    strip.text, strip.location = words, (0.5, 0.5)
    if hasattr(strip, "anchor_x"):
        strip.anchor_x, strip.anchor_y, strip.alignment_x = "CENTER", "CENTER", "CENTER"
    else:
        strip.align_x, strip.align_y = "CENTER", "CENTER"
    in_font(strip, size)
    return str(strip.name)


def in_font(strip: Any, size: float) -> None:
    """Set a text in bold letters of the font that the interface has."""
    import bpy

    file = Path(bpy.utils.system_resource("DATAFILES", path="fonts")) / "Inter.woff2"
    strip.font, strip.use_bold = bpy.data.fonts.load(str(file), check_existing=True), True
    strip.font_size = timeline().render.resolution_y * size


def clock(frame: int) -> str:
    """Return the time of a frame as subtitle files have it."""
    milliseconds = (frame - 1) * 1000 // timeline().render.fps
    return f"00:00:{milliseconds // 1000:02},{milliseconds % 1000:03}"
