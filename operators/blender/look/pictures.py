"""Pictures for panels. They live in Blender's memory alone: no file and no undo step knows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy.utils.previews
import numpy as np

from ....models.errors import MediaError

_previews: list[Any] = []
_shares: dict[str, float] = {}
#: The gray of a picture that isn't there yet.
_GRAY = np.array([[0x30, 0x30, 0x30, 0xFF]], np.uint8)


def show(name: str, file: Path, width: int, height: int) -> None:
    """Show the picture of a file (RGBA bytes from the bottom row up) as the icon `name`, wherever that is drawn.

    Raises MediaError where the file isn't what it was said to be.
    """
    try:
        data = np.fromfile(file, np.uint8)
    except OSError as error:
        raise MediaError(f"{file}: the quick look can't be read ({error.strerror}).") from error
    if not 0 < data.size == width * height * 4:
        raise MediaError(f"{file}: the quick look is damaged: {data.size} bytes for {width}×{height} px.")
    _fill(name, data, width, height)


def clear(name: str, width: int = 16, height: int = 9) -> None:
    """Let an icon be gray."""
    _fill(name, np.tile(_GRAY, (width * height, 1)).ravel(), width, height)


def icon(name: str) -> int:
    """Return the number of an icon; 0 where there is none."""
    return int(_previews[0][name].icon_id) if _previews and name in _previews[0] else 0


def drop(name: str) -> None:
    """Forget a picture."""
    if _previews and name in _previews[0]:
        del _previews[0][name]


def share(name: str) -> float:
    """Return which share of an icon's square the picture takes, from the top."""
    return _shares.get(name, 1.0)


def _fill(name: str, data: Any, width: int, height: int) -> None:
    """Fill an icon's square from the top; what is left of it below is transparent."""
    if _previews:
        found = _previews[0]
        preview = found[name] if name in found else found.new(name)  # the same icon: panels that are open keep it
        side = max(width, height)
        square = np.zeros((side, side, 4), np.uint8)
        left = (side - width) // 2
        square[side - height :, left : left + width] = data.reshape(height, width, 4)
        preview.image_size = side, side
        preview.image_pixels.foreach_set(square.reshape(-1).view(np.int32))
        _shares[name] = height / side


def register() -> None:
    """Make room for pictures."""
    _previews.append(bpy.utils.previews.new())


def unregister() -> None:
    """Free them."""
    bpy.utils.previews.remove(_previews.pop())
