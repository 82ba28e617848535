"""How this project's own processes are started: their environment, and their priority on Windows."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from .offline import QUIET

#: The folder that holds `models`, from which `python -m models.…` runs.
ROOT = Path(__file__).resolve().parent.parent
#: On Windows: no console window, and less urgent than Blender (elsewhere the worker sees to that itself).
WINDOWS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)


def environment() -> dict[str, str]:
    """Return the worker's environment: this one with the bundled wheels on the path and no writing beside the code."""
    harmful = ("PYTHONHOME", "PYTHONSAFEPATH", "PYTHONSTARTUP")  # the second hides `models` from -m
    kept = {name: value for name, value in os.environ.items() if name not in harmful}
    return kept | {
        **QUIET,
        "PYTHONPATH": os.pathsep.join(map(str, libraries())),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        # Frames are finished beside the network, in products too small to share: waiting threads would take its cores.
        "OPENBLAS_NUM_THREADS": "1",
    }


def wheels() -> dict[str, str]:
    """Return the version of each library that the extension ships, by name."""
    manifest = tomllib.loads((ROOT / "blender_manifest.toml").read_text("utf-8"))
    names = [Path(wheel).name.split("-") for wheel in manifest["wheels"]]
    return {name: version for name, version, *_ in names}


def libraries() -> list[Path]:
    """Return the folders that the libraries come from: those that hold the very versions that this extension ships.

    Other add-ons put their own libraries on `sys.path`, old or broken ones too. Where Blender installs the wheels of
    extensions is looked at first. A library that is nowhere in the right version is taken as Python finds it. NumPy
    is Blender's own.
    """
    site = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    there = [ROOT.parent.parent / ".local" / site, *(Path(entry) for entry in sys.path if os.path.isabs(entry))]
    right = (_holding(there, f"{name}-{version}.dist-info") for name, version in wheels().items())
    found = [folder for folder in right if folder]
    for package in ("onnxruntime", "av", "freetype"):
        if not _holding(found, package):
            found += _imported(package)
    blender = [folder for folder in there if Path(sys.prefix) in folder.parents]
    numpy = _holding(blender, "numpy")
    return list(dict.fromkeys([*found, *([numpy] if numpy else _imported("numpy"))]))


def _holding(folders: list[Path], name: str) -> Path | None:
    """Return the first folder that has a folder of that name."""
    return next((folder for folder in folders if (folder / name).is_dir()), None)


def _imported(package: str) -> list[Path]:
    """Return the folder that Python would import a package from, if there is one."""
    spec = importlib.util.find_spec(package)
    return [Path(spec.origin).parent.parent] if spec and spec.origin else []
