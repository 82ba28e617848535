"""Does a strip still match its recipe?"""

from __future__ import annotations

from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import active, add, digests, files, part


def test_a_sound_strip(scene: Any, capsys: Any) -> None:
    add()
    assert bpy.ops.latent_strips.verify() == {"FINISHED"}
    assert "Slate: up to date" in capsys.readouterr().out


@pytest.mark.one_blender
def test_missing_changed_and_truncated_frames_are_found_and_made_again(scene: Any, capsys: Any) -> None:
    strip = add(length=5)
    before = digests(strip)
    paths = files(strip)
    paths[0].unlink()
    paths[1].write_bytes(paths[2].read_bytes())
    paths[3].write_bytes(paths[3].read_bytes()[:-20])
    kept = paths[2].stat().st_mtime_ns
    assert bpy.ops.latent_strips.verify() == {"CANCELLED"}
    assert "Slate: 1 missing, 2 changed" in capsys.readouterr().out
    assert part("operators.blender.timeline.state").problem(scene, strip) == "1 of 5 frames are missing"
    bpy.ops.latent_strips.regenerate()
    assert digests(active()) == before
    assert paths[2].stat().st_mtime_ns == kept
    assert bpy.ops.latent_strips.verify() == {"FINISHED"}


@pytest.mark.one_blender
def test_a_stale_strip(scene: Any, capsys: Any) -> None:
    add().latent_speed = 3
    assert bpy.ops.latent_strips.verify() == {"CANCELLED"}
    assert "Slate: settings have changed" in capsys.readouterr().out
    assert part("operators.blender.timeline.state").problem(scene, active()) == "Settings have changed"


@pytest.mark.one_blender
def test_all_strips(scene: Any, capsys: Any) -> None:
    files(add())[0].unlink()
    add(seed=1)
    assert bpy.ops.latent_strips.verify(scope="ALL") == {"CANCELLED"}
    assert "up to date" in capsys.readouterr().out


def test_a_reopened_file_knows_what_is_missing(scene: Any) -> None:
    strip = add()
    bpy.ops.wm.save_mainfile()
    files(strip)[2].unlink()
    bpy.ops.wm.revert_mainfile()
    assert part("operators.blender.timeline.state").problem(bpy.context.scene, active()) == "1 of 4 frames are missing"
