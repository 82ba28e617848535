"""What the user likes and has used: a small file in the extension's user folder, read like any untrusted file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ....models.gallery.tiles import Key
from ....models.kinds import kinds
from ....models.library import user
from ....models.plain_files import read
from ..preferences import user_folder

#: The most bytes of the file, favorites of a kind, and last used of a kind.
MAX_BYTES, MAX_FAVORITES, MAX_RECENT = 200_000, 300, 12
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LISTS = {"favorites": MAX_FAVORITES, "recent": MAX_RECENT}


def favorites(kind: str) -> list[Key]:
    """Return what the user likes, the last first."""
    return _load()["favorites"].get(kind, [])


def recent(kind: str) -> list[Key]:
    """Return what was chosen last, the last first."""
    return _load()["recent"].get(kind, [])


def toggle(kind: str, key: Key) -> bool:
    """Make a style a favorite, or no longer one; return which. Raises CacheError when that can't be kept."""
    there = key in favorites(kind)
    _change("favorites", kind, key, keep=not there)
    return not there


def use(kind: str, key: Key) -> None:
    """Note that a style was chosen. Raises CacheError when that can't be kept."""
    _change("recent", kind, key, keep=True)


def _change(which: str, kind: str, key: Key, keep: bool) -> None:
    known = _load()
    rest = [each for each in known[which].get(kind, []) if each != key]
    known[which][kind] = ([key, *rest] if keep else rest)[: _LISTS[which]]
    user.write(_path(), json.dumps(known, indent=1).encode())


def _path() -> Path:
    return user_folder("gallery") / "liked.json"


def _load() -> dict[str, dict[str, list[Key]]]:
    """Return both lists of each kind. What can't be read, and whatever makes no sense in it, is left out."""
    try:
        raw = json.loads(read(_path(), MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        raw = {}
    return {which: _checked(raw.get(which) if isinstance(raw, dict) else None, most) for which, most in _LISTS.items()}


def _checked(raw: Any, most: int) -> dict[str, list[Key]]:
    if not isinstance(raw, Mapping):
        return {}
    known = {kind: each for kind, each in raw.items() if kind in kinds() and isinstance(each, list)}
    return {kind: [(key[0], key[1]) for key in each if _is_key(key)][:most] for kind, each in known.items()}


def _is_key(raw: Any) -> bool:
    """Whether it is the identifier of a generator and a style, which may be empty."""
    if not isinstance(raw, list) or len(raw) != 2 or not all(isinstance(word, str) for word in raw):
        return False
    return bool(_NAME.fullmatch(raw[0])) and (not raw[1] or bool(_NAME.fullmatch(raw[1])))
