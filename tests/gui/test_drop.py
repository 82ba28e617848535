"""An ONNX file that is dragged from a file browser onto the Sequencer becomes a generator, or says why it does not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.gui.window import Window
from tests.helpers.tiny_network import network

TAB = "Latent Strips"
#: Height of the line of headings and of a file's row in a file browser, px.
HEADING, ROW = 28, 22
#: The window again in its usual layout, a file browser in the area that was the largest after the Sequencer.
BROWSE = """
window = bpy.context.window_manager.windows[0]
with bpy.context.temp_override(window=window, area=window.screen.areas[0]):
    bpy.ops.screen.screen_full_area()
others = [area for area in window.screen.areas if area.type != "SEQUENCE_EDITOR"]
max(others, key=lambda area: area.width * area.height).ui_type = "FILES"
"""
SHOW = """
import json
window = bpy.context.window_manager.windows[0]
files = next(area for area in window.screen.areas if area.type == "FILE_BROWSER")
space = files.spaces.active
space.params.directory = {folder!r}.encode()
space.params.display_type = "LIST_VERTICAL"
space.params.use_filter = False
space.show_region_toolbar = space.show_region_tool_props = False
rectangles = {{}}
for area in window.screen.areas:
    for region in area.regions:
        if region.type == "WINDOW":
            rectangles[area.type] = [region.x, window.height - region.y - region.height, region.width, region.height]
with open({told!r}, "w") as file:
    json.dump(rectangles, file)
"""


EMPTY = """
from bl_ext.user_default.latent_strips.operators.blender.preferences import library
for entry in library().of_kind("image"):
    bpy.ops.latent_strips.generator_remove(generator=entry.card.id)
"""
#: Without a window there are no icons.
THUMBNAIL = """
import importlib
part = "bl_ext.user_default.latent_strips.operators.blender."
(entry,) = importlib.import_module(part + "preferences").library().of_kind("image")
assert importlib.import_module(part + "library.thumbnails").icon(entry) > 0
"""


@pytest.fixture(scope="module")
def window(
    blender_command: list[str], zip_for_window: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Window]:
    with Window(blender_command, tmp_path_factory.mktemp("gui"), TAB, zip_for_window) as window:
        window.ready()
        yield window


@pytest.fixture(autouse=True)
def empty(window: Window) -> None:
    """Remove what an earlier test imported."""
    window.python(EMPTY)


@pytest.fixture(scope="module")
def places(window: Window) -> dict[str, list[int]]:
    """Two files in a file browser; where that and the Sequencer are, px from the top left."""
    folder, told = window.folder / "models", window.folder / "rectangles.json"
    folder.mkdir()
    (folder / "a_good_one.onnx").write_bytes(network())
    (folder / "b_bad_one.onnx").write_bytes(network()[:200])
    window.python(BROWSE)
    time.sleep(1)  # a file browser knows its folder once it was drawn
    window.python(SHOW.format(folder=str(folder), told=str(told)))
    time.sleep(2)
    found: dict[str, list[int]] = json.loads(told.read_text())
    return found


def drag(window: Window, places: dict[str, list[int]], file: int = 0) -> None:
    """Drag a file, by its place in the folder, to the middle of the timeline."""
    x, y, *_ = places["FILE_BROWSER"]
    left, top, width, height = places["SEQUENCE_EDITOR"]
    start, end = (x + 80, y + HEADING + file * ROW + ROW // 2), (left + width // 2, top + height // 2)
    window.xdotool("mousemove", *start, "sleep", 0.5, "mousedown", 1, "sleep", 0.3)
    for step in range(1, 21):  # as a hand does: a single leap is no drag
        window.xdotool("mousemove", *(round(a + (b - a) * step / 20) for a, b in zip(start, end, strict=True)))
        time.sleep(0.05)
    window.xdotool("sleep", 0.5, "mouseup", 1)


def library(window: Window) -> list[Path]:
    return sorted((window.folder / "user").rglob("generators/*.onnx"))


def test_a_bad_file_that_is_dropped_says_what_is_wrong(
    window: Window, places: dict[str, list[int]], screenshots: Path
) -> None:
    drag(window, places, 1)
    says = "Latent Strips: b_bad_one.onnx: is not an ONNX file, or is damaged (a field runs past the end)."
    end = time.monotonic() + 60
    while says not in window.log.read_text():
        assert time.monotonic() < end, window.screenshot(screenshots / "bad-not-dropped.png")
        time.sleep(0.2)
    time.sleep(1)
    window.screenshot(screenshots / "dropped-bad.png")
    window.key("Escape")  # the message
    assert library(window) == []


def test_a_file_that_is_dropped_is_imported(window: Window, places: dict[str, list[int]], screenshots: Path) -> None:
    drag(window, places)
    end = time.monotonic() + 60
    while not library(window):
        assert time.monotonic() < end, window.screenshot(screenshots / "not-dropped.png")
        time.sleep(0.2)
    time.sleep(1)
    window.screenshot(screenshots / "dropped.png")
    chosen = window.folder / "chosen"
    window.python(f"open({str(chosen)!r}, 'w').write(bpy.context.scene.latent_strips.image.generator)")
    assert chosen.read_text().startswith("a-good-one-")
    window.python(THUMBNAIL)
