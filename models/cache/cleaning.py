"""How much a cache holds, whose it is, and what may go.

Several projects may share a frames folder. Each leaves a note in the recipe folders that its strips use, and cleaning
removes only what the project that cleans has made and no project uses any more.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

from ..plain_files import open_plain, read
from . import proxies
from .folder import PART, RECIPE, cache_error
from .index import INDEX, lines
from .mark import is_placeholder

#: Begins the name of the note by which a project says that it uses a folder; its hashed path follows.
USED_BY = "used-by-"
#: Begins what a project without a file is called.
UNSAVED = "unsaved "
#: A note of such a project says nothing any more after this time, seconds: the session is over, or uses it again.
EXPIRES = 3 * 24 * 3600.0
#: Bytes of a note: a path.
LONGEST_NOTE = 1 << 16


def note_use(folder: Path, project: str) -> None:
    """Note in a recipe folder that `project` (the path of a .blend file) uses it. Raises CacheError."""
    note = folder / _note(project)
    try:
        with open_plain(note, os.O_RDWR | os.O_CREAT, one_name=True) as file:
            if file.seek(0, os.SEEK_END):
                os.utime(note)
            else:
                file.write(project.encode("utf-8", "replace"))
    except OSError as error:
        raise cache_error(folder, error) from error


def size(root: Path) -> int:
    """Return the bytes that the recipe folders under `root` hold."""
    return sum(_size(folder) for folder in _folders(root))


def clean(root: Path, keep: Iterable[str], limit: int = 0, project: str = "", shared: bool = False) -> tuple[int, int]:
    """Remove recipe folders, least recently used first, until at most `limit` bytes are left.

    Those named in `keep` stay, and so do those that a note of another project than `project` is in. In a `shared`
    root only folders with this project's note go. Nothing is touched that this program has not made. Returns (folders
    removed, bytes freed). Raises CacheError when a folder can't be removed.
    """
    kept = set(keep)
    removed = freed = 0
    sizes = {folder: _size(folder) for folder in _folders(root)}
    left = sum(sizes.values())
    for folder in sorted(sizes, key=lambda folder: _stat(folder / INDEX)[1]):
        if left <= limit:
            break
        if folder.name in kept or not _is_only_ours(folder, project, shared):
            continue
        try:
            for file in _own(folder):
                file.unlink(missing_ok=True)
            proxies.prune(folder)
            if not any(folder.iterdir()):
                folder.rmdir()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise cache_error(folder, error) from error
        removed, freed, left = removed + 1, freed + sizes[folder], left - sizes[folder]
    return removed, freed


def _is_only_ours(folder: Path, project: str, shared: bool) -> bool:
    notes = {path.name for path in folder.glob(f"{USED_BY}*") if not _has_expired(path)}
    return notes == {_note(project)} or (not notes and not shared)


def _has_expired(note: Path) -> bool:
    try:
        age = time.time() - note.lstat().st_mtime
        return age > EXPIRES and read(note, LONGEST_NOTE).startswith(UNSAVED.encode())
    except OSError:
        return False


def _note(project: str) -> str:
    return USED_BY + hashlib.sha256(project.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _folders(root: Path) -> list[Path]:
    found = [index.parent for index in root.glob(f"*/{INDEX}") if not index.is_symlink()]
    return [folder for folder in found if not folder.is_symlink() and (folder / RECIPE).is_file()]


def _own(folder: Path) -> list[Path]:
    """Return the files in `folder` that the index or this program knows, and Blender's proxies of them."""
    names = {name for name, _ in lines(folder / INDEX)} | {INDEX, RECIPE}
    own = proxies.beside(folder)
    with contextlib.suppress(FileNotFoundError):  # another process has just cleaned it away
        for path in folder.iterdir():
            ours = path.name in names or PART.fullmatch(path.name) or path.name.startswith(USED_BY)
            own += [path] if not path.is_dir() and (ours or is_placeholder(path)) else []
    return own


def _size(folder: Path) -> int:
    """Return the bytes of a folder. Placeholders are one file of many names, which takes its bytes once."""
    sizes: dict[object, int] = {}
    for path in _own(folder):
        with contextlib.suppress(OSError):  # unfinished ones have often just gone
            found = path.stat()
            sizes[found.st_ino or path] = found.st_size
    return sum(sizes.values())


def _stat(path: Path) -> tuple[int, float]:
    """Bytes and time of change of a file; zeros when it has just gone, as unfinished ones do."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0.0
    return found.st_size, found.st_mtime
