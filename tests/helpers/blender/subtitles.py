"""What tests ask of subtitles on the timeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from tests.helpers.blender.strips import part

SRT = """1
00:00:00,000 --> 00:00:01,500
<i>Hello</i>

2
00:00:01,000 --> 00:00:03,001
two
lines

3
00:00:05,000 --> 00:00:06,000
{\\an8}<font color="#ff0000">above</font>
"""


def texts() -> list[Any]:
    """The text strips of the scene, in order of time."""
    return list(part("operators.blender.timeline.text_strips").texts(bpy.context.scene))


def load(tmp_path: Path, text: str = SRT, **settings: Any) -> list[Any]:
    """Import a text as a file and return the text strips."""
    path = tmp_path / "film.srt"
    path.write_text(text, "utf-8")
    assert bpy.ops.latent_strips.subtitles_import(filepath=str(path), **settings) == {"FINISHED"}
    return texts()


def save(tmp_path: Path, name: str = "out.srt", **settings: Any) -> str:
    """Export the text strips and return the file's text."""
    bpy.ops.latent_strips.subtitles_export(filepath=str(tmp_path / name), **settings)
    return (tmp_path / name).read_text("utf-8")


def span(strip: Any) -> tuple[int, int]:
    """The frames that a strip is seen from and until."""
    compat = part("operators.blender.compat")
    return compat.left(strip), compat.left(strip) + compat.length(strip)
