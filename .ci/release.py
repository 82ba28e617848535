"""Gather the zips of all platforms and Pythons in one folder, which is a Blender extension repository as it stands."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from target import PLATFORMS, PackageError, official_targets
from zips import BUILD, bpy_tool, build, run_tool, weigh


def release() -> list[str]:
    """Build all official zips into `build/release` and return what to tell: the zips' weights, and the folder."""
    zips = [build(target) for target in official_targets(list(PLATFORMS))]
    lines = [line for path in zips for line in weigh(path)]
    folder, part = BUILD / "release", BUILD / "release.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    publish(zips, part)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)  # what lies in `build/release` is always whole
    return [*lines, str(folder)]


def publish(zips: list[Path], folder: Path) -> None:
    """Fill an empty folder: checked copies of the zips, SHA256SUMS, and `index.json` and `index.html` for Blender.

    Blender takes the folder as a remote repository by the URL of `index.json`, `file:///…` or on any web server, and
    finds in it the one zip for its platform, Python and version. Raise PackageError if two zips serve the same Blender.
    """
    tool = bpy_tool()
    sums: dict[str, str] = {}
    for path in zips:
        copy = Path(shutil.copy2(path, folder))
        run_tool(tool, "validate", str(copy))
        with copy.open("rb") as file:
            sums[copy.name] = hashlib.file_digest(file, "sha256").hexdigest()
    # As `sha256sum --check SHA256SUMS` reads it on any system.
    (folder / "SHA256SUMS").write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)), newline="\n")

    said = run_tool(tool, "server-generate", "--repo-dir", str(folder), "--html")
    listed = json.loads((folder / "index.json").read_text("utf-8"))["data"]
    hashes = {entry["archive_hash"].removeprefix("sha256:") for entry in listed}
    # The tool only warns of zips that serve the same Blender, and leaves out what it can't read.
    if "WARN" in said or "ERROR" in said or hashes != set(sums.values()):
        raise PackageError(f"The zips make no repository:\n{said.strip()}")
