"""A style is chosen by its picture: the gallery opens by a click, and a click on a tile sets generator and style."""

from __future__ import annotations

import time
from pathlib import Path

from tests.helpers.gui.desk import Desk

#: Where a tile is, px to the left of the button that opens the gallery: its first row is below the mouse.
ASIDE = 240
CHOSEN = """
chosen = scene.latent_strips.texture
assert (chosen.generator, chosen.style) {} ("photo_textures", "slate"), (chosen.generator, chosen.style)
"""


def is_chosen(desk: Desk) -> bool:
    """Whether another style than the first is chosen."""
    try:
        desk.check(CHOSEN.format("!="))
    except AssertionError:
        return False
    return True


def test_a_click_on_a_picture_chooses_its_style(desk: Desk, screenshots: Path) -> None:
    desk.prepare('scene.latent_strips.making = "texture"')
    desk.check(CHOSEN.format("=="))
    x, y = desk.window.find_button("latent_strips.gallery")
    desk.window.click(x, y)
    time.sleep(2)  # pictures are read while it is open
    desk.window.screenshot(screenshots / "gallery.png")
    for below in range(60, 300, 30):  # some are names, which take no clicks
        desk.window.click(x - ASIDE, y + below)
        time.sleep(0.3)
        if is_chosen(desk):
            break
    assert is_chosen(desk)
    desk.window.screenshot(screenshots / "gallery-chosen.png")
    desk.window.key("Escape")
    desk.window.key("ctrl+z")
    time.sleep(1)
    assert not is_chosen(desk)
