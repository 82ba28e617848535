"""The command line's words for subtitles and text."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from ....models.errors import SubtitleError
from ....models.parameters import Parameter
from ....models.subtitles import ENCODINGS
from .. import properties
from ..jobs.job import Job
from ..text import cues, overlays
from ..timeline import text_strips

AddOption = Callable[[argparse.ArgumentParser, Parameter], None]


def add(commands: Any, add_option: AddOption, progress: Callable[[], Callable[[Job], None]]) -> None:
    """Add the commands to a parser. `add_option` adds a kind's parameter; `progress` prints how far a job is."""
    read = commands.add_parser("subtitles-import", help="put a subtitle file on the timeline as text strips")
    read.set_defaults(run=_import)
    _add_file(read)
    write = commands.add_parser("subtitles-export", help="write the text strips to .srt, .vtt, .ass or .ssa")
    write.set_defaults(run=_export)
    write.add_argument("file", type=Path)
    write.add_argument("--offset", type=int, default=0, help="frames between the scene's start and time 0")
    both = commands.add_parser("subtitles-add", help="import a subtitle file and style its cues")
    both.set_defaults(run=_add, progress=progress)
    _add_file(both)
    again = commands.add_parser("text-style", help="style all text strips of the scene")
    again.set_defaults(run=_style, progress=progress)
    again.add_argument("--save", action="store_true", help="save the file")
    for command in (both, again):
        command.add_argument("--generator", default="", help="identifier of the network; the first one by default")
        for parameter in (*overlays.text_kind().parameters, properties.SEED):
            if parameter.type != "text":
                add_option(command, parameter)


def _add_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path)
    command.add_argument("--encoding", default="", help=f"such as {', '.join(ENCODINGS)}; found by default")
    command.add_argument("--offset", type=int, default=0, help="frames between the scene's start and time 0")
    command.add_argument("--channel", type=int, default=0, help="0 finds a free one")
    command.add_argument("--save", action="store_true", help="save the file with the new strips")


def _load(options: argparse.Namespace) -> list[str]:
    path = options.file.absolute()
    names, summary = cues.load(bpy.context.scene, path, options.encoding, options.offset, options.channel)
    print(*summary.lines(), sep="\n", flush=True)
    return names


def _import(options: argparse.Namespace) -> int:
    return 0 if _load(options) else 1


def _export(options: argparse.Namespace) -> int:
    count = cues.save(bpy.context.scene, options.file.absolute(), offset=options.offset)
    print(f"{count} cues written to {options.file}", flush=True)
    return 0


def _add(options: argparse.Namespace) -> int:
    overlays.check(_values(options))
    return _styled(options, _load(options))


def _style(options: argparse.Namespace) -> int:
    overlays.check(_values(options))
    names = [strip.name for strip in text_strips.texts(bpy.context.scene)]
    if not names:
        raise SubtitleError("This scene has no text strips. Import subtitles first.")
    return _styled(options, names)


def _values(options: argparse.Namespace) -> dict[str, Any]:
    names = [p.name for p in overlays.text_kind().parameters if p.type != "text"]
    return {name: getattr(options, name) for name in (*names, "seed", "generator")}


def _styled(options: argparse.Namespace, names: list[str]) -> int:
    made = 0
    for name, error in overlays.style_all(bpy.context.scene, names, _values(options), progress=options.progress()):
        made += error is None
        for line in [f"{name}: {error}"] if error else overlays.warnings(bpy.context.scene, name):
            print(line, flush=True)
    print(f"{made} of {len(names)} cues styled", flush=True)
    return 0 if made == len(names) and names else 1
