"""A new user's first minute: a click makes a strip, its frames appear, Esc stops another, undo takes one away."""

from __future__ import annotations

import time
from pathlib import Path

from tests.helpers.gui.desk import Desk

#: Small frames, so that the test waits for clicks and not for the network.
SMALL = """
scene.render.resolution_x, scene.render.resolution_y = 480, 270
settings = scene.latent_strips.texture
settings.length_from, settings.scale_by, settings.length, settings.seed = "frames", "pixels", {length}, {seed}
"""


def frames(desk: Desk) -> list[Path]:
    """The frames in the extension's own user folder."""
    return desk.window.frames()


def wait_for_frames(desk: Desk, count: int, seconds: float = 120) -> None:
    """Wait until that many frames are whole."""
    end = time.monotonic() + seconds
    while len(frames(desk)) < count:
        log = desk.window.log.read_text()[-2000:]
        assert time.monotonic() < end, f"{len(frames(desk))} of {count} frames\n{log}"
        time.sleep(0.05)


def press(desk: Desk, length: int, seed: int) -> int:
    """Press the button, and return how many frames were there. Each test has a seed, and so frames, of its own."""
    desk.prepare(SMALL.format(length=length, seed=seed))
    there = len(frames(desk))
    desk.window.press("latent_strips.texture_add")
    desk.window.wait(lambda state: len(state["strips"]) == 1, "the strip is on the timeline", 10)
    return there


def test_a_click_makes_a_strip(desk: Desk, screenshots: Path) -> None:
    there = press(desk, 24, 1)
    wait_for_frames(desk, there + 24)
    time.sleep(1)  # the panel tells of it
    desk.window.screenshot(screenshots / "texture-added.png")
    assert not list((desk.window.folder / "user").rglob("*.part"))


def test_escape_cancels_and_keeps_what_is_there(desk: Desk, screenshots: Path) -> None:
    there = press(desk, 400, 2)
    wait_for_frames(desk, there + 3)
    desk.window.screenshot(screenshots / "running.png")
    desk.window.key("Escape")
    time.sleep(1.5)
    kept = len(frames(desk))
    time.sleep(1.5)
    assert there + 3 <= kept == len(frames(desk)) < there + 400
    desk.window.screenshot(screenshots / "canceled.png")
    assert len(desk.window.state()["strips"]) == 1


def test_undo_removes_the_strip_in_one_step(desk: Desk) -> None:
    there = press(desk, 12, 3)
    wait_for_frames(desk, there + 12)
    desk.window.key("ctrl+z")
    desk.window.wait(lambda state: not state["strips"], "undo took the strip away", 10)
