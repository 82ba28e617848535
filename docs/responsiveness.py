"""Measure how long Blender's main thread is kept from the user while frames are made; one JSON line a figure.

Run through `nox -s bench`. A click runs one call of the operator, and the timer one short call each tick, both on the
main thread; the longest of them is the longest that the window could not have answered. Nothing else of this extension
runs there.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODULE = "bl_ext.user_default.latent_strips"
FRAMES, LONG = 40, 10_000


def main() -> None:
    """Make one 1080p strip live, over a timeline that holds a hundred others."""
    with tempfile.TemporaryDirectory(prefix="latent-strips-bench-") as folder:
        os.environ["BLENDER_USER_RESOURCES"] = folder  # before bpy is imported
        extensions = Path(folder, "extensions", "user_default")
        extensions.mkdir(parents=True)
        (extensions / "latent_strips").symlink_to(ROOT, target_is_directory=True)
        import bpy

        importlib.import_module("addon_utils").enable(MODULE, default_set=True)
        scene = bpy.context.scene
        scene.render.resolution_x, scene.render.resolution_y = 1920, 1080
        bpy.ops.wm.save_as_mainfile(filepath=str(Path(folder, "bench.blend")))
        fill(scene)
        click, ticks = follow(scene, FRAMES)
        long_click, long_ticks = follow(scene, LONG, is_canceled=True)
        importlib.import_module(f"{MODULE}.operators.blender.jobs.live").stop()
    say("Blender", bpy.app.version_string, "", "")
    say("main thread, the click, after which the strip has a picture", 1000 * click, "ms", "≤ 300")
    say(f"main thread, the click, {LONG} frames", 1000 * long_click, "ms", "≤ 300")
    say(f"main thread, longest tick while {LONG} placeholders are laid", 1000 * max(long_ticks), "ms", "≤ 50")
    say("main thread, longest tick while frames are made", 1000 * max(ticks), "ms", "≤ 50")
    say("main thread, share of the time", 100 * sum(ticks) / (0.05 * len(ticks)), "%", "")


def fill(scene: Any) -> None:
    """Put a hundred color strips on the timeline."""
    import bpy

    strips = importlib.import_module(f"{MODULE}.operators.blender.compat").strips(scene)
    for n in range(100):
        start = 1000 + 10 * n
        end = {"length": 10} if bpy.app.version >= (5, 0) else {"frame_end": start + 10}
        strips.new_effect(name=f"color {n}", type="COLOR", channel=2 + n % 20, frame_start=start, **end)


def follow(scene: Any, frames: int, is_canceled: bool = False) -> tuple[float, list[float]]:
    """Seconds that the click took, and each tick after it until all frames are made, or all placeholders are laid."""
    names = ("live", "make", "stand_ins")
    live, make, stand_ins = (importlib.import_module(f"{MODULE}.operators.blender.jobs.{name}") for name in names)
    kind = importlib.import_module(f"{MODULE}.models.kinds").kind("texture")
    values = {p.name: p.default for p in kind.parameters} | {"generator": "", "seed": 0, "width": 0, "height": 0}
    jobs: list[Any] = []
    click = seconds(lambda: jobs.append(make.add(scene, kind, values, frames, 1, is_live=True)))
    if not (jobs[0].folder().path / jobs[0].folder().name(0)).exists():
        sys.exit("The strip has no picture.")
    if is_canceled:
        live.queue.cancel(jobs[0])
    ticks = []
    while jobs[0].unfinished or stand_ins.is_laying():
        ticks.append(seconds(live._tick))
        time.sleep(0.05)
    if jobs[0].error and not is_canceled:
        sys.exit(str(jobs[0].error))
    return click, ticks


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def say(figure: str, value: float | str, unit: str, aim: str) -> None:
    """Print one figure."""
    shown = float(f"{value:.4g}") if isinstance(value, float) else value
    print(json.dumps({"figure": figure, "value": shown, "unit": unit, "aim": aim}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
