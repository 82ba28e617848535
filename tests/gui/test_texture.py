"""A new user's first minute: a click makes a strip, its frames appear, Esc stops a second one, undo takes it away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.gui.window import Window

TAB = "Latent Strips"
#: Small frames, so that the test waits for clicks and not for the network.
SMALL = """
scene = bpy.context.scene
scene.render.resolution_x, scene.render.resolution_y = 480, 270
scene.latent_strips.texture.length = {length}
"""


@pytest.fixture(scope="module")
def window(
    blender_command: list[str], zip_for_window: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Window]:
    """One Blender for the tests of this file, which go on from each other."""
    with Window(blender_command, tmp_path_factory.mktemp("gui"), TAB, zip_for_window) as window:
        window.ready()
        yield window


def frames(window: Window) -> list[Path]:
    """The frames in the extension's own user folder."""
    return sorted((window.folder / "user").rglob("*.png"))


def wait_for_frames(window: Window, count: int, seconds: float = 120) -> None:
    """Wait until that many frames are whole."""
    end = time.monotonic() + seconds
    while len(frames(window)) < count:
        assert time.monotonic() < end, f"{len(frames(window))} of {count} frames\n{window.log.read_text()[-2000:]}"
        time.sleep(0.05)


def test_a_click_makes_a_strip(window: Window, screenshots: Path) -> None:
    window.python(SMALL.format(length=24))
    window.press("latent_strips.texture_add")
    window.wait(lambda state: len(state["strips"]) == 1, "the strip is on the timeline", 10)
    wait_for_frames(window, 24)
    time.sleep(1)  # the panel tells of it
    window.screenshot(screenshots / "texture-added.png")
    assert not list((window.folder / "user").rglob("*.part"))


def test_escape_cancels_and_keeps_what_is_there(window: Window, screenshots: Path) -> None:
    there = len(frames(window))
    window.python(SMALL.format(length=400) + "scene.latent_strips.texture.seed = 5\nscene.frame_current = 40")
    window.press("latent_strips.texture_add")
    wait_for_frames(window, there + 3)
    window.screenshot(screenshots / "running.png")
    window.key("Escape")
    time.sleep(1.5)
    kept = len(frames(window))
    time.sleep(1.5)
    assert there + 3 <= kept == len(frames(window)) < there + 400
    window.screenshot(screenshots / "canceled.png")
    assert len(window.state()["strips"]) == 2


def test_undo_removes_the_strip_in_one_step(window: Window) -> None:
    window.key("ctrl+z")
    window.wait(lambda state: len(state["strips"]) == 1, "undo took the second strip away", 10)
