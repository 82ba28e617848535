"""The built zip, installed as a user installs it: its own wheels, and nothing of the checkout; a frame is rendered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

INSTALL = """
import importlib, importlib.machinery, json, sys
import bpy, addon_utils
addon_utils.enable("bl_pkg")
bpy.ops.extensions.package_install_files(filepath={zip!r}, repo="user_default", enable_on_install=True)

class Bundled:
    '''Finds the libraries among the bundled wheels only, however many of them this Python has.'''
    def find_spec(name, path=None, target=None):
        if name in ("onnxruntime", "av"):
            folders = [folder for folder in sys.path if "extensions" in folder and "site-packages" in folder]
            return importlib.machinery.PathFinder.find_spec(name, folders)
sys.meta_path.insert(0, Bundled)

bpy.context.scene.render.resolution_x = bpy.context.scene.render.resolution_y = 64
bpy.ops.latent_strips.texture_add(length=3)
processes = importlib.import_module("bl_ext.user_default.latent_strips.models.processes")
strip = bpy.context.scene.sequence_editor.active_strip
bpy.context.scene.render.filepath = {frame!r}
bpy.ops.render.render(write_still=True)
shown = bpy.data.images.load({frame!r})
print("RESULT", json.dumps({{
    "module": processes.__file__,
    "path": processes.environment()["PYTHONPATH"],
    "size": list(shown.size),
    "spread": max(shown.pixels) - min(shown.pixels),
    "files": [bpy.path.abspath(strip.directory) + element.filename for element in strip.elements],
}}))
"""


@pytest.mark.smoke
def test_the_installed_zip_makes_and_renders_a_strip_with_its_own_wheels(tmp_path: Path) -> None:
    built = os.environ.get("LATENT_STRIPS_ZIP")
    if not built:
        pytest.skip("LATENT_STRIPS_ZIP names no zip: build one with `nox -s build` (`nox -s blender` does)")
    environment = os.environ | {"BLENDER_USER_RESOURCES": str(tmp_path)}
    code = INSTALL.format(zip=str(Path(built).absolute()), frame=str(tmp_path / "frame.png"))
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd=tmp_path)
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), "")
    assert line, done.stdout + done.stderr
    result = json.loads(line.removeprefix("RESULT "))
    assert result["module"].startswith(str(tmp_path))
    assert result["path"].startswith(str(tmp_path))
    assert result["size"] == [64, 64]
    assert result["spread"] > 0.1  # a picture, not a plain frame
    assert len(result["files"]) == 3
    assert all(Path(file).is_file() for file in result["files"])
