"""The previews of imported generators, as icons."""

from __future__ import annotations

from typing import Any

import bpy.utils.previews

from ....models.library import user
from ....models.library.catalog import Entry
from ....models.plain_files import is_plain

_previews: list[Any] = []


def icon(entry: Entry) -> int:
    """Return the number of a generator's preview icon; 0 where there is none."""
    path = user.preview(entry)
    if not _previews or not is_plain(path):
        return 0
    key = f"{path.stem} {path.stat().st_mtime_ns}"
    found = _previews[0]
    if key not in found:
        found.load(key, str(path), "IMAGE")
    return int(found[key].icon_id)


def register() -> None:
    """Make room for previews."""
    _previews.append(bpy.utils.previews.new())


def unregister() -> None:
    """Free them."""
    bpy.utils.previews.remove(_previews.pop())
