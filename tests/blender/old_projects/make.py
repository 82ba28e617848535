"""Make the old projects: `python make.py ZIP`, where ZIP is the extension as commit 791d9b9 builds it.

With `bpy` 4.2.23 this makes `pictures.tar.xz`: a texture with a keyframed mix, a matte over a picture, a transition, a
mask and a restyle of a sequence of pictures, and a styled title. With `bpy` 4.5.15, which can hold sound strips, this
makes `sounds.tar.xz`: an effect, a score, and the same title. Blender opens files of older versions, but not of newer
ones: hence the oldest two that can make them.

The archives were made once, and are not to be made again: they stand for the projects of users. A change after which
their frames are no longer known has broken those, too.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

RESOURCES = tempfile.TemporaryDirectory(prefix="latent-strips-old-")
os.environ["BLENDER_USER_RESOURCES"] = RESOURCES.name

import bpy  # noqa: E402, I001
import addon_utils  # noqa: E402 - is found only after bpy was imported

SIZE = 96, 54


def main(extension: Path) -> None:
    """Install `extension` (a zip), make the project that this Blender is for, and pack it beside this file."""
    addon_utils.enable("bl_pkg")
    bpy.ops.extensions.package_install_files(filepath=str(extension), repo="user_default", enable_on_install=True)
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.render.fps, scene.frame_start, scene.frame_end = 24, 1, 48
    scene.sequence_editor_create()
    name, content = ("sounds", sounds) if bpy.app.build_options.audaspace else ("pictures", pictures)
    bpy.context.preferences.filepaths.save_version = 0
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, f"{name}.blend"))
        bpy.ops.wm.save_as_mainfile(filepath=path)  # frames lie beside a file that has a place
        content()
        title()
        bpy.ops.latent_strips.cache_clean()
        bpy.ops.wm.save_as_mainfile(filepath=path)
        shutil.make_archive(str(Path(__file__).resolve().with_name(name)), "xztar", folder)


def pictures() -> None:
    """All kinds of pictures, over a sequence that lies beside the .blend."""
    scene, add = bpy.context.scene, bpy.ops.latent_strips
    add.texture_add(style="marble", style_b="gold", length=4, frame_start=1, channel=1, seed=7, drift_x=0.2)
    texture = scene.sequence_editor.active_strip
    for frame, mix in ((1, 0.0), (4, 1.0)):
        texture.latent_mix = mix
        texture.keyframe_insert("latent_mix", frame=frame)
    add.regenerate()
    footage(scene, "seen through a matte", 2, 1)
    add.matte_add(style="ink", onto="ACTIVE", coverage=0.4, scale=0.5, seed=2)
    footage(scene, "masked", 4, 7)
    add.mask_add(generator="keyer", style="green_screen", sight=54, feather=1.5)
    footage(scene, "restyled", 6, 1)
    add.restyle_add(style="oil", sight=54)
    footage(scene, "appears", 8, 1)
    add.transition_add(style="smoke", scale=0.5, length=4, with_glow=True)


def sounds() -> None:
    """A sound effect, and a score: as short as one can be, and so soft that its file packs well."""
    add = bpy.ops.latent_strips
    add.sound_add(style="impact", length=6, frame_start=1, channel=1, seed=3, channels="mono")
    score = {"mood": "epic", "instruments": "piano", "stem": "bass", "tempo": 240.0, "loudness": -60.0}
    add.music_add(length=48, frame_start=1, channel=2, seed=5, midi=True, **score)


def footage(scene: Any, name: str, channel: int, start: int) -> None:
    """An image strip of four frames: a green ground, and a red square that moves. It becomes the only selected one."""
    folder = Path(bpy.data.filepath).parent / "footage"
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{n}.png" for n in range(1, 5)]
    for n, path in enumerate(paths):
        if not path.exists():
            image = bpy.data.images.new(path.name, *SIZE)
            inside = [10 + 12 * n <= x < 34 + 12 * n and 12 <= y < 40 for y in range(SIZE[1]) for x in range(SIZE[0])]
            image.pixels = [part for red in inside for part in ((0.8, 0.1, 0.1, 1) if red else (0.0, 0.7, 0.1, 1))]
            image.filepath_raw, image.file_format = str(path), "PNG"
            image.save()
            bpy.data.images.remove(image)
    editor = scene.sequence_editor
    strip = editor.sequences.new_image(name, str(paths[0]), channel, start)
    for path in paths[1:]:
        strip.elements.append(path.name)
    strip.frame_final_duration = len(paths)
    strip.directory = "//footage/"
    for other in editor.sequences:
        other.select = other == strip
    editor.active_strip = strip


def title() -> None:
    """A text strip in Blender's own font, and its overlay of fire."""
    scene = bpy.context.scene
    strip = scene.sequence_editor.sequences.new_effect("Title", "TEXT", 20, 1, frame_end=6)
    strip.text, strip.font_size = "Ag", 30.0
    for other in scene.sequence_editor.sequences_all:
        other.select = other == strip
    bpy.ops.latent_strips.text_style(style="fire", period=0.2, seed=4)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
    sys.stdout.flush()
    os._exit(0)  # Blender tears itself down badly after extensions were installed
