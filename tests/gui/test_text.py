"""A text strip gets a look with one click, where its own letters were."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.gui.desk import Desk

#: A text strip over black, and where its letters are: rows and columns that are not empty, of a rendered frame.
TEXT = """
strip = strips().new_effect(name="words", type="TEXT", channel=1, frame_start=1, length=12)
strip.text, strip.font_size, strip.use_shadow = "Look", 40.0, False
strip.location = (0.5, 0.5)
select("words")
"""


def test_a_click_gives_a_text_a_look(desk: Desk, screenshots: Path) -> None:
    desk.prepare(TEXT)
    desk.create("text_effect")
    desk.check("scene.latent_strips.text_effect.style = 'gold'\nscene.latent_strips['letters'] = share(6, 0)")
    desk.window.press("latent_strips.text_style")
    desk.wait_for(2)
    desk.window.screenshot(screenshots / "text.png")
    desk.check(
        "letters = scene.latent_strips['letters']\nassert letters > 0.02, letters\n"
        "assert strips()['words'].mute\nassert 0.7 * letters < share(6, 0) < 1.6 * letters, (letters, share(6, 0))\n"
        "assert share(6, 2) < 0.5 * share(6, 0)"  # gold, not white
    )
    desk.window.key("ctrl+z")
    desk.window.wait(lambda state: len(state["strips"]) == 1, "one undo took the look away", 10)
    desk.check("assert not strips()['words'].mute")


def test_a_click_says_what_is_missing(desk: Desk, screenshots: Path) -> None:
    desk.prepare("pictures('clip', 1, 1, 4, plain((1, 0, 0)))\nselect('clip')")
    desk.create("text_effect")
    desk.check(
        "assert not bpy.ops.latent_strips.text_style.poll()\n"
        "area = next(a for a in bpy.context.screen.areas if a.type == 'SEQUENCE_EDITOR')"
    )
    desk.window.screenshot(screenshots / "text-empty.png")
