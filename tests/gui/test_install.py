"""`nox -s install` puts the extension into a real Blender, whatever Python that has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MAKE = """
import bpy
bpy.context.scene.render.resolution_x = bpy.context.scene.render.resolution_y = 64
bpy.ops.latent_strips.texture_add(length=2)
print("STRIPS", len(bpy.context.scene.sequence_editor.strips))
"""


def test_one_command_installs_into_a_blender(root: Path, blender_command: list[str], tmp_path: Path) -> None:
    environment = os.environ | {"BLENDER_USER_RESOURCES": str(tmp_path)}
    command = [sys.executable, ".ci/package.py", "install", "--blender", *blender_command]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    start = [*blender_command, "-b", "--python-exit-code", "1", "--python-expr", MAKE]
    done = subprocess.run(start, cwd=root, env=environment, capture_output=True, text=True)
    assert "STRIPS 1" in done.stdout, done.stdout + done.stderr
