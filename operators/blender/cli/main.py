"""The command line: each command calls one operator, prints what it reports, and ends with an exit code."""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import Any

import bpy

from ....models.errors import (
    GeneratorMissing,
    LatentStripsError,
    MediaError,
    PresetError,
    ProjectMissing,
    RecipeError,
    SettingError,
    StripError,
    TextError,
)
from ....models.kinds import kinds
from ....models.library import user
from ..library import doctor
from ..preferences import library
from ..presets import folder
from ..reporting import take_reported, watching
from . import parser, project

DONE, FAILED, WRONG_ARGUMENTS, CANT, NO_FILE = range(5)
#: The exit code of each class of error; any other is a failure.
_CODES = {
    SettingError: WRONG_ARGUMENTS,
    StripError: WRONG_ARGUMENTS,
    PresetError: WRONG_ARGUMENTS,
    GeneratorMissing: CANT,
    TextError: CANT,
    MediaError: CANT,
    ProjectMissing: NO_FILE,
}
#: Seconds between two lines of progress.
PAUSE = 1.0
_handle: list[Any] = []


def main(argv: Sequence[str]) -> int:
    """Run the command with its arguments and return the exit code (see `parser`)."""
    try:
        options = parser.build(_OWN).parse_args(list(argv))
    except SystemExit as end:
        return int(end.code or 0)
    try:
        project.check(bool(options.operator) and parser.needs_file(options.operator))
        return options.own() if options.own else _run(options)
    except LatentStripsError as error:
        return _tell(error)


def _run(options: argparse.Namespace) -> int:
    code = DONE
    if not parser.needs_file(options.operator):
        return max(_call(options, given) for given in parser.given(options))
    scenes = project.scenes(options)
    for scene in scenes:
        with project.working_in(scene, options):
            for given in parser.given(options):
                if parser.has_scope(options.operator):
                    given["scope"] = "ALL" if options.select is None else "SELECTED"
                code = max(code, _call(options, given))
    if not scenes:
        print("No strip in this file was made by Latent Strips.", flush=True)
    if options.save:
        _save()
    return code


def _call(options: argparse.Namespace, given: dict[str, Any]) -> int:
    """Call the operator once, and return the exit code."""
    operator = getattr(bpy.ops.latent_strips, options.operator)
    take_reported()
    try:
        with watching(_Terminal(sys.stdout)), redirect_stdout(_Quiet(sys.stdout)):
            return DONE if operator("EXEC_DEFAULT", **given) == {"FINISHED"} else FAILED
    except RuntimeError as error:
        reported = take_reported()
        if reported is None and "poll()" not in str(error):
            raise
        return _tell(reported or StripError(str(error).partition("poll() ")[2].strip()))
    except TypeError as error:  # a menu whose entries are known only now
        return _tell(SettingError(str(error)))


def _tell(error: LatentStripsError) -> int:
    print(f"Error: {error}", file=sys.stderr, flush=True)
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), FAILED)


def _save() -> None:
    try:
        bpy.ops.wm.save_mainfile()
    except RuntimeError as error:
        raise RecipeError(f"The file can't be saved ({str(error).strip()}).") from error


def _generators() -> int:
    for entry in library().entries():
        words = [entry.card.label, entry.card.kind, entry.card.license]
        words += ["in quarantine"] if user.quarantined(entry) else []
        print(f"{entry.card.id}: {', '.join(words)}")
    return DONE


def _presets() -> int:
    for kind in kinds():
        for each in folder.of_kind(kind):
            print(f"{kind}: {each.name}{' (saved here)' if folder.is_mine(each) else ''}")
    return DONE


def _doctor() -> int:
    found = doctor.run()
    for each in found:
        print(f"{each.state:7} {each.name}: {each.text}{' → ' + each.fix if each.fix else ''}", flush=True)
    return FAILED if any(each.state == "error" for each in found) else DONE


#: Commands that no operator stands behind, as they print what a panel shows.
_OWN = {
    "generators": ("List the generators at hand", _generators),
    "presets": ("List the presets, which commands that add strips take by --preset", _presets),
    "doctor": ("Check the installation; the exit code is 1 when something is broken", _doctor),
}


class _Terminal:
    """Print reports, and once a second how far a job is."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._next = 0.0

    def report(self, level: str, text: str) -> None:
        """Print a report; errors are told with the exit code."""
        if level != "ERROR":
            print(text if level == "INFO" else f"{level.title()}: {text}", file=self._out, flush=True)

    def progress(self, job: Any) -> None:
        """Print how far a job is."""
        if job.total and (time.monotonic() >= self._next or job.done == job.total):
            self._next = time.monotonic() + PAUSE
            print(f"{job.title}: {job.progress()}", file=self._out, flush=True)


class _Quiet(io.TextIOBase):
    """Take what is printed while an operator works, but for the reports that some versions of Blender print."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._line = ""

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            if not line.startswith(("Info: ", "Warning: ", "Error: ")):
                print(line, file=self._out, flush=True)
        return len(text)


def register() -> None:
    """Make the command known to Blender."""
    _handle.append(bpy.utils.register_cli_command("latent_strips", main))


def unregister() -> None:
    """Take the command away."""
    bpy.utils.unregister_cli_command(_handle.pop())
