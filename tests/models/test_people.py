"""The network that finds people, on people that are drawn here: photographs of strangers are no test data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from models.imaging.png import png
from models.library.catalog import Library
from tests.helpers.footage import frames, recipe_for

pytestmark = pytest.mark.one_python


def room(rows: int, columns: int) -> npt.NDArray[np.uint8]:
    """Return a gray wall that is lighter to the right, `[H,W,3]`."""
    light = np.linspace(0, 40, columns)[None, :, None]
    return np.broadcast_to(np.array([120, 130, 140]) + light, (rows, columns, 3)).astype(np.uint8)


def figure(rows: int, columns: int, size: float) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Return a head and shoulders of so many heads of 70 px in that room, and where they are."""
    y, x = np.mgrid[:rows, :columns].astype(float)
    x, y = (x - columns / 2) / size, (y - rows) / size + 360  # the figure as drawn for a frame 360 px high

    def ellipse(across: float, down: float, width: float, height: float) -> npt.NDArray[np.bool_]:
        inside: npt.NDArray[np.bool_] = ((x - across) / width) ** 2 + ((y - down) / height) ** 2 < 1
        return inside

    body = ellipse(0, 380, 150, 170)
    head = ellipse(0, 140, 52, 70) | ((abs(x) < 28) & (y > 180) & (y < 240))
    hair = ellipse(0, 125, 60, 75) & (y < 115)
    image = room(rows, columns)
    parts = [
        (body, (40, 60, 110)),
        (head, (215, 165, 140)),
        (hair, (50, 35, 30)),
        (ellipse(0, 180, 18, 5), (160, 80, 80)),
    ]
    parts += [(ellipse(side, 135, 9, 5), (250, 250, 250)) for side in (-20, 20)]
    parts += [(ellipse(side, 135, 4, 4), (40, 30, 30)) for side in (-20, 20)]
    for part, color in parts:
        image[part] = color
    return image, body | head | hair


def mask_of(image: npt.NDArray[np.uint8], folder: Path) -> npt.NDArray[np.bool_]:
    path = folder / "picture.png"
    path.write_bytes(png(image.transpose(2, 0, 1).astype(np.float32) / 255))
    people = next(each for each in Library().of_kind("footage_mask") if each.card.id == "people")
    rows, columns = image.shape[:2]
    recipe = replace(recipe_for(people, [path], 1, sight=360), width=columns, height=rows)
    return frames(people, recipe, [path])[0][..., 0] > 127


@pytest.mark.parametrize(("rows", "columns", "size"), [(360, 640, 1.0), (360, 640, 0.5), (640, 360, 1.1)])
def test_a_person_is_found_near_far_and_upright(rows: int, columns: int, size: float, tmp_path: Path) -> None:
    image, true = figure(rows, columns, size)
    found = mask_of(image, tmp_path)
    assert (found & true).sum() / (found | true).sum() > 0.9


def test_an_empty_room_keeps_nothing(tmp_path: Path) -> None:
    assert mask_of(room(360, 640), tmp_path).mean() < 0.01


def test_masks_begin_with_people() -> None:
    assert Library().of_kind("footage_mask")[0].card.id == "people"
