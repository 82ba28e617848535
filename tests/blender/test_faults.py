"""Whatever goes wrong in mid-run ends in a clear message; what is made stays, and no process is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.helpers.blender.strips import MODULE, active, add, add_live, digests, files, frames_folders, part, tick_until
from tests.helpers.processes import is_running

#: Enough frames that a job is still at work when the fault happens.
MANY = 400


@pytest.fixture
def live(scene: Any) -> Any:
    """The module that follows jobs."""
    return part("operators.blender.jobs.live")


def make_smaller() -> None:
    """Make the active strip in another size, which is quick. The worker starts again by itself."""
    active().latent_width = 16
    bpy.ops.latent_strips.regenerate()
    assert all(digests(active()))


def some_made(job: Any) -> None:
    """Wait until a job is in the middle of its work."""
    tick_until(lambda: job.done >= 3)
    assert job.unfinished


@pytest.mark.one_blender
def test_frames_appear_while_the_rest_is_made(live: Any) -> None:
    job = add_live(length=MANY)
    assert len(active().elements) == MANY
    some_made(job)
    assert digests(active())[0]
    assert not digests(active())[-1]
    assert " of 400 frames" in job.progress()
    bpy.ops.latent_strips.cancel()
    tick_until(lambda: not job.unfinished)


@pytest.mark.one_blender
def test_canceling_stops_at_once_and_keeps_what_is_made(live: Any) -> None:
    job = add_live(length=MANY)
    some_made(job)
    assert bpy.ops.latent_strips.cancel() == {"FINISHED"}
    tick_until(lambda: not job.unfinished)
    assert job.state == "canceled"
    made = [digest for digest in digests(active()) if digest]
    assert job.done <= len(made) < MANY / 4
    missing = len(part("operators.blender.timeline.state").frames(active()).missing)
    assert missing == MANY - len(made)
    assert (
        part("operators.blender.timeline.state").problem(bpy.context.scene, active())
        == f"{missing} of 400 frames are missing"
    )


@pytest.mark.one_blender
def test_a_canceled_strip_is_resumed(live: Any) -> None:
    job = add_live(length=40)
    some_made(job)
    bpy.ops.latent_strips.cancel()
    tick_until(lambda: not job.unfinished)
    there = zip(files(active()), digests(active()), strict=True)
    made = {path: path.stat().st_mtime_ns for path, digest in there if digest}
    bpy.ops.latent_strips.regenerate()
    assert all(digests(active()))
    assert {path: path.stat().st_mtime_ns for path in made} == made


@pytest.mark.one_blender
def test_no_frame_has_its_name_before_it_is_whole(live: Any) -> None:
    job = add_live(length=30)
    folder = files(active())[0].parent
    while job.unfinished:
        live._tick()
        for path in folder.glob("*.png"):
            assert path.read_bytes().endswith(b"IEND\xaeB`\x82")


@pytest.mark.one_blender
def test_several_jobs_wait_for_each_other(live: Any) -> None:
    jobs = [add_live(seed=seed, length=5) for seed in range(3)]
    assert [job.state for job in jobs].count("waiting") >= 2
    tick_until(lambda: not live.queue.unfinished())
    assert [job.state for job in jobs] == ["done"] * 3
    assert all(all(digests(strip)) for strip in part("operators.blender.timeline.strips").latent(bpy.context.scene))


@pytest.mark.one_blender
def test_a_script_can_make_a_strip_while_others_are_made_live(live: Any) -> None:
    job = add_live(length=40)
    strip = add(seed=9)
    assert all(digests(strip))
    tick_until(lambda: not job.unfinished)
    assert job.state == "done"


@pytest.mark.one_blender
def test_a_worker_killed_in_mid_run(live: Any, capsys: pytest.CaptureFixture[str]) -> None:
    job = add_live(length=MANY)
    some_made(job)
    os.kill(live.queue.pid, signal.SIGKILL)
    tick_until(lambda: not job.unfinished)
    assert job.state == "failed"
    assert "ended unexpectedly" in str(job.error)
    assert "regenerate" in str(job.error)
    assert str(job.error) in capsys.readouterr().out
    made = sum(map(bool, digests(active())))
    assert 3 <= made < MANY
    make_smaller()


@pytest.mark.one_blender
def test_a_worker_killed_at_the_third_of_ten_strips_fails_that_one_alone(live: Any) -> None:
    jobs = [add_live(length=MANY if n == 3 else 2, seed=n) for n in range(1, 11)]
    some_made(jobs[2])
    os.kill(live.queue.pid, signal.SIGKILL)
    tick_until(lambda: not live.queue.unfinished(), 60)
    assert [job.state for job in jobs] == ["done"] * 2 + ["failed"] + ["done"] * 7
    for job in jobs[:2] + jobs[3:]:
        assert all(digests(part("operators.blender.timeline.strips").found(job.strip)[1]))


@pytest.mark.one_blender
def test_a_worker_killed_while_a_script_waits(live: Any) -> None:
    add(length=1)
    killer = f"import os, time; time.sleep(0.3); os.kill({live.queue.pid}, 9)"
    with subprocess.Popen([sys.executable, "-c", killer]), pytest.raises(RuntimeError, match="ended unexpectedly"):
        bpy.ops.latent_strips.texture_add(length=3000, seed=4)
    assert len(part("operators.blender.timeline.strips").latent(bpy.context.scene)) == 1


def test_a_strip_deleted_in_mid_run(live: Any) -> None:
    job = add_live(length=MANY)
    some_made(job)
    part("operators.blender.compat").strips(bpy.context.scene).remove(active())
    tick_until(lambda: not job.unfinished)
    assert job.state == "canceled"
    assert list(frames_folders()[0].glob("*.png"))


def test_undo_in_mid_run(live: Any) -> None:
    strips = part("operators.blender.timeline.strips")
    add(seed=1)
    bpy.ops.ed.undo_push(message="Before")
    job = add_live(length=MANY)
    bpy.ops.ed.undo_push(message="Add Texture")
    some_made(job)
    bpy.ops.ed.undo()
    assert [strip.latent_seed for strip in strips.latent(bpy.context.scene)] == [1]
    tick_until(lambda: not job.unfinished)
    assert job.state == "canceled"
    bpy.ops.ed.redo()
    assert len(strips.latent(bpy.context.scene)) == 2
    make_smaller()
    assert all(all(digests(strip)) for strip in strips.latent(bpy.context.scene))


@pytest.mark.parametrize("how", ["reload", "close"])
def test_the_file_reloaded_or_closed_in_mid_run(live: Any, how: str) -> None:
    job = add_live(length=MANY)
    bpy.ops.wm.save_mainfile()
    some_made(job)
    path = bpy.data.filepath
    if how == "reload":
        bpy.ops.wm.revert_mainfile()
    else:
        bpy.ops.wm.read_homefile(use_empty=True)
        assert live.queue.jobs == []
        bpy.ops.wm.open_mainfile(filepath=path)
    assert live.queue.jobs == []
    time.sleep(0.5)  # the worker has stopped making that strip
    left = part("operators.blender.timeline.strips").absent(active())
    time.sleep(0.3)
    assert [] != part("operators.blender.timeline.strips").absent(active()) == left
    assert "frames are missing" in part("operators.blender.timeline.state").problem(bpy.context.scene, active())
    make_smaller()


def test_the_file_saved_under_another_name_in_mid_run(live: Any, tmp_path: Path) -> None:
    job = add_live(length=40)
    some_made(job)
    (tmp_path / "deeper").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "deeper" / "second.blend"))
    tick_until(lambda: not job.unfinished)
    assert job.state == "done"
    assert all(digests(active()))
    assert bpy.ops.latent_strips.verify() == {"FINISHED"}


@pytest.mark.one_blender
def test_a_folder_that_cant_be_written_live(live: Any, preferences: Any, tmp_path: Path) -> None:
    before = digests(add())
    (tmp_path / "file").write_text("")
    preferences.folder = str(tmp_path / "file" / "frames")
    active().latent_seed = 3
    make = part("operators.blender.jobs.make")
    job = make.remake(bpy.context.scene, active(), is_live=True)
    tick_until(lambda: not job.unfinished)
    assert job.state == "failed"
    assert "Choose another" in str(job.error)
    assert digests(active()) == before  # the old picture is back


@pytest.fixture
def small_disk(preferences: Any, tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 kB, into which frames go."""
    if sys.platform == "win32":
        pytest.skip("needs a small file system")
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("mounting a small tmpfs is not allowed here")
    try:
        preferences.folder = str(small)
        yield small
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


