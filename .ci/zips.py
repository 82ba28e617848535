"""Download wheels and build zips with Blender's own extension tool."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from target import ROOT, PackageError, Target

WHEELS = ROOT / "wheels"
BUILD = ROOT / "build"
LIMIT_MB = 90


def download(target: Target) -> None:
    """Let pip fetch the wheels that `wheels/` lacks, from wherever this machine's pip fetches."""
    WHEELS.mkdir(exist_ok=True)
    for name in target.wheels():
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
                raise PackageError(
                    f"pip can't download {name}. Check the network, the name in blender_manifest.toml, and whether "
                    f"{project} {version} has a wheel for Python {target.python}."
                )
            os.replace(Path(folder, name), WHEELS / name)


def build(target: Target, tool: list[str] | None = None) -> Path:
    """Build one zip, unless the one in `build/` is made of the same files, and return its path.

    `tool` starts Blender's extension tool, by default the one of the `bpy` that this Python has.
    """
    download(target)
    manifest = target.manifest()
    # What git ignores never ships; of the rest the manifest's own pattern decides.
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    files = sorted({name for name in listing.split("\0") if name and (ROOT / name).is_file()})

    digest = hashlib.sha256(manifest.encode())
    for name in files:
        digest.update(f"{name}\0".encode() + hashlib.sha256((ROOT / name).read_bytes()).digest())
    path = BUILD / target.zip_name
    stamp = path.with_suffix(".inputs")
    if path.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return path

    tool = tool or bpy_tool()
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as stage_name:
        stage = Path(stage_name)
        for name in files:
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, stage / name)
        (stage / "blender_manifest.toml").write_text(manifest, "utf-8")
        (stage / "wheels").mkdir()
        for name in target.wheels():
            shutil.copy2(WHEELS / name, stage / "wheels" / name)
        run_tool(tool, "build", "--source-dir", str(stage), "--output-filepath", str(path))
    run_tool(tool, "validate", str(path))
    stamp.write_text(digest.hexdigest())
    return path


def bpy_tool() -> list[str]:
    """Return the command of Blender's extension tool in the `bpy` that this Python has, which needs no Blender."""
    spec = importlib.util.find_spec("bpy")  # finds, but doesn't import: bpy takes seconds to start
    folders = [] if spec is None else spec.submodule_search_locations or [str(Path(str(spec.origin)).parent)]
    inside = "*/scripts/addons_core/bl_pkg/cli/blender_ext.py"
    tools = [tool for folder in folders for tool in Path(folder).glob(inside)]
    if not tools:
        raise PackageError(f"{sys.executable} has no bpy. Run `nox -s build`, or `pip install bpy` first.")
    return [sys.executable, str(tools[0])]


def run_tool(tool: list[str], command: str, *args: str) -> str:
    """Run a command of Blender's extension tool and return what it printed; raise PackageError if it fails."""
    if tool[-1].endswith("blender_ext.py") and command in {"build", "validate"}:
        # Blender itself adds this; without it any tag would pass.
        tags = Path(tool[-1]).parents[3] / "modules/_bpy_internal/extensions/tags.py"
        args = ("--valid-tags", str(tags), *args)
    done = subprocess.run([*tool, command, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise PackageError(f"Blender's extension tool refuses to {command}:\n{done.stdout.strip()}")
    return done.stdout


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
        raise PackageError("The zip is too large.\n" + "\n".join(rows))
    return rows
