"""Where fonts are looked for: folders that the program names, never a recipe. Nothing here opens a font."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache
from pathlib import Path

#: Changed in place; all files of a font's suffix in them can be used. Blender's own are in the first.
FONTS: list[Path] = []
SUFFIXES = {".ttf", ".otf", ".ttc", ".woff2", ".pfb"}
#: Larger files are not fonts that anybody would use for a title, bytes.
MAX_BYTES = 100_000_000


def path_of(digest: str) -> Path | None:
    """Return the font file of that SHA-256, or None when there is none."""
    path = _files().get(digest)
    if path is None:
        _files.cache_clear()  # it may have been put there since
        path = _files().get(digest)
    return path


def shipped(name: str) -> str:
    """Return the digest of the font of Blender's whose file name has `name` in it, "" when there is none."""
    for path in sorted(FONTS[0].glob("*")) if FONTS else ():
        if name in path.name:
            return digest_of(path, path.stat().st_mtime_ns)
    return ""


@cache
def digest_of(path: Path, _changed: int) -> str:
    """SHA-256 of a file, hex; read once for each state of it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _files() -> dict[str, Path]:
    """Return the font files in the folders, by digest."""
    found: dict[str, Path] = {}
    for folder in FONTS:
        for path in sorted(folder.glob("*")):
            with suppress(OSError):  # one that can't be read is not there for anybody
                if path.suffix.lower() in SUFFIXES and path.is_file() and path.stat().st_size <= MAX_BYTES:
                    found.setdefault(digest_of(path, path.stat().st_mtime_ns), path)
    return found
