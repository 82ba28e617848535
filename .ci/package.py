"""Download the wheels that the manifest lists and build the extension, one zip per platform.

    python .ci/package.py wheels [--here]
    python .ci/package.py build  [--here | --platform linux-x64] [--python 3.14]

`build` needs a Python that has Blender's `bpy` (any supported version), whose own extension tool does the work. The
zips go to `build/` and the wheels to `wheels/`; no tracked file changes. A zip that is up to date is left alone. The
last lines printed are the paths of the zips.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import platform as host
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ROOT / "wheels"
BUILD = ROOT / "build"
LIMIT_MB = 110
# Blender's names for platforms, and how the wheels' tags for them begin and end.
PLATFORMS = {
    "linux-x64": ("manylinux", ("x86_64",)),
    "windows-x64": ("win", ("amd64",)),
    "macos-arm64": ("macosx", ("arm64", "universal2")),
}


class PackageError(Exception):
    """The extension can't be built. The message says what to do."""


def main() -> int:
    """Run the command line and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["wheels", "build"])
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--here", action="store_true", help="only for the platform that this runs on")
    where.add_argument("--platform", choices=PLATFORMS, help="only for this platform")
    parser.add_argument("--python", metavar="X.Y", help="only for a Blender built with this Python, official or not")
    args = parser.parse_args()
    try:
        platforms = [platform_here()] if args.here else [args.platform] if args.platform else list(PLATFORMS)
        for platform in platforms:
            download(wheel_names(platform, args.python))
        if args.command == "build":
            zips = [build(platform, args.python) for platform in platforms]
            print(*(line for path in zips for line in weigh(path)), *zips, sep="\n")
    except PackageError as error:
        print(f"package.py: {error}", file=sys.stderr)
        return 1
    return 0


def platform_here() -> str:
    """Return Blender's name of the platform that this runs on."""
    system, machine = host.system(), host.machine().lower()
    here = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}.get(system, system)
    here += "-arm64" if machine in {"arm64", "aarch64"} else "-x64"
    if here not in PLATFORMS:
        raise PackageError(f"the extension has no wheels for {here}. It is built for {', '.join(PLATFORMS)}.")
    return here


def wheel_names(platform: str, python: str | None = None) -> list[str]:
    """Return the file names of the wheels in a platform's zip, for one Python (`"3.14"`) or all of the manifest's."""
    manifest = tomllib.loads((ROOT / "blender_manifest.toml").read_text("utf-8"))
    start, end = PLATFORMS[platform]
    names = [Path(wheel).name for wheel in manifest["wheels"]]
    tags = {name: name.removesuffix(".whl").split("-")[-1] for name in names}
    names = [name for name, tag in tags.items() if tag == "any" or (tag.startswith(start) and tag.endswith(end))]
    if python:  # a stable-ABI wheel serves any Python; one made for a single Python gives way to its sister
        tag = "cp" + python.replace(".", "")
        names = sorted({re.sub(r"-cp\d+-cp\d+-", f"-{tag}-{tag}-", name) for name in names})
    return names


def download(names: list[str]) -> None:
    """Let pip fetch the wheels that `wheels/` lacks, from wherever this machine's pip fetches."""
    WHEELS.mkdir(exist_ok=True)
    for name in names:
        if (WHEELS / name).exists():
            continue
        project, version, python, _abi, tag = name.removesuffix(".whl").split("-")
        with tempfile.TemporaryDirectory(dir=WHEELS) as folder:  # a broken download never gets the final name
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            # One name may hold several tags, and "py3" stands for any version of it.
            command += [word for each in tag.split(".") for word in ("--platform", each)]
            command += ["--python-version", f"{python[2]}.{python[3:] or '11'}"]
            if tag == "any":  # or pip prefers the same project's wheels for this machine
                command += ["--implementation", "py", "--abi", "none"]
            command += ["--dest", folder]
            if subprocess.run([*command, f"{project}=={version}"]).returncode or not Path(folder, name).exists():
                raise PackageError(f"pip could not download {name}. Is that file name in blender_manifest.toml right?")
            os.replace(Path(folder, name), WHEELS / name)


def build(platform: str, python: str | None = None) -> Path:
    """Build the zip of one platform, unless the one in `build/` is made of the same files, and return its path."""
    manifest = (ROOT / "blender_manifest.toml").read_text("utf-8")
    wheels = wheel_names(platform, python)
    listed = "".join(f'  "./wheels/{name}",\n' for name in wheels)
    narrow = re.sub(r"(?ms)^wheels = \[.*?^\]", f"wheels = [\n{listed}]", manifest)
    narrow = re.sub(r"(?m)^platforms = .*$", f'platforms = ["{platform}"]', narrow)
    # What git ignores never ships; of the rest the manifest's own pattern decides.
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    files = sorted({name for name in listing.split("\0") if name and (ROOT / name).is_file()})

    digest = hashlib.sha256(narrow.encode())
    for name in files:
        digest.update(f"{name}\0".encode() + hashlib.sha256((ROOT / name).read_bytes()).digest())
    about = tomllib.loads(manifest)
    folder = BUILD / f"python{python}" if python else BUILD
    path = folder / f"{about['id']}-{about['version']}-{platform.replace('-', '_')}.zip"
    stamp = path.with_suffix(".sha256")
    if path.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return path

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as stage_name:
        stage = Path(stage_name)
        for name in files:
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, stage / name)
        (stage / "blender_manifest.toml").write_text(narrow, "utf-8")
        (stage / "wheels").mkdir()
        for name in wheels:
            shutil.copy2(WHEELS / name, stage / "wheels" / name)
        blender_ext("build", "--split-platforms", "--source-dir", str(stage), "--output-dir", str(folder))
    blender_ext("validate", str(path))
    stamp.write_text(digest.hexdigest())
    return path


def blender_ext(command: str, *args: str) -> None:
    """Run Blender's own extension tool, from the bpy that this Python has, with the check of tags."""
    spec = importlib.util.find_spec("bpy")  # finds, but doesn't import: bpy takes seconds to start
    folders = [] if spec is None else spec.submodule_search_locations or [str(Path(str(spec.origin)).parent)]
    inside = "*/scripts/addons_core/bl_pkg/cli/blender_ext.py"
    tools = [tool for folder in folders for tool in Path(folder).glob(inside)]
    if not tools:
        raise PackageError(f"{sys.executable} has no bpy. Run `nox -s build`, or `pip install bpy` first.")
    tags = tools[0].parents[3] / "modules/_bpy_internal/extensions/tags.py"
    done = subprocess.run(
        [sys.executable, str(tools[0]), command, "--valid-tags", str(tags), *args],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    if done.returncode:
        raise PackageError(f"Blender's extension tool refuses to {command}:\n{done.stdout.strip()}")


def weigh(path: Path) -> list[str]:
    """Return a table of what each part of a zip weighs; raise if the whole is above the limit."""
    parts: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = info.filename
            model = name.startswith("models/shipped/")
            part = Path(name).name if name.startswith("wheels/") else "models/shipped" if model else "code"
            parts[part] += info.compress_size
    size = path.stat().st_size / 1e6
    rows = [f"{path.name}: {size:.1f} MB of {LIMIT_MB}"]
    rows += [f"  {weight / 1e6:6.2f} MB  {part}" for part, weight in parts.most_common()]
    if size > LIMIT_MB:
        raise PackageError("the zip is too large.\n" + "\n".join(rows))
    return rows


if __name__ == "__main__":
    sys.exit(main())
