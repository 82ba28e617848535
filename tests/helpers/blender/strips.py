"""What tests ask of strips and jobs."""

from __future__ import annotations

import hashlib
import importlib
import time
from pathlib import Path
from typing import Any

import bpy

MODULE = "bl_ext.user_default.latent_strips"


def part(name: str) -> Any:
    """A module of the enabled extension, such as `operators.blender.jobs.live`."""
    return importlib.import_module(f"{MODULE}.{name}")


def add(**settings: Any) -> Any:
    """Make a strip as a script does and return it. Four frames, unless told."""
    assert bpy.ops.latent_strips.texture_add(**{"length": 4, **settings}) == {"FINISHED"}
    return active()


def active() -> Any:
    """The active strip."""
    return bpy.context.scene.sequence_editor.active_strip


def files(strip: Any) -> list[Path]:
    """The paths of a strip's frames, or of its sound."""
    if strip.type == "SOUND":
        return [Path(bpy.path.abspath(strip.sound.filepath))]
    return [Path(bpy.path.abspath(strip.directory), element.filename) for element in strip.elements]


def digests(strip: Any) -> list[str]:
    """The hash of each frame, "" where there is none, or a placeholder."""
    is_placeholder = part("models.cache.mark").is_placeholder
    there = [path.exists() and not is_placeholder(path) for path in files(strip)]
    found = zip(files(strip), there, strict=True)
    return [hashlib.sha256(path.read_bytes()).hexdigest() if is_there else "" for path, is_there in found]


def frames_folders() -> list[Path]:
    """The recipe folders of the current file."""
    return sorted(Path(bpy.data.filepath).parent.glob("latent_strips/*/*"))


def add_live(**settings: Any) -> Any:
    """Start making a strip as a click does, and return the job. Background mode has no clicks."""
    scene = bpy.context.scene
    make, kind = part("operators.blender.jobs.make"), part("models.kinds").kind("texture")
    settings = {"length": 12, "start": 1, **settings}
    length, start = settings.pop("length"), settings.pop("start")
    values = {p.name: p.default for p in kind.parameters} | {"generator": "", "seed": 0, "width": 0, "height": 0}
    return make.add(scene, kind, values | settings, length, start, is_live=True)


def tick_until(condition: Any, seconds: float = 20) -> None:
    """Let the timer tick, which it doesn't do by itself while a script runs, until `condition` holds."""
    live = part("operators.blender.jobs.live")
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, [job.progress() for job in live.queue.jobs]
        live._tick()
        time.sleep(0.01)


def move(strip: Any, start: int, end: int) -> None:
    """Let a strip be seen from frame `start` to just before `end`, as dragging its handles does."""
    names = (
        ("left_handle", "right_handle") if hasattr(strip, "left_handle") else ("frame_final_start", "frame_final_end")
    )
    order = zip(names, (start, end), strict=True)
    for name, frame in reversed(list(order)) if end > getattr(strip, names[0]) else order:
        setattr(strip, name, frame)


def run(words: list[str]) -> int:
    """Run words of the command line, and return the exit code."""
    return int(part("operators.blender.cli.main").main(words))
