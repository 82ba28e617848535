"""A strip that is being made shows a picture from the first moment on, and a render never takes it for a frame."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import active, add, add_live, digests, files, part, tick_until


def are_placeholders(strip: Any) -> list[bool]:
    return [part("models.cache.mark").is_placeholder(path) for path in files(strip)]


def missing(strip: Any) -> int:
    return len(part("operators.blender.timeline.strips").absent(strip))


def test_a_new_strip_has_pictures_before_it_is_shown(scene: Any) -> None:
    wanted = digests(add(length=100, seed=1))
    scene.sequence_editor.active_strip = None
    part("operators.blender.timeline.strips")
    job = add_live(length=250, seed=2)  # as long as a new scene: one missing file, and Blender shows the strip red
    strip = active()
    assert all(path.exists() for path in files(strip))
    assert missing(strip) >= 64
    tick_until(lambda: not job.unfinished, 60)
    assert missing(active()) == 0
    assert not any(are_placeholders(active()))
    assert len(set(digests(active())) & set(wanted)) == 0


@pytest.mark.one_blender
def test_what_is_made_is_what_a_script_makes(scene: Any) -> None:
    add_live(length=20, seed=3)
    tick_until(lambda: not part("operators.blender.jobs.live").queue.unfinished(), 60)
    live = digests(active())
    for path in files(active()):
        path.unlink()
    bpy.ops.latent_strips.regenerate()
    assert digests(active()) == live


def test_undo_redo_reload_and_a_dead_worker_leave_no_frame_without_a_picture(scene: Any) -> None:
    live = part("operators.blender.jobs.live")
    add(seed=1)
    bpy.ops.ed.undo_push(message="before")
    job = add_live(length=40, seed=4)
    bpy.ops.ed.undo_push(message="made")
    tick_until(lambda: job.done > 2)
    os.kill(live.queue.pid, signal.SIGKILL)
    tick_until(lambda: not job.unfinished)
    assert job.state == "failed"
    folder = files(active())[0].parent
    assert 0 < missing(active()) < 40
    bpy.ops.ed.undo()
    bpy.ops.ed.redo()
    assert files(active())[0].parent == folder
    assert all(path.exists() for path in files(active()))
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    state = part("operators.blender.timeline.state")
    assert "of 40 frames are missing" in state.problem(bpy.context.scene, active())
    assert all(path.exists() for path in files(active()))


def test_a_render_makes_the_frames_that_have_placeholders(scene: Any, tmp_path: Path) -> None:
    job = add_live(length=6, seed=5)
    part("operators.blender.jobs.live").queue.cancel(job)
    tick_until(lambda: not job.unfinished)
    assert all(path.exists() for path in files(active()))
    assert missing(active())
    scene.frame_end, scene.render.filepath = 6, str(tmp_path / "out") + "/"
    bpy.ops.render.render(animation=True)
    assert missing(active()) == 0
    assert not any(are_placeholders(active()))


@pytest.mark.one_blender
def test_verify_counts_placeholders_as_missing(scene: Any) -> None:
    job = add_live(length=6, seed=6)
    part("operators.blender.jobs.live").queue.cancel(job)
    tick_until(lambda: not job.unfinished)
    left = missing(active())
    bpy.ops.latent_strips.verify()
    frames = part("operators.blender.timeline.state").frames(active())
    assert (len(frames.missing), len(frames.changed)) == (left, 0)


@pytest.mark.one_blender
def test_a_changed_strip_keeps_its_picture_until_the_next_is_there(scene: Any) -> None:
    make = part("operators.blender.jobs.make")
    before = files(add(seed=1))[0].read_bytes()
    active().latent_seed = 7
    job = make.remake(scene, active(), is_live=True)
    mark = part("models.cache.mark")
    assert files(active())[0].read_bytes() == mark.marked(before)
    tick_until(lambda: not job.unfinished)
    assert missing(active()) == 0


@pytest.mark.one_blender
def test_a_text_leaves_no_folder_of_its_draft(scene: Any) -> None:
    compat, overlays = part("operators.blender.compat"), part("operators.blender.text.overlays")
    text = compat.new_text(scene, "Words", 1, 1, 12)
    text.text, text.font_size = "Nowhere else", 8
    kind = overlays.text_kind()
    values = {p.name: p.default for p in kind.parameters} | {"generator": "", "seed": 0, "style": "gold"}
    job = overlays.style(scene, text, values, is_live=True)
    assert job.is_draft
    assert all(path.exists() for path in files(active()))
    tick_until(lambda: not job.unfinished)
    assert missing(active()) == 0
    assert [path.name for path in files(active())[0].parent.parent.iterdir()] == [files(active())[0].parent.name]


@pytest.mark.one_blender
def test_a_frames_folder_that_cant_be_written_is_reported_by_the_job(
    scene: Any, tmp_path: Path, preferences: Any
) -> None:
    (tmp_path / "file").write_text("")
    preferences.folder = str(tmp_path / "file" / "frames")
    job = add_live(length=4)
    tick_until(lambda: not job.unfinished)
    assert "Choose another frames folder" in str(job.error)
