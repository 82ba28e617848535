"""Sound strips: new ones, their file, and reading it again.

A Blender that was built without its audio library (as some `bpy` modules are) has sound strips but can't make any.
"""

from __future__ import annotations

import os
import tempfile
import wave
from pathlib import Path
from typing import Any

import bpy

from ....models.errors import MediaError
from ....models.recipe import Recipe
from .. import compat

#: Samples a second of the silence that stands in for a sound that is still being made.
_RATE = 8000
#: Where a sound keeps that its file was not there when it got its path.
AWAITED = "latent_awaited"
_playing: list[Any] = []


def can_play() -> bool:
    """Whether this Blender has its audio library."""
    return bool(bpy.app.build_options.audaspace)


def new(scene: bpy.types.Scene, name: str, recipe: Recipe, channel: int, start: int) -> Any:
    """Return a new sound strip, as long as the recipe's sound, which may not be there yet. Raises MediaError.

    Blender takes only files that are there: it is given silence, and then the name of the file that is to come.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "silence.wav")
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(1)
            file.setframerate(_RATE)
            file.writeframes(b"\x80\x80" * max(1, round(recipe.frames / recipe.fps * _RATE)))
        try:
            strip = compat.strips(scene).new_sound(name=name, filepath=str(path), channel=channel, frame_start=start)
        except RuntimeError as error:
            raise MediaError(f"Blender can't make a sound strip ({str(error).strip()}).") from error
        strip.sound.name = name
    strip.show_waveform = True
    return strip


def play(path: Path) -> bool:
    """Play a file once, instead of the one that is playing. False where there is nothing to play it with."""
    stop()
    if bpy.app.background or not can_play():
        return False
    import aud

    try:
        _playing.append(aud.Device().play(aud.Sound(str(path))))
    except aud.error as error:
        raise MediaError(f"{path}: can't be played ({error}). Is there an audio device?") from error
    return True


def stop() -> None:
    """End what `play` began."""
    while _playing:
        _playing.pop().stop()


def set_file(strip: Any, path: str) -> None:
    """Let the strip play another file, on a sound of its own: copies of a strip share one."""
    if strip.sound is None:
        raise MediaError(f"{strip.name} has lost its sound. Delete the strip and add it again.")
    if strip.sound.users > 1:
        strip.sound = strip.sound.copy()
    strip.sound.filepath = path
    if not file(strip).is_file():
        strip.sound[AWAITED] = True


def file(strip: Any) -> Path:
    """Return the file that a strip plays; one without a name when its sound was removed."""
    if not strip.sound:
        return Path()
    return Path(os.path.normpath(bpy.path.abspath(strip.sound.filepath, library=strip.sound.library)))


def read_again(strip: Any) -> None:
    """Make Blender read the file, which it remembers as it was.

    Of a file that was not there when it was first drawn, it never draws a waveform: its users get another sound. The
    old one stays without users until the file is saved, since Blender may be drawing it on another thread right now.
    """
    old = strip.sound
    if not old:
        return
    if not old.get(AWAITED) or old.library or not can_play() or not file(strip).is_file():
        old.filepath = old.filepath
        return
    new, name = bpy.data.sounds.load(str(file(strip)), check_existing=False), old.name
    new.filepath, new.use_mono, new.use_memory_cache = old.filepath, old.use_mono, old.use_memory_cache
    old.name, new.name = f"{name} awaited", name
    old.user_remap(new)
