from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy


def test_a_script_gets_a_strip_with_all_its_frames(scene: Any, tmp_path: Path) -> None:
    assert bpy.ops.latent_strips.texture_add(length=4, frame_start=10) == {"FINISHED"}
    strip = scene.sequence_editor.active_strip
    assert strip.name == "Lava"
    assert strip.directory.startswith("//latent_strips/film/")
    files = [Path(bpy.path.abspath(strip.directory), element.filename) for element in strip.elements]
    assert len(files) == 4
    assert all(file.is_file() for file in files)
