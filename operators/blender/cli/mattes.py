"""The command line's part in mattes: transitions, masks and other looks of strips that are named."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import bpy

from ....models.errors import RecipeError
from ....models.kinds import kind
from ....models.parameters import Parameter
from .. import compat, properties
from ..jobs.job import Job
from ..mattes import make, masks, transitions
from ..timeline import strips

AddOption = Callable[[argparse.ArgumentParser, Parameter], None]
_LOOK = ("style", "softness", "growth", "led", "angle", "origin_x", "origin_y", "scale", "seed", "glow", "glow_width")


def add(commands: Any, add_option: AddOption, progress: Callable[[], Callable[[Job], None]]) -> None:
    """Add the commands to the parser's `commands`."""
    command = commands.add_parser("make-transition", help="let one strip grow over another, appear or vanish")
    command.set_defaults(run=lambda options: _transition(options, progress()))
    command.add_argument("strips", nargs="+", metavar="STRIP", help="names of two strips, or of one")
    command.add_argument("--length", type=int, default=0, help="frames; 0 takes all of the overlap, or a second")
    command.add_argument(
        "--side",
        choices=("IN", "OUT", "NEXT"),
        default="OUT",
        help="where one strip gets it, or that it leads to the next",
    )
    command.add_argument("--hold", action="store_true", help="hold frames where there are too few")
    command.add_argument("--edge-glow", action="store_true", help="add light along the edge")
    _common(command, add_option, [p for p in properties.all_parameters(kind("matte")) if p.name in _LOOK])
    for name in ("footage_mask", "restyle"):
        made = kind(name)
        short = {"footage_mask": "mask"}.get(name, name)
        command = commands.add_parser(f"make-{short}", help=made.description, description=made.description)
        command.set_defaults(run=lambda options, made=made: _from_footage(options, made, progress()))
        command.add_argument("strip", metavar="STRIP", help="name of the movie or image strip")
        if name == "footage_mask":
            command.add_argument("--own", action="store_true", help="a strip of its own, not wired to the other")
        _common(command, add_option, list(properties.all_parameters(made)))


def _common(command: argparse.ArgumentParser, add_option: AddOption, parameters: list[Parameter]) -> None:
    command.set_defaults(names=[parameter.name for parameter in parameters])
    command.add_argument("--generator", default="", help="identifier of the network; the first one by default")
    for parameter in parameters:
        add_option(command, parameter)
    command.add_argument("--save", action="store_true", help="save the file")


def _given(options: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(options, name) for name in (*options.names, "generator")}


def _named(scene: Any, name: str) -> Any:
    found = next((strip for strip in compat.strips(scene) if strip.name == name), None)
    if found is None:
        raise RecipeError(f"There is no strip {name[:64]!r} in {scene.name}, or it lies inside a meta strip.")
    return found


def _transition(options: argparse.Namespace, progress: Callable[[Job], None]) -> int:
    scene = bpy.context.scene
    chosen = [_named(scene, name) for name in options.strips]
    given = make.values(**_given(options))
    make.check(scene, given)
    plan = transitions.plan(scene, chosen, options.length, options.side, options.hold)
    for job in make.transition(scene, plan, given, options.edge_glow, False, progress):
        print(f"{job.title}: {plan.length} frames from scene frame {plan.start}", flush=True)
    return 0


def _from_footage(options: argparse.Namespace, made: Any, progress: Callable[[Job], None]) -> int:
    scene = bpy.context.scene
    strip = _named(scene, options.strip)
    masks.need_top_level(scene, [strip])
    wired = made.name == "footage_mask" and not options.own
    job = make.from_footage(scene, made, strip.name, make.given(made, **_given(options)), wired, False, progress)
    found = strips.found(job.strip)
    print(f"{job.title}: {len(found[1].elements)} frames in {strips.directory(found[1])}", flush=True)
    return 0
