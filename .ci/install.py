"""Build the extension for a user's own Blender, with that Blender's tool, and install it there."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from target import OFFICIAL, PackageError, Target, platform_here
from zips import build

REPOSITORY = "user_default"
# Where the program lies in the folder of a Blender, and in an app of macOS.
PROGRAMS = ("blender", "blender.exe", "Contents/MacOS/Blender")
MARK = "LATENT_STRIPS"
TELL = f"import bpy, sys; print('{MARK}', '%d.%d.%d' % bpy.app.version, '%d.%d' % sys.version_info[:2])"
IS_ENABLED = f"import addon_utils; print('{MARK}', addon_utils.check('bl_ext.{REPOSITORY}.latent_strips')[1])"


@dataclass(frozen=True)
class Blender:
    """A user's Blender: the command that starts it, its version and the Python inside it."""

    command: list[str]
    version: str
    python: str

    def target(self) -> Target:
        """Return which zip it needs: an official one, or, where it was built with another Python, its own."""
        if self.python in OFFICIAL:
            first, end, _label = OFFICIAL[self.python]
            if _numbers(self.version) >= _numbers(first) and (end is None or _numbers(self.version) < _numbers(end)):
                return Target(platform_here(), self.python)
        return Target(platform_here(), self.python, official=False)


def install(command: list[str]) -> str:
    """Build the zip for a Blender, install and enable it there, and return what to tell its user."""
    blender = ask(command)
    tool = [*blender.command, "--factory-startup", "--command", "extension"]
    path = build(blender.target(), tool)
    arguments = ["--command", "extension", "install-file", "--repo", REPOSITORY, "--enable", str(path)]
    done = _run([*blender.command, *arguments])
    if done.returncode or _answer([*blender.command, "-b", "--python-expr", IS_ENABLED]) != ["True"]:
        raise PackageError(f"Blender {blender.version} did not install {path}:\n{done.stdout.strip()}")
    return (
        f"{path.name} is installed in Blender {blender.version}. Restart it if it is open; then press N in a "
        "Video Sequencer and choose the tab Latent Strips."
    )


def ask(command: list[str]) -> Blender:
    """Start a Blender without a window and return its version and Python; raise PackageError if it can't serve."""
    if (folder := Path(command[0])).is_dir():
        inside = (str(folder / name) for name in PROGRAMS if (folder / name).is_file())
        command = [next(inside, command[0]), *command[1:]]
    if shutil.which(command[0]) is None:
        raise PackageError(
            f"{command[0]} is not a program that can be started. Give the path of your Blender: "
            "`nox -s install -- --blender PATH`."
        )
    answer = _answer([*command, "-b", "--factory-startup", "--python-expr", TELL])
    if len(answer) != 2:
        raise PackageError(f"{shlex.join(command)} is not a Blender: it didn't tell its version when asked.")
    version, python = answer
    oldest = OFFICIAL["3.11"].first
    if _numbers(version) < _numbers(oldest):
        raise PackageError(f"Blender {version} is too old. Latent Strips needs Blender {oldest} or later.")
    return Blender(command, version, python)


def _answer(command: list[str]) -> list[str]:
    """Return the words that code in Blender printed after the mark, among all that Blender prints; [] without any."""
    lines = (line.split() for line in _run(command).stdout.splitlines())
    return next((words[1:] for words in lines if words[:1] == [MARK]), [])


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=600,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackageError(f"{shlex.join(command)} doesn't work: {error}") from error


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
