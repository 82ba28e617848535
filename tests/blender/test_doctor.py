"""The doctor's buttons: each one does what the finding beside it advises, and the finding goes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.panels import draw_preferences
from tests.helpers.blender.strips import active, add, files, frames_folders, part, run
from tests.helpers.tiny_network import network


def left() -> dict[str, Any]:
    """What the last checks found that is not fine, by action."""
    return {each.action: each for each in part("operators.blender.library.doctor").last if each.state != "fine"}


def fix(finding: Any) -> None:
    """Press the button."""
    assert bpy.ops.latent_strips.doctor_fix(action=finding.action, target=finding.target) == {"FINISHED"}


@pytest.mark.one_blender
def test_frames_go_where_they_can_be_written(scene: Any, preferences: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    preferences.folder = str(tmp_path / "file" / "frames")
    assert bpy.ops.latent_strips.doctor() == {"CANCELLED"}
    (finding,) = (each for each in part("operators.blender.library.doctor").last if each.state == "error")
    drawn = draw_preferences()
    assert "can't be written" in " ".join(drawn)
    assert "latent_strips.doctor_fix" in drawn
    fix(finding)
    assert preferences.folder == ""
    assert not left()
    add(length=1)
    assert len(frames_folders()) == 1
    (tmp_path / "latent_strips").rename(tmp_path / "old")
    (tmp_path / "latent_strips").write_text("in the way")  # beside the file nothing can be written either
    fix(finding)
    assert preferences.folder == str(part("operators.blender.preferences").user_folder("frames"))
    assert not left()


@pytest.mark.one_blender
def test_the_library_is_tidied(library: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.onnx").write_bytes(network())
    bpy.ops.latent_strips.generator_import(filepath=str(tmp_path / "tiny.onnx"))
    (entry,) = part("operators.blender.preferences").library().of_kind("image")
    part("models.library.user").quarantine([library], entry.card.digest, "exit code -11")
    (library / "junk.onnx").write_text("no network")
    part_of = library / ".import.12-0123abcd.part"
    part_of.write_bytes(b"x")
    os.utime(part_of, (0, 0))
    bpy.ops.latent_strips.doctor()
    found = left()
    assert found.keys() == {"release", "discard", "tidy"}
    for action in list(found):
        fix(found.pop(action))
        assert left().keys() == found.keys()
    assert not (library / "junk.onnx").exists()
    assert not part_of.exists()
    assert part("operators.blender.preferences").library().of_kind("image") == [entry]
    with pytest.raises(RuntimeError, match="not a broken file"):
        bpy.ops.latent_strips.doctor_fix(action="discard", target=entry.path.name)
    with pytest.raises(RuntimeError, match="There is no generator"):
        bpy.ops.latent_strips.doctor_fix(action="release", target="unicorns")


@pytest.mark.one_blender
def test_space_is_freed_and_what_is_used_stays(scene: Any) -> None:
    used = files(add(length=1))
    add(length=1, seed=9)
    part("operators.blender.compat").strips(scene).remove(active())
    assert len(frames_folders()) == 2
    assert bpy.ops.latent_strips.doctor_fix(action="clean") == {"FINISHED"}
    assert len(frames_folders()) == 1
    assert used[0].is_file()


@pytest.mark.one_blender
def test_a_trial_chooses_the_provider_again(scene: Any, preferences: Any) -> None:
    preferences.provider = "cpu"
    add(length=1)
    pid = part("operators.blender.jobs.live").queue.pid
    assert bpy.ops.latent_strips.doctor_fix(action="provider") == {"FINISHED"}
    assert preferences.provider == "auto"
    add(length=1, seed=3)
    assert part("operators.blender.jobs.live").queue.pid not in (None, pid)


@pytest.mark.one_blender
def test_what_no_button_can_do_is_copied_or_told(scene: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert bpy.ops.latent_strips.doctor_fix(action="copy", target="Visual C++: msvcp140.dll is missing") == {"FINISHED"}
    assert "Copied: Visual C++: msvcp140.dll is missing" in capsys.readouterr().out
    for action, words in (("extensions", "install it again"), ("addons", "Disable the other add-on")):
        assert bpy.ops.latent_strips.doctor_fix(action=action) == {"FINISHED"}
        assert words in capsys.readouterr().out


@pytest.mark.one_blender
def test_every_action_has_a_button() -> None:
    assert tuple(part("operators.doctor").FIXES) == part("models.doctor").ACTIONS


@pytest.mark.one_blender
def test_the_command_line_gives_the_fix_as_a_line(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (library / "junk.onnx").write_text("no network")
    assert run(["doctor"]) == 0  # a warning: strips can be made
    told = capsys.readouterr().out
    assert "warning Imported generators: junk.onnx: is not an ONNX file" in told
    assert "→ Remove the file, or import it again." in told
    assert "fine    Provider: Automatic: cpu" in told
