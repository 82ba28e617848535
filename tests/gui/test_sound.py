"""Sounds by clicks: heard before they are placed, placed where they were heard, put at markers, and followed."""

from __future__ import annotations

import time
from pathlib import Path

from tests.helpers.gui.desk import Desk

#: A texture of 24 frames, and a sound of as many in which something clicks in the middle.
CLICK = """
import wave
path = os.path.join({folder!r}, "click.wav")
samples = np.zeros(48000, "<i2")
samples[24000:26000] = np.random.default_rng(0).integers(-20000, 20000, 2000)
with wave.open(path, "wb") as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(48000); file.writeframes(samples.tobytes())
scene.render.fps = 24
strips().new_sound("click", path, 2, 1)
bpy.ops.latent_strips.texture_add(length=24, width=32, height=32)
made = next(strip for strip in strips() if strip.channel != 2)
select(made.name)
"""
KEYS = """
made = next(strip for strip in strips() if strip.get("latent_recipe") and strip.type != "SOUND")
curves = [curve for curve in scene.animation_data.action.layers[0].strips[0].channelbags[0].fcurves]
assert len(curves) == 1, curves
values = [curves[0].evaluate(frame) for frame in range(1, 25)]
assert values.index(max(values)) == 12 and max(values) > values[0], values
"""


def files(desk: Desk) -> list[Path]:
    """The sounds in the extension's own user folder."""
    return sorted((desk.window.folder / "user").rglob("0001.wav"))


def wait_for_files(desk: Desk, count: int) -> None:
    """Wait until so many sounds are whole."""
    end = time.monotonic() + 60
    while len(files(desk)) < count:
        assert time.monotonic() < end, desk.window.log.read_text()[-2000:]
        time.sleep(0.2)


def test_a_sound_is_heard_first_and_then_placed(desk: Desk, screenshots: Path) -> None:
    desk.prepare("scene.latent_strips.sound.style = 'impact'\nscene.latent_strips.sound.length = 12")
    there = len(files(desk))
    desk.create("sound")
    desk.window.press("latent_strips.audition", "step=1")
    wait_for_files(desk, there + 1)
    desk.window.screenshot(screenshots / "audition.png")
    desk.check("assert scene.latent_strips.sound.seed == 1 and not len(strips())")
    desk.window.press("latent_strips.sound_add")
    desk.wait_for(1)
    desk.check("strip = strips()[0]\nassert (strip.name, strip.type, strip.latent_seed) == ('Impact', 'SOUND', 1)")
    assert len(files(desk)) == there + 1  # the one that was heard


def test_one_click_puts_a_sound_at_every_marker(desk: Desk, screenshots: Path) -> None:
    desk.prepare(
        "scene.latent_strips.sound.style = 'footsteps'\nscene.latent_strips.sound.length = 6\n"
        "for frame in (10, 30, 50): scene.timeline_markers.new('step', frame=frame)"
    )
    desk.create("sound")
    desk.window.press("latent_strips.sound_to_picture", "MARKERS", aside=80)
    desk.wait_for(3)
    desk.window.screenshot(screenshots / "sounds-at-markers.png")
    desk.check("assert sorted(strip.frame_final_start for strip in strips()) == [10, 30, 50]")


def test_a_click_lets_a_strip_follow_what_is_heard(desk: Desk, screenshots: Path) -> None:
    desk.prepare(CLICK.format(folder=str(desk.window.folder / "footage")))
    desk.wait_for(2)
    desk.opened.add("LATENT_STRIPS_PT_strip")  # from the start
    desk.open("LATENT_STRIPS_PT_strip")
    time.sleep(1)
    width = desk.window.state()["regions"]["UI"][2]
    desk.window.press("latent_strips.react", aside=38 - width // 2)  # the last icon of its row
    time.sleep(1)  # the dialog opens under the mouse
    desk.window.screenshot(screenshots / "react.png")
    desk.window.key("Return")
    desk.window.wait(lambda state: not state["modal"], "the dialog is closed", 10)
    desk.wait_for(2)
    desk.check(KEYS)
