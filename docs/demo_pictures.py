"""Show the demo's film: render it to a movie, lay a frame of each second on a contact sheet, and make a moving picture.

PyAV comes with the extension, so it is imported once that is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
COLUMNS, TILE, GUTTER, NAME = 6, (320, 180), 12, 30
#: Of the moving picture: width and height, its frames per second, and seconds of each shot.
SMALL, RATE, SECONDS, QUALITY = (480, 270), 12, 1.75, "65"


def movie(scene: Any, path: Path) -> Path:
    """Render the timeline to an MP4."""
    import bpy

    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):  # Blender 5.0 and later
        settings.media_type = "VIDEO"
    settings.file_format = "FFMPEG"
    scene.render.ffmpeg.format = "MPEG4"
    scene.render.ffmpeg.codec = "H264"
    scene.render.ffmpeg.constant_rate_factor = "HIGH"
    scene.render.ffmpeg.audio_codec = "AAC"
    scene.render.ffmpeg.audio_bitrate = 192
    scene.render.filepath = str(path)
    scene.render.use_file_extension = False
    bpy.ops.render.render(animation=True)
    return path


def sheet(film: Path, shots: Mapping[int, str], fps: int, path: Path) -> Path:
    """Lay a frame of each second side by side, with gutters; the first frame of a shot has the shot's name below it."""
    import bpy

    found = [(number, tile) for number, tile in _frames(film, TILE) if number % fps == fps // 2]
    rows = -(-len(found) // COLUMNS)
    width, height = COLUMNS * (TILE[0] + GUTTER) + GUTTER, rows * (TILE[1] + NAME) + GUTTER
    paper = np.full((height, width, 3), 28, np.uint8)
    names, named = [], set()
    for index, (number, tile) in enumerate(found):
        left = GUTTER + index % COLUMNS * (TILE[0] + GUTTER)
        top = GUTTER + index // COLUMNS * (TILE[1] + NAME)
        paper[top : top + TILE[1], left : left + TILE[0]] = tile
        shot = max(start for start in shots if start <= number + 1)
        label = f"{number // fps} s" if shot in named else f"{number // fps} s   {shots[shot]}"
        named.add(shot)
        names.append((label, left, top + TILE[1] + NAME // 2 - GUTTER // 4))
    plain = path.with_suffix(".png")
    png = _models("imaging.png").png
    plain.write_bytes(png((paper.transpose(2, 0, 1) / np.float32(255)).astype(np.float32)))

    scene = bpy.data.scenes.new("Contact Sheet")
    scene.view_settings.view_transform = "Standard"
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = width, height, 100
    editor = scene.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    collection.new_image("Sheet", str(plain), 1, 1)
    end = {"length": 1} if bpy.app.version >= (5, 0, 0) else {"frame_end": 2}
    for number, (label, left, middle) in enumerate(names):
        text = collection.new_effect(name=label, type="TEXT", channel=2 + number, frame_start=1, **end)
        text.text, text.font_size, text.location = label, 15, (left / width, 1 - middle / height)
        text.use_shadow = False
        _anchored(text)
    if hasattr(scene.render.image_settings, "media_type"):
        scene.render.image_settings.media_type = "IMAGE"
    scene.render.image_settings.file_format, scene.render.image_settings.quality = "JPEG", 85
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True, scene=scene.name)
    bpy.data.scenes.remove(scene)
    plain.unlink()
    return path


def moving(film: Path, shots: Mapping[int, str], path: Path) -> Path:
    """Write an animated WebP of the middle of each shot."""
    import av

    with av.open(str(film)) as file:
        total, fps = file.streams.video[0].frames, float(file.streams.video[0].average_rate)
    ends = [*list(shots)[1:], total]
    step = fps / RATE
    chosen = [
        round((start + end - SECONDS * fps) / 2 + number * step)
        for start, end in zip(shots, ends, strict=True)
        for number in range(round(SECONDS * RATE))
    ]
    wanted = set(chosen)
    with av.open(str(path), "w", format="webp", options={"loop": "0"}) as file:
        stream = file.add_stream("libwebp_anim", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *SMALL, "yuv420p"
        stream.options = {"quality": QUALITY, "compression_level": "4"}
        found = (picture for number, picture in _frames(film, SMALL) if number in wanted)
        for number, picture in enumerate(found):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def _frames(film: Path, size: tuple[int, int]) -> Iterator[tuple[int, Pixels]]:
    """Yield the number of each frame, from 0, and its pixels `[H,W,3]`."""
    import av

    with av.open(str(film)) as file:
        for number, frame in enumerate(file.decode(video=0)):
            yield number, frame.reformat(*size, format="rgb24", interpolation="LANCZOS").to_ndarray()


def _anchored(text: Any) -> None:
    """Let a text's location be its left end, in the middle of the line."""
    if hasattr(text, "anchor_x"):
        text.anchor_x, text.anchor_y, text.alignment_x = "LEFT", "CENTER", "LEFT"
    else:
        text.align_x, text.align_y = "LEFT", "CENTER"


def _models(name: str) -> Any:
    from importlib import import_module

    return import_module(f"bl_ext.user_default.latent_strips.models.{name}")
