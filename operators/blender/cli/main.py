"""The command line: `blender FILE.blend --command latent_strips make|verify|regenerate|import|doctor …`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ....models.errors import LatentStripsError, RecipeError
from ....models.kinds import Kind, kinds, makeable
from ....models.library import user
from ....models.parameters import Parameter
from .. import properties
from ..jobs import make
from ..jobs.job import Job
from ..library import doctor as checks
from ..library import imports
from ..preferences import library
from ..sound import midi
from ..timeline import state, strips
from . import mattes, react, subtitles

#: Seconds between two lines of progress.
PAUSE = 1.0
_handle: list[Any] = []


def main(argv: Sequence[str]) -> int:
    """Run the command with its arguments; returns the exit code: 0, 1 for a failure, 2 for wrong arguments."""
    try:
        options = _parser().parse_args(list(argv))
    except SystemExit as end:
        return int(end.code or 0)
    try:
        code = int(options.run(options))
        if getattr(options, "save", False):
            _save()
    except LatentStripsError as error:
        print(f"Error: {error}", file=sys.stderr, flush=True)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="blender FILE.blend --command latent_strips", description="Make, verify and regenerate generated strips."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for kind in makeable():
        name = "make" if kind.name == "texture" else f"make-{kind.name}"
        command = commands.add_parser(name, help=f"add a {kind.name} strip", description=kind.description)
        command.set_defaults(run=_make, kind=kind)
        command.add_argument(
            "--generator", default="", help="identifier of the network; by default the first one that has the style"
        )
        for parameter in (*properties.all_parameters(kind), properties.LENGTH):
            _add_option(command, parameter)
        command.add_argument("--start", type=int, help="scene frame of the first picture; the scene's start by default")
        command.add_argument("--channel", type=int, default=0, help="0 finds a free one")
        command.add_argument("--save", action="store_true", help="save the file with the new strip")
        if kind.name == "music":
            command.add_argument("--midi", action="store_true", help="write the notes as MIDI beside the sound")
    subtitles.add(commands, _add_option, _Progress)
    mattes.add(commands, _add_option, _Progress)
    react.add(commands, _Progress)
    verify = commands.add_parser("verify", help="look for missing, changed and stale frames; exit code 1 if there are")
    verify.set_defaults(run=_verify)
    again = commands.add_parser("regenerate", help="make what is missing or stale in all scenes")
    again.set_defaults(run=_regenerate)
    again.add_argument("--fit", action="store_true", help="fit the number of frames to strips whose handles were moved")
    again.add_argument("--save", action="store_true", help="save the file")
    bring = commands.add_parser("import", help="take ONNX files, or folders of them, into your library of generators")
    bring.set_defaults(run=_import)
    bring.add_argument("files", type=Path, nargs="+", metavar="FILE", help="an .onnx file, or a folder")
    bring.add_argument("--name", default="", help="what a single generator is called; after its file by default")
    bring.add_argument("--allow-control-flow", action="store_true", help="take Loop, Scan and If: files that you trust")
    bring.add_argument(
        "--rate", type=int, default=0, help="samples a second of sounds; 0: what the file says, or a guess"
    )
    listed = commands.add_parser("generators", help="list the generators at hand")
    listed.set_defaults(run=_generators)
    doctor = commands.add_parser("doctor", help="check the installation; exit code 1 when something is broken")
    doctor.set_defaults(run=_doctor)
    return parser


def _import(options: argparse.Namespace) -> int:
    failed = 0
    for path in options.files:
        for file in imports.files(path):
            try:
                for job in imports.run([file], options.name, options.allow_control_flow, options.rate):
                    print(f"{imports.summary(job.event)} ({job.event['id']})", flush=True)
            except LatentStripsError as error:
                print(f"Error: {imports.failure(file.name, error)}", file=sys.stderr, flush=True)
                failed = 1
    return failed


def _generators(_options: argparse.Namespace) -> int:
    for entry in library().entries():
        words = [entry.card.label, entry.card.kind, entry.card.licence]
        words += ["in quarantine"] if user.quarantined(entry) else []
        print(f"{entry.card.id}: {', '.join(words)}")
    return 0


def _doctor(_options: argparse.Namespace) -> int:
    found = checks.run()
    for finding in found:
        print(
            f"{finding.state:7} {finding.name}: {finding.text}{' → ' + finding.fix if finding.fix else ''}", flush=True
        )
    return int(any(finding.state == "error" for finding in found))


def _add_option(command: argparse.ArgumentParser, parameter: Parameter) -> None:
    flag, about = "--" + parameter.name.replace("_", "-"), f"{parameter.description} (default: {parameter.default})"
    about = about.replace("%", "%%")
    if parameter.type == "bool":
        command.add_argument(flag, action=argparse.BooleanOptionalAction, default=parameter.default, help=about)
    elif parameter.type == "choice":
        names = [choice.name for choice in parameter.choices]
        command.add_argument(flag, choices=names, default=parameter.default, help=about)
    else:
        number = {"int": int, "float": float, "style": str, "text": str}[parameter.type]
        command.add_argument(flag, type=number, default=parameter.default, metavar=parameter.type.upper(), help=about)


def _make(options: argparse.Namespace) -> int:
    chosen: Kind = options.kind
    scene = bpy.context.scene
    values = {parameter.name: getattr(options, parameter.name) for parameter in properties.all_parameters(chosen)}
    values["generator"] = options.generator
    start = scene.frame_start if options.start is None else options.start
    job = make.add(scene, chosen, values, options.length, start, options.channel, progress=_Progress())
    found = strips.found(job.strip)
    made = _counted(job, len(strips.file_names(found[1])))
    print(f"{job.title}: {made} in {strips.directory(found[1])}", flush=True)
    if getattr(options, "midi", False):
        print(f"{job.title}: notes in {midi.write(found[1]).path}", flush=True)
    return 0


def _counted(job: make.Make, files: int) -> str:
    return f"{files} frames" if kinds()[job.recipe.kind].medium == "image" else f"{files} sound files"


def _verify(_options: argparse.Namespace) -> int:
    sound = True
    for scene, strip in list(strips.everywhere()):
        job = make.verify(scene, strip)
        stale = state.is_stale(scene, strip)
        fine = not (job.missing or job.changed or stale)
        text = "up to date" if fine else f"{len(job.missing)} missing, {len(job.changed)} changed"
        print(f"{scene.name}: {strip.name}: {text}{', settings have changed' if stale else ''}", flush=True)
        sound &= fine
    return 0 if sound else 1


def _regenerate(options: argparse.Namespace) -> int:
    names = [(scene.name, strips.owned_id(strip)) for scene, strip in strips.everywhere()]
    for _, id in names:
        found = strips.found(id)
        job = make.remake(*found, options.fit, progress=_Progress())
        print(f"{found[0].name}: {job.title}: {_counted(job, job.total)} made", flush=True)
    if not names:
        print("No strip in this file was made by Latent Strips.", flush=True)
    return 0


def _save() -> None:
    if not bpy.data.filepath:
        raise RecipeError("The file has no name yet. Give one: blender FILE.blend --command latent_strips …")
    bpy.ops.wm.save_mainfile()


class _Progress:
    """Print how far a job is, once a second."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, job: Job) -> None:
        if job.total and (time.monotonic() >= self._next or job.done == job.total):
            self._next = time.monotonic() + PAUSE
            print(f"{job.title}: {job.progress()}", flush=True)


def register() -> None:
    """Make the command known to Blender."""
    _handle.append(bpy.utils.register_cli_command("latent_strips", main))


def unregister() -> None:
    """Take the command away."""
    bpy.utils.unregister_cli_command(_handle.pop())
