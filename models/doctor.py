"""What is wrong with this installation, and what to do: `python -m models.doctor [--library FOLDER] [--frames FOLDER]`.

Prints a JSON object a line: `name`, `state` ("fine", "warning", "error"), `text`, `fix` ("" where none is needed), and
the `action` of the button that does it (see ACTIONS), with its `target`.
Runs in a process of its own, as the worker does: what fails to load there can't harm Blender.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.metadata
import json
import platform
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from .library import parts, user
from .library.catalog import SHIPPED, Library
from .library.checksums import SHIPS
from .offline import close_network
from .printable import printable
from .processes import ROOT, wheels

#: As in `provider`, which loads the kinds of result: that may be what fails.
AUTO = "auto"

#: Free space below which a disk is worth a warning, bytes.
LITTLE = 2 * 10**9
FRAMES = "Frames folder"
REDISTRIBUTABLE = "Microsoft Visual C++ Redistributable"


#: What a button can do about a finding: use another folder for frames, remove unused frames, show where extensions are
#: reinstalled and where add-ons are disabled, let a trial choose the provider, let a generator be run again, remove a
#: broken file of the library or parts of files, or else copy the finding, for whoever helps.
ACTIONS = ("folder", "clean", "extensions", "addons", "provider", "release", "discard", "tidy", "copy")
REINSTALL = "Reinstall the extension."


@dataclass(frozen=True)
class Finding:
    """The outcome of one check. `target` says which generator or file its `action` is for."""

    name: str
    state: Literal["fine", "warning", "error"]
    text: str
    fix: str = ""
    action: str = ""
    target: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", printable(self.text))
        if self.fix and not self.action:
            object.__setattr__(self, "action", "extensions" if self.fix == REINSTALL else "copy")


def findings(library: Path | None = None, frames: Path | None = None, chosen: str = AUTO) -> Iterator[Finding]:
    """Run all checks. A check that fails in a way that it was not made for is an error of its own."""
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("Python", _python),
        ("Wheels", _wheels),
        ("Visual C++", _visual),
        ("Runtime", _runtime),
        ("Provider", lambda: _provider(library, chosen)),
        ("Models", lambda: _models(library)),
        ("Generators folder", lambda: _folder("Generators folder", library)),
        (FRAMES, lambda: _folder(FRAMES, frames)),
    ]
    for name, check in checks:
        try:
            yield from check()
        except Exception as error:  # noqa: BLE001 - a doctor tells what is broken and goes on
            yield Finding(name, "error", f"{type(error).__name__}: {str(error)[:300]}", REINSTALL)


def _python() -> Iterator[Finding]:
    text = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    wanted = sorted(set(re.findall(r"onnxruntime-[\d.]+-cp(\d)(\d+)-", _manifest())))
    known = [f"{major}.{minor}" for major, minor in wanted]
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if here not in known:
        yield Finding(
            "Python", "warning", text, f"Official Blenders have Python {' or '.join(known)}. Use one of those."
        )
    else:
        yield Finding("Python", "fine", text)


def _manifest() -> str:
    return (ROOT / "blender_manifest.toml").read_text("utf-8")


def _wheels() -> Iterator[Finding]:
    for name, wanted in wheels().items():
        try:
            found = importlib.metadata.version(name)
            where = importlib.metadata.distribution(name).locate_file("")
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, "error", f"{name} is not installed", REINSTALL)
            continue
        if found == wanted:
            yield Finding(name, "fine", f"{name} {found} in {where}")
            continue
        yield Finding(
            name, "warning", f"{name} {found} in {where}, not {wanted}",
            "Another add-on has brought its own version, which Blender shares among all. If strips fail, disable it.",
            "addons",
        )  # fmt: skip


def _visual() -> Iterator[Finding]:
    if sys.platform != "win32":
        return
    for name in ("msvcp140.dll", "vcruntime140.dll", "vcruntime140_1.dll"):
        try:
            ctypes.WinDLL(name)
        except OSError:
            yield Finding("Visual C++", "error", f"{name} is missing", f"Install the {REDISTRIBUTABLE} (x64).")
            return
    yield Finding("Visual C++", "fine", "The Visual C++ runtime is there")


def _runtime() -> Iterator[Finding]:
    from .imaging.png import png  # what fails to load here is the finding
    from .inference import session
    from .worker import provider

    yield Finding("Runtime", "fine", f"onnxruntime {session.version} with {', '.join(session.available())}")
    begin = time.perf_counter()
    made = png(provider.sample(provider.CPU)[1])
    seconds = time.perf_counter() - begin
    yield Finding("Trial", "fine", f"A 256 px picture took {seconds * 1000:.0f} ms, {len(made) / 1e3:.0f} KB")


def _provider(library: Path | None, wanted: str) -> Iterator[Finding]:
    from .inference import session
    from .worker import provider

    there = session.available()
    if wanted == AUTO:
        file = library / "provider.json" if library else Path()
        choice = provider.remembered(
            file, session.version, there, lambda: provider.chosen(there, lambda name: provider.sample(name))
        )
        yield Finding("Provider", "fine", f"Automatic: {choice.provider}, {choice.reason}")
    elif wanted in there:
        yield Finding("Provider", "fine", f"{wanted}, chosen in the preferences")
    else:
        yield Finding(
            "Provider", "error", f"{wanted} is not there. There are: {', '.join(there)}",
            "Let a trial choose what computes.", "provider",
        )  # fmt: skip


def _models(library: Path | None) -> Iterator[Finding]:
    shipped = Library()
    broken = [str(error) for error in shipped.problems()]
    for text in broken:
        yield Finding("Models", "error", text, REINSTALL)
    names = [entry.card.id for entry in shipped.entries()]
    if not names:
        yield Finding("Models", "error", "No generator ships with this installation", REINSTALL)
    for path in sorted(SHIPPED.glob("*.onnx")):
        yield _digest(path)
    if library:
        mine = Library((library,))
        yield Finding("Imported generators", "fine", f"{len(mine.entries())} imported")
        for name, error in user.broken(library).items():
            yield Finding(
                "Imported generators", "warning", str(error), "Remove the file, or import it again.", "discard", name
            )
        for entry in mine.entries():
            if reason := user.quarantined(entry):
                text = f"{entry.card.label} is in quarantine: {reason[:200]}"
                yield Finding(
                    "Imported generators", "warning", text, "Release it, or remove it.", "release", entry.card.id
                )
        if left := parts.leftovers(library):
            size = sum(path.stat().st_size for path in left) / 1e6
            yield Finding(
                "Imported generators", "warning", f"{len(left)} parts of files from canceled imports, {size:.1f} MB",
                "Remove them.", "tidy",
            )  # fmt: skip


def _digest(path: Path) -> Finding:
    from .onnx import metadata

    found = metadata.digest(path)
    if SHIPS.get(path.name) == found:
        return Finding("Models", "fine", f"{path.name} is as it shipped")
    return Finding("Models", "error", f"{path.name} is not what shipped (SHA-256 {found[:12]}…)", REINSTALL)


def _folder(name: str, folder: Path | None) -> Iterator[Finding]:
    if folder is None:
        return
    near = folder
    while not near.exists() and near != near.parent:
        near = near.parent
    try:
        with tempfile.TemporaryFile(dir=near, prefix=".latent-strips-"):
            pass
    except OSError as error:
        yield Finding(
            name, "error", f"{folder} can't be written ({error.strerror})",
            "Choose another in the preferences." if name == FRAMES else "Give yourself the right to write there.",
            "folder" if name == FRAMES else "copy",
        )  # fmt: skip
        return
    free = shutil.disk_usage(near).free
    text = f"{folder}: {free / 1e9:.1f} GB free"
    little = free < LITTLE
    yield Finding(
        name, "warning" if little else "fine", text, "Free some space: a 1080p frame takes 6 MB." if little else "",
        "clean" if little else "",
    )  # fmt: skip


def main() -> None:
    """Print all findings as JSON lines; the exit code says whether there was an error."""
    close_network()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, help="the folder of the user's generators")
    parser.add_argument("--frames", type=Path, help="the folder for frames")
    parser.add_argument("--provider", default=AUTO, help="what the preferences say")
    options = parser.parse_args()
    worst = 0
    for finding in findings(options.library, options.frames, options.provider):
        print(json.dumps(asdict(finding)), flush=True)
        worst |= finding.state == "error"
    sys.exit(worst)


if __name__ == "__main__":
    main()
