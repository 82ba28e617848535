"""What no strip uses can go; what one uses never does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import active, add, digests, files, frames_folders, part, tick_until


def test_only_what_nothing_uses_is_removed(scene: Any, capsys: Any, tmp_path: Path) -> None:
    add(seed=1)
    unused = files(add(seed=2))[0].parent
    other_scene = bpy.data.scenes.new("Other")
    used = [folder for folder in frames_folders() if folder != unused]
    own = tmp_path / "latent_strips" / "film" / "my notes"
    own.mkdir()
    (own / "notes.txt").write_text("not ours")
    active().latent_seed = 3
    bpy.ops.latent_strips.regenerate()
    used += [files(active())[0].parent, own]
    assert bpy.ops.latent_strips.cache_clean() == {"FINISHED"}
    assert "Removed the frames of 1 unused strips" in capsys.readouterr().out
    assert frames_folders() == sorted(used)
    assert all(digests(active()))
    bpy.data.scenes.remove(other_scene)


def test_frames_on_a_material_are_used(scene: Any) -> None:
    bpy.ops.mesh.primitive_plane_add()
    folder = files(add())[0].parent
    bpy.ops.latent_strips.use_as_material()
    part("operators.blender.compat").strips(scene).remove(active())
    bpy.ops.latent_strips.cache_clean()
    assert folder.exists()


@pytest.mark.one_blender
def test_the_size_limit_removes_the_oldest_that_nothing_uses(scene: Any, preferences: Any) -> None:
    first = files(add(seed=1))[0].parent
    preferences.cap = 1e-6  # a kilobyte
    active().latent_seed = 2
    bpy.ops.latent_strips.regenerate()
    tick_until(lambda: not first.exists())
    assert frames_folders() == [files(active())[0].parent]
    assert all(digests(active()))
