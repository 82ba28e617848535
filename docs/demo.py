"""Make a small film of generated strips in an isolated Blender; render it to a movie and a contact sheet.

Run through `nox -s demo`; see the README. Nothing outside `build/demo` is written, no settings of yours are touched.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

OUT = Path("build/demo").resolve()
LENGTH = 30
SIZE = (1280, 720)


def main() -> None:
    """Run the demo from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--movie", type=Path, help="a clip of yours to put fire over (default: a brick wall)")
    options = parser.parse_args()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    quieten()
    os.environ["BLENDER_USER_RESOURCES"] = str(OUT / "blender")  # before bpy is imported
    with timed("start Blender, install the extension"):
        import bpy

        install(Path(os.environ["LATENT_STRIPS_ZIP"]))

    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.render.fps = 25
    scene.view_settings.view_transform = "Standard"  # as in Blender's template for video editing: colors as they are
    bpy.ops.wm.save_as_mainfile(filepath=str(OUT / "demo.blend"))
    start = 1
    for label, make in parts(options.movie):
        with timed(label):
            make(start)
        start += LENGTH
    scene.frame_start, scene.frame_end = 1, start - 1
    with timed("a transition of burning paper: lava to clouds"):
        transition()
    with timed("a whoosh at each cut, and a score that ends with the film"):
        sounds(start - 1)
    bpy.ops.wm.save_mainfile()
    with timed(f"render {start - 1} frames to a movie"):
        movie = render(scene)
    with timed("contact sheet"):
        sheet = contact_sheet(scene, len(parts(None)))
    print(f"\nproject        {OUT / 'demo.blend'}\nmovie          {movie}\ncontact sheet  {sheet}", flush=True)


def quieten() -> None:
    """Let Blender's own lines, hundreds of them, go to a log, and what this demo prints to the terminal."""
    terminal = os.dup(1)
    log = os.open(OUT / "blender.log", os.O_WRONLY | os.O_CREAT)
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


def parts(movie: Path | None) -> list[tuple[str, Callable[[int], None]]]:
    """Return the demo's shots: a label, and what puts the shot at a start frame."""
    return [
        ("a loop: lava", lambda start: shot(start, style="lava", seed=2)),
        ("a drift that loops and tiles: clouds", lambda start: shot(start, style="clouds", seed=3, drift_x=0.08)),
        ("a morph, keyframed: slate to rust", morph),
        ("fire over a movie" if movie else "fire over a brick wall", lambda start: over(start, movie)),
        ("a slow zoom, keyframed: nebula", zoom),
        ("subtitles in two scripts, burning in", lambda start: subtitles(start, movie)),
    ]


def shot(start: int, **settings: Any) -> Any:
    """Return a texture at a start frame. In a script it is there when every frame is."""
    return api().texture(start=start, length=LENGTH, **{"channel": 1, **settings})


def morph(start: int) -> None:
    """Return a morph between two styles, by keyframes on the strip's mix."""
    strip = shot(start, style="slate", style_b="rust", seed=4)
    strip.key("mix", {start: 0.0, start + LENGTH - 1: 1.0})
    strip.regenerate()


def zoom(start: int) -> None:
    """Return a zoom into a texture, by keyframes on the strip's scale."""
    strip = shot(start, style="nebula", seed=5, loop=False, tile_x=False, tile_y=False, drift_x=-0.03)
    strip.key("scale", {start: 1.0, start + LENGTH - 1: 1.6})
    strip.regenerate()


def over(start: int, movie: Path | None) -> None:
    """Fire, with alpha, over a clip."""
    below(start, movie)
    shot(start, channel=2, style="fire", seed=7, drift_y=0.2, scale=2.0)


def below(start: int, movie: Path | None) -> None:
    """Return what the demo's overlays are laid over: your clip, or a still wall of bricks."""
    import bpy

    if movie:
        editor = bpy.context.scene.sequence_editor
        collection = editor.strips if hasattr(editor, "strips") else editor.sequences
        clip = collection.new_movie("clip", str(movie.resolve()), 1, start, fit_method="FILL")
        clip.frame_final_duration = LENGTH
    else:
        shot(start, style="bricks", seed=6, scale=1.5, speed=0.0)


def subtitles(start: int, movie: Path | None) -> None:
    """Return a subtitle file of two cues, burning, over a clip."""
    below(start, movie)
    file = OUT / "subtitles.srt"
    file.write_text(
        "1\n00:00:00,000 --> 00:00:00,600\nLetters that burn\n\n2\n00:00:00,600 --> 00:00:01,200\nحروف من نار\n",
        "utf-8",
    )
    api().subtitles(None, file, style="fire", offset=start - 1, appear="burn", appear_time=0.2)


def transition() -> None:
    """Return the first two shots, one burning away over the other."""
    api().transition("Lava", "Clouds", style="paper", length=12, hold=True, with_glow=True)


def sounds(length: int) -> None:
    """Effects at the cuts, and music."""
    api().sounds_to_picture(where="CUTS", style="whoosh", length=20)
    api().music(mood="epic", start=1, length=length)


def render(scene: object) -> Path:
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
    scene.render.filepath = str(OUT / "demo.mp4")
    scene.render.use_file_extension = False
    bpy.ops.render.render(animation=True)
    return OUT / "demo.mp4"


def contact_sheet(scene: object, rows: int, columns: int = 4) -> Path:
    """Render a few frames of each shot small, side by side."""
    import bpy
    import numpy as np

    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format = "PNG"
    scene.render.resolution_percentage = 25
    scene.render.use_file_extension = True
    bands = []
    for row in range(rows):
        band = []
        for column in range(columns):
            scene.frame_set(1 + row * LENGTH + column * (LENGTH - 1) // (columns - 1))
            scene.render.filepath = str(OUT / "blender" / "tile.png")
            bpy.ops.render.render(write_still=True)
            image = bpy.data.images.load(scene.render.filepath)
            width, height = image.size
            band.append(np.array(image.pixels[:]).reshape(height, width, 4))
            bpy.data.images.remove(image)
        bands.insert(0, np.concatenate(band, axis=1))  # Blender's rows run upwards
    pixels = np.concatenate(bands)
    sheet = bpy.data.images.new("sheet", pixels.shape[1], pixels.shape[0])
    sheet.pixels = pixels.ravel().tolist()
    sheet.filepath_raw, sheet.file_format = str(OUT / "contact-sheet.png"), "PNG"
    sheet.save()
    return OUT / "contact-sheet.png"


if __name__ == "__main__":
    main()
