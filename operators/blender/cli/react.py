"""The command line's part in reactions: key a setting of a named strip by what is heard."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import bpy

from ....models.audio_analysis import MEASURES
from ....models.errors import RecipeError
from .. import compat
from ..jobs.job import Job
from ..sound import reactions
from ..timeline import strips


def add(commands: Any, progress: Callable[[], Callable[[Job], None]]) -> None:
    """Add the command to the parser's `commands`."""
    command = commands.add_parser("react", help="key a setting of a generated strip by what is heard")
    command.set_defaults(run=lambda options: _react(options, progress()))
    command.add_argument("strip", metavar="STRIP", help="name of the generated strip")
    command.add_argument("--setting", default="", help="such as pitch, mix or opacity; the first one by default")
    command.add_argument("--sound", default="", metavar="STRIP", help="a sound strip; all that is heard by default")
    command.add_argument("--follow", choices=MEASURES, default="level", help="what of the sound (default: level)")
    command.add_argument("--from", dest="low", type=float, help="value in silence")
    command.add_argument("--to", dest="high", type=float, help="value where it is loudest")
    command.add_argument("--attack", type=float, default=0.0, help="seconds to rise in (default: 0)")
    command.add_argument("--release", type=float, default=0.3, help="seconds to fall in (default: 0.3)")
    command.add_argument("--floor", type=float, default=30.0, help="dB below the loudest that is silence (default: 30)")
    command.add_argument("--regenerate", action="store_true", help="make the strip anew")
    command.add_argument("--save", action="store_true", help="save the file")


def _react(options: argparse.Namespace, progress: Callable[[Job], None]) -> int:
    scene = bpy.context.scene
    strip = next((strip for strip in strips.latent(scene) if strip.name == options.strip), None)
    if strip is None:
        raise RecipeError(f"There is no generated strip {options.strip[:64]!r} in {scene.name}.")
    compat.show(bpy.context, scene)
    how = {"measure": options.follow, **{name: getattr(options, name) for name in ("attack", "release", "floor")}}
    how |= {name: value for name in ("low", "high") if (value := getattr(options, name)) is not None}
    id = strips.owned_id(strip)
    job = reactions.react(scene, id, options.setting, options.sound, how, again=options.regenerate, progress=progress)
    for warning in job.warnings:
        print(f"Warning: {warning}", flush=True)
    print(f"{job.title}: {len(job.keys)} keyframes", flush=True)
    return 0