@pytest.mark.one_blender
def test_a_full_disk(live: Any, small_disk: Path) -> None:
    with pytest.raises(RuntimeError, match="disk is full"):
        bpy.ops.latent_strips.texture_add(length=100)
    made = list(small_disk.glob("*/*.png"))
    assert made
    assert all(path.read_bytes().endswith(b"IEND\xaeB`\x82") for path in made)


@pytest.mark.one_blender
def test_a_full_disk_leaves_no_part_of_a_sound(live: Any, small_disk: Path) -> None:
    with pytest.raises(RuntimeError, match="disk is full"):
        bpy.ops.latent_strips.sound_add(style="rain", length=240)
    assert not list(small_disk.rglob("*.wav"))


LEAVE = """
import sys, bpy, addon_utils
addon_utils.enable({module!r}, default_set=True)
sys.path.insert(0, {root!r})
from tests.helpers.blender.strips import add_live, part, tick_until
bpy.context.scene.render.resolution_x = bpy.context.scene.render.resolution_y = 64
job = add_live(length=400)
tick_until(lambda: job.done >= 2)
print("WORKER", part("operators.blender.jobs.live").queue.pid, flush=True)
{end}
"""


@pytest.mark.parametrize(
    "end",
    [
        pytest.param("", id="quit"),
        pytest.param("import os; os.kill(os.getpid(), 9)", id="killed", marks=pytest.mark.one_blender),
    ],
)
def test_the_worker_goes_away_with_blender(end: str) -> None:
    root = str(Path(__file__).resolve().parents[2])
    code = LEAVE.format(module=MODULE, root=root, end=end)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    worker = next((line.split()[1] for line in done.stdout.splitlines() if line.startswith("WORKER")), "")
    assert worker, done.stderr
    until = time.monotonic() + 3
    while is_running(int(worker)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_running(int(worker))
