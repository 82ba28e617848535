"""How this project's own processes are started: their environment, and their priority on Windows."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from pathlib import Path

from .offline import QUIET

#: The folder that holds `models`, from which `python -m models.…` runs.
ROOT = Path(__file__).resolve().parent.parent
#: On Windows: no console window, and less urgent than Blender (elsewhere the worker sees to that itself).
WINDOWS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)


def environment() -> dict[str, str]:
    """The worker's environment: this one, with the bundled wheels on the path, writing nothing beside the code."""
    folders = []
    for package in ("onnxruntime", "av", "numpy", "freetype"):
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            folders.append(str(Path(spec.origin).parent.parent))
    harmful = ("PYTHONHOME", "PYTHONSAFEPATH", "PYTHONSTARTUP")  # the second hides `models` from -m
    kept = {name: value for name, value in os.environ.items() if name not in harmful}
    return kept | {
        **QUIET,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(folders)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        # Frames are finished beside the network, in products too small to share: waiting threads would take its cores.
        "OPENBLAS_NUM_THREADS": "1",
    }
