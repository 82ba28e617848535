"""Small pictures as icons: of styles, of imported generators and of presets. Blender reads them when they are drawn."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bpy.utils.previews

from ....models.gallery.tiles import Tile
from ....models.imaging.small import is_whole
from ....models.library import user
from ....models.library.catalog import Entry

_previews: list[Any] = []
#: Whether a file was found whole, by its path, time of change and size.
_checked: dict[tuple[str, int, int], bool] = {}


def icon(entry: Entry) -> int:
    """Return the number of a generator's preview icon; 0 where there is none."""
    return icon_of(user.preview(entry))


def of_tile(tile: Tile) -> int:
    """Return the number of a tile's icon; 0 where it has no picture, or a damaged one."""
    return first_of((tile.picture, tile.otherwise))


def first_of(paths: Iterable[Path]) -> int:
    """Return the number of the icon of the first picture that is there and whole; 0 where none is."""
    return next((found for path in paths if (found := icon_of(path))), 0)


def icon_of(path: Path) -> int:
    """Return the number of a picture's icon; 0 where there is none, it is damaged, or Blender has no window."""
    if not _previews or not can_show(path):
        return 0
    found, key = _previews[0], f"{path} {path.lstat().st_mtime_ns}"
    if key not in found:
        found.load(key, str(path), "IMAGE")
    return int(found[key].icon_id)


def can_show(path: Path) -> bool:
    """Whether a picture is there and whole. Each state of a file is looked into once."""
    try:
        about = path.lstat()
    except (OSError, ValueError):
        return False
    state = str(path), about.st_mtime_ns, about.st_size
    if state not in _checked:
        _checked[state] = is_whole(path)
    return _checked[state]


def register() -> None:
    """Make room for previews."""
    _previews.append(bpy.utils.previews.new())


def unregister() -> None:
    """Free them."""
    bpy.utils.previews.remove(_previews.pop())
    _checked.clear()
