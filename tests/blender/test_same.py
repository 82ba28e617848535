"""The same recipe gives the same frames through every door, in one go or in pieces."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import bpy
import pytest

from tests.blender.tools import active, add, add_live, digests, part, tick_until

SETTINGS = {"style": "rust", "style_b": "gold", "mix": 0.5, "seed": 11, "length": 5, "drift_x": 0.25}


@pytest.fixture
def made(scene: Any) -> list[str]:
    """What a script gets."""
    strip = add(**SETTINGS)
    assert all(digests(strip))
    return digests(strip)


def another_folder(preferences: Any, path: Path) -> None:
    """Make the next frames where there are none to be found."""
    preferences.folder = str(path)


def test_a_click_gives_what_a_script_gives(made: list[str], preferences: Any, tmp_path: Path) -> None:
    another_folder(preferences, tmp_path / "click")
    job = add_live(**SETTINGS)
    tick_until(lambda: not job.unfinished)
    assert digests(active()) == made


def test_the_command_line_gives_what_a_script_gives(made: list[str], preferences: Any, tmp_path: Path) -> None:
    another_folder(preferences, tmp_path / "command")
    look = ["--style", "rust", "--style-b", "gold", "--mix", "0.5", "--drift-x", "0.25"]
    words = ["texture", *look, "--seed", "11", "--length", "5"]
    assert part("operators.blender.cli.main").main(words) == 0
    assert digests(active()) == made


def test_frames_made_one_by_one_by_others_are_the_same(made: list[str], tmp_path: Path) -> None:
    # As on a farm: another process each time, other frames first.
    recipe, client = json.loads(active()["latent_recipe"]), part("models.worker.client")
    for only in ([4], [1, 0], [2, 3]):
        worker = client.Client()
        worker.send("make", "piece", recipe=recipe, root=str(tmp_path / "farm"), only=only)
        list(worker.wait("piece"))
        worker.close()
    pictures = sorted((tmp_path / "farm").glob("*/*.png"))
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in pictures] == made


def test_two_blenders_on_one_folder_make_each_frame_whole(scene: Any, preferences: Any, tmp_path: Path) -> None:
    another_folder(preferences, tmp_path / "shared")
    job = add_live(length=30)
    request = {"do": "make", "job": "other", "recipe": json.loads(active()["latent_recipe"]), "root": str(job.root)}
    environment = part("models.processes").environment()
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "models.worker"]
    with subprocess.Popen(
        command, cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin
        assert other.stdout
        other.stdin.write(json.dumps(request) + "\n")
        other.stdin.flush()
        tick_until(lambda: not job.unfinished)
        for line in other.stdout:
            event = json.loads(line)
            assert event["say"] != "error"
            if event["say"] == "done":
                break
        other.stdin.close()
    assert job.state == "done"
    assert bpy.ops.latent_strips.verify() == {"FINISHED"}
    assert list(Path(active_folder()).glob(".*")) == []


def active_folder() -> str:
    """Where the active strip's frames are."""
    return bpy.path.abspath(active().directory)
